import { deepEqual, equal, match } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { test, type TestContext } from 'node:test'

const script = new URL('./run.ts', import.meta.url).pathname

function start(t: TestContext, ...flags: string[]) {
  const child = spawn(process.execPath, [script, '--tiktok-port', '0', '--instagram-port', '0', ...flags])
  t.after(() => child.kill('SIGKILL'))
  return child
}

test('npm run fake-platforms starts both platforms and prints where they are', async (t) => {
  const child = start(t, '--json', '--redirect-uri', 'https://croft.example/callback')
  const [line] = (await Promise.race([once(createInterface(child.stdout), 'line'), once(child, 'exit')])) as [string]
  const { tiktok, instagram } = JSON.parse(line) as Record<'tiktok' | 'instagram', { address: string }>
  match(await (await fetch(tiktok.address)).text(), /@corner\.bakery/)
  match(await (await fetch(instagram.address)).text(), /corner\.bakery/)
  const query = 'client_key=aw-client-key&response_type=code&state=s&scope=video.list&redirect_uri=https://croft.example/callback'
  equal((await fetch(`${tiktok.address}/v2/auth/authorize/?${query}`)).status, 200)
  child.kill('SIGTERM')
  deepEqual(await once(child, 'exit'), [0, null])
})

test('npm run fake-platforms refuses a flag that it cannot read', async (t) => {
  const child = start(t, '--origin', 'nowhere')
  const [code] = (await once(child, 'exit')) as [number]
  equal(code, 1)
})
