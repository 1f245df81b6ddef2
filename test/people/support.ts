import assert from 'node:assert/strict'
import { sql } from 'kysely'
import { addManager } from '../../src/people/managers.ts'
import type { Context } from '../../src/kernel/context.ts'
import type { WorkItem } from '../../src/people/contract.ts'
import type { Substitutes } from '../../src/app/croft.ts'
import { picture } from '../media/pictures.ts'
import { standingClock } from '../support/clock.ts'
import { testCroft, type TestAnswer, type TestCroft, type TestTeam } from '../support/croft.ts'

/** A manager, and how they ask. */
export interface TestManager {
  id: string
  name: string
  key: string
  request: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<TestAnswer>
}

let made = 0

/** A manager who serves the teams. */
export async function testManager(server: Pick<TestCroft, 'request'>, ...teams: TestTeam[]): Promise<TestManager> {
  const name = `Person ${(made += 1)}`
  let id = ''
  let key = ''
  for (const team of teams) ({ managerId: id, key } = await addManager(team.unit, name))
  return {
    id,
    name,
    key,
    request: (method, path, body, headers) => server.request(method, path, body, { 'x-api-key': key, ...headers }),
  }
}

/** A Croft that answers requests and carries nothing out by itself, with a clock that stands. */
export async function scene(settings: Record<string, string> = {}, substitutes: Substitutes = {}) {
  const clock = standingClock()
  const server = await testCroft({ work: false, settings, substitutes: { clock, ...substitutes } })
  return { ...server, clock }
}

export const bodyOf = (answer: TestAnswer) => answer.body as Record<string, unknown>

interface ErrorBody {
  error: { code: string; message: string; details?: { path: string; message: string }[] } & Record<string, unknown>
}
export const errorOf = (answer: TestAnswer): ErrorBody['error'] => (answer.body as ErrorBody).error

/** Uploads a picture of what was done. @returns the body of a submission that names it, and of a set-up the phone */
export async function evidence(
  server: { address: string },
  manager: Pick<TestManager, 'key'>,
  id: string,
): Promise<{ screenshot_media_id: string; values?: { phone_name: string } }> {
  const headers = { 'x-api-key': manager.key }
  const item = (await (await fetch(`${server.address}/v1/work/${id}`, { headers })).json()) as { kind: string }
  const form = new FormData()
  form.append('file', new Blob([Uint8Array.from(await picture('png', 40, 80))]), 'screen.png')
  const response = await fetch(`${server.address}/v1/work/${id}/screenshot`, { method: 'POST', headers, body: form })
  assert.equal(response.status, 201)
  const { media_id } = (await response.json()) as { media_id: string }
  const isSetup = item.kind === 'setup' || item.kind === 'account_setup'
  return { screenshot_media_id: media_id, ...(isSetup ? { values: { phone_name: 'Rack 1' } } : {}) }
}

/** Lets the claim of an item run out. */
export async function fallSilent(ctx: Context, id: string): Promise<void> {
  await ctx.db
    .updateTable('work_items')
    .set({ claimed_until: sql<Date>`${ctx.databaseClock.moment()} - interval '1 millisecond'` })
    .where('id', '=', id)
    .where('status', 'in', ['claimed', 'started'])
    .execute()
}

export const itemOf = (ctx: Context, where: { taskId: string }): Promise<WorkItem> =>
  ctx.db
    .selectFrom('work_items')
    .selectAll()
    .where('task_id', '=', where.taskId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()
