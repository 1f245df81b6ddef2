import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { serveProcess } from '../support/croft-process.ts'
import { testDatabase } from '../support/database.ts'

const root = new URL('../../', import.meta.url)

test('the program and every script that runs it give Node the same flags', async () => {
  const { scripts } = JSON.parse(await readFile(new URL('package.json', root), 'utf8')) as { scripts: Record<string, string> }
  const program = (await readFile(new URL('bin/croft.js', root), 'utf8')).split('\n')[0] ?? ''
  const flagsOf = (command: string) => command.split(' ').filter((word) => word.startsWith('--'))
  const given = Object.values(scripts).filter((command) => command.includes('bin/croft.js'))
  assert.equal(given.length, 3)
  for (const command of [...given, program]) assert.deepEqual(flagsOf(command), ['--max-semi-space-size=8', '--expose-gc'])
})

/** Large libraries that only some requests need. */
const later = ['@aws-sdk', '@fastify/swagger', 'sharp', 'mediabunny', 'undici', '@fastify/ajv-compiler']

/** Writes at its end which modules the process loaded. */
const noteModules = `data:text/javascript,${encodeURIComponent(`
  import { writeFileSync } from 'node:fs'
  import { registerHooks } from 'node:module'
  const loaded = []
  registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) })
  process.once('exit', () => writeFileSync(process.env.TEST_MODULES, JSON.stringify(loaded)))`)}`

test('a server that serves no such request loads none of the libraries that only some requests need', async (t) => {
  const database = await testDatabase()
  const dataDir = await mkdtemp(join(tmpdir(), 'croft-start-'))
  t.after(async () => {
    await database.close()
    await rm(dataDir, { recursive: true, force: true })
  })
  const file = join(dataDir, 'modules.json')
  const settings = { CROFT_DATA_DIR: dataDir, NODE_OPTIONS: `--import=${noteModules}`, TEST_MODULES: file }
  const { child, ended } = await serveProcess(t, database, settings, 'ignore')
  child.kill('SIGTERM')
  assert.deepEqual(await ended, { code: 0, signal: null })
  const loaded = JSON.parse(await readFile(file, 'utf8')) as string[]
  assert.ok(loaded.some((url) => url.includes('/node_modules/fastify/')))
  assert.deepEqual(
    loaded.filter((url) => later.some((name) => url.includes(`/node_modules/${name}/`))),
    [],
  )
})
