import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readSettings } from '../../src/config/read.ts'
import { commandLine } from '../../src/kernel/caller.ts'
import type { Context } from '../../src/kernel/context.ts'
import { createKey } from '../../src/domain/keys/keys.ts'
import { findOrCreateTeam } from '../../src/domain/teams/get.ts'
import { openUnit, type UnitOfWork } from '../../src/kernel/unit-of-work.ts'
import { createCroft, type Croft, type Substitutes } from '../../src/app/croft.ts'
import { testDatabase, type TestDatabase } from './database.ts'

export interface TestAnswer {
  status: number
  headers: Headers
  /** The parsed JSON, or the text of anything else. */
  body: unknown
}

export interface TestTeam {
  id: string
  key: string
  /** The scope in which a request of the team's acts. */
  unit: UnitOfWork
}

export interface TestCroft {
  croft: Croft
  ctx: Context
  database: TestDatabase
  dataDir: string
  address: string
  team: TestTeam
  /** The first team's key. */
  key: string
  /** Asks with the first team's key, unless a header gives another. */
  request: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<TestAnswer>
  stop(): Promise<void>
}

/** A team with a key. */
export async function testTeam(ctx: Context, name: string, scope: 'read' | 'write' | 'work' = 'write'): Promise<TestTeam> {
  const { id } = await findOrCreateTeam(ctx.db, name, ctx.clock.now())
  const own = () => openUnit(ctx, commandLine(id))
  const { key } = await createKey(own(), { name: null, scope, expiresAt: null })
  return { id, key, unit: own() }
}

async function answerOf(response: Response): Promise<TestAnswer> {
  const text = await response.text()
  const json = response.headers.get('content-type')?.startsWith('application/json') ?? false
  return { status: response.status, headers: response.headers, body: json ? (JSON.parse(text) as unknown) : text }
}

/**
 * A Croft on a database and a data directory of its own, listening. Without `work` it answers requests and carries nothing out.
 * @param settings as in the environment
 * @param substitutes a clock takes the place of the database's as well, so that a test moves all time by it
 */
export async function testCroft(
  options: { settings?: Record<string, string>; substitutes?: Substitutes; work?: boolean } = {},
): Promise<TestCroft> {
  const database = await testDatabase()
  const dataDir = await mkdtemp(join(tmpdir(), 'croft-test-data-'))
  const settings = readSettings({
    PORT: '0',
    LOG_LEVEL: 'silent',
    CROFT_DATA_DIR: dataDir,
    CROFT_ALLOW_PRIVATE_NETWORK: 'true',
    CROFT_RATE_LIMIT_PER_MINUTE: '0',
    ...options.settings,
  })
  const role = options.work === false ? { CROFT_ROLE: 'api' as const } : {}
  const { clock } = options.substitutes ?? {}
  const croft = await createCroft(
    { ...settings, ...role },
    { connection: database.connection, ...(clock ? { databaseClock: clock } : {}), ...options.substitutes },
  )
  const address = await croft.start()
  const team = await testTeam(croft.ctx, 'test')
  return {
    croft,
    ctx: croft.ctx,
    database,
    dataDir,
    address,
    team,
    key: team.key,
    async request(method, path, body, headers = {}) {
      const type = body === undefined ? {} : { 'content-type': 'application/json' }
      const response = await fetch(new URL(path, address), {
        method,
        headers: { 'x-api-key': team.key, ...type, ...headers },
        body: body === undefined ? null : JSON.stringify(body),
        redirect: 'manual',
      })
      return answerOf(response)
    },
    async stop() {
      await croft.stop(1_000)
      await database.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
