import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'
import sharp from 'sharp'
import { createProfile } from '../../src/domain/profiles/create.ts'
import { connectionUrl } from '../support/connection-url.ts'
import { testCroft } from '../support/croft.ts'
import { carryOut, newUsername, readyProfile } from '../support/ready-profile.ts'
import { until } from '../support/wait.ts'
import { testManager } from '../people/support.ts'
import { serve } from '../net/servers.ts'

test('every request that writes a file answers 507 where the system has no room for it, and the server goes on', async (t) => {
  const server = await testCroft({ work: false })
  t.after(() => server.stop())
  const { ctx, team, dataDir, database } = server
  const noise = { width: 600, height: 600, channels: 3 } as const
  const picture = await sharp(randomBytes(600 * 600 * 3), { raw: noise })
    .png()
    .toBuffer()
  const origin = await serve(t, (_request, response) => void response.writeHead(200).end(picture))
  const profile = await readyProfile(ctx, team)
  const { row } = await createProfile(team.unit, {
    username: newUsername(),
    emailAuthMethod: 'google',
    platform: 'tiktok',
    driver: 'operator',
  })
  await carryOut(ctx, row)
  const item = await ctx.db.selectFrom('work_items').select('id').executeTakeFirstOrThrow()
  const manager = await testManager(server, team)

  const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
  // The system's limit of a file's size stands for a full disk: it needs no mount, and the same calls are refused.
  const child = spawn('bash', ['-c', 'ulimit -f 64; exec "$0" "$@"', process.execPath, main, 'serve'], {
    env: {
      ...process.env,
      PORT: '0',
      HOST: '127.0.0.1',
      DATABASE_URL: connectionUrl(database.connection),
      CROFT_DATA_DIR: dataDir,
      CROFT_ALLOW_PRIVATE_NETWORK: 'true',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => void child.kill('SIGKILL'))
  let said = ''
  child.stdout.on('data', (part: Buffer) => void (said += part.toString()))
  const address = await until(() => /Croft listens on (http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1], {
    timeoutMs: 60_000,
    what: 'the start',
  })

  const form = () => {
    const made = new FormData()
    made.set('file', new Blob([Uint8Array.from(picture)], { type: 'image/png' }), 'screen.png')
    return made
  }
  const json = (body: object) => ({ body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })
  const requests: [string, string, string, { body: RequestInit['body']; headers?: Record<string, string> }][] = [
    ['POST', '/v1/media', team.key, { body: form() }],
    ['PATCH', `/v1/farm-profiles/${profile.id}`, team.key, json({ profile_picture_url: `${origin}/picture.png` })],
    ['POST', `/v1/work/${item.id}/screenshot`, manager.key, { body: form() }],
  ]
  for (const [method, path, key, { body, headers }] of requests) {
    const response = await fetch(address + path, { method, body: body ?? null, headers: { 'x-api-key': key, ...headers } })
    const answer = (await response.json()) as { error: { code: string } }
    assert.deepEqual([path, response.status, answer.error.code], [path, 507, 'storage_full'])
  }
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  assert.deepEqual(await ended, [0, null])
})
