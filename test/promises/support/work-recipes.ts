import assert from 'node:assert/strict'
import { createProfile } from '../../../src/domain/profiles/create.ts'
import { picture } from '../../media/pictures.ts'
import type { TestCroft, TestTeam } from '../../support/croft.ts'
import { carryOut, newUsername } from '../../support/ready-profile.ts'
import { evidence, testManager, type TestManager } from '../../people/support.ts'
import type { Operation } from './openapi.ts'
import type { Make } from './world.ts'

const managers = new WeakMap<TestTeam, Promise<TestManager>>()

/** The one manager of a test's team. */
export function managerOf(croft: TestCroft, team: TestTeam): Promise<TestManager> {
  const manager = managers.get(team) ?? testManager(croft, team)
  managers.set(team, manager)
  return manager
}

/** A manager's key opens these routes, and no other route. */
export const isWork = ({ path }: Pick<Operation, 'path'>): boolean => /^\/v1\/work(\/|$)/.test(path)

/** The key that a route asks for: the team's, or its manager's. */
export const keyFor = async (croft: TestCroft, team: TestTeam, one: Pick<Operation, 'path'>): Promise<string> =>
  isWork(one) ? (await managerOf(croft, team)).key : team.key

/** Does what a manager does with a piece of work, in turn; a submission without a body is a screenshot. */
export async function carryWork(croft: TestCroft, team: TestTeam, id: string, ...steps: [verb: string, body?: object][]) {
  const manager = await managerOf(croft, team)
  for (const [verb, body] of steps) {
    const sent = verb === 'submit' && body === undefined ? await evidence(croft, manager, id) : body
    const answer = await manager.request('POST', `/v1/work/${id}/${verb}`, sent)
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
  }
}

/** A set-up that waits for a person, after those steps. */
async function workAfter(croft: TestCroft, team: TestTeam, ...verbs: string[]): Promise<Record<string, string>> {
  const { row } = await createProfile(team.unit, {
    username: newUsername(),
    emailAuthMethod: 'google',
    platform: 'tiktok',
    driver: 'operator',
  })
  await carryOut(croft.ctx, row)
  const { id } = await croft.ctx.db
    .selectFrom('work_items')
    .select('id')
    .where('profile_id', '=', row.id)
    .executeTakeFirstOrThrow()
  await carryWork(croft, team, id, ...verbs.map((verb): [string] => [verb]))
  return { work_id: id }
}

/** The routes of the managers' queue. */
export const workRecipes: Record<string, Make> = {
  'POST /v1/work/{work_id}/claim': async (croft, team) => ({ params: await workAfter(croft, team) }),
  // Beginning it claims it too.
  'POST /v1/work/{work_id}/start': async (croft, team) => ({ params: await workAfter(croft, team), audits: 2 }),
  'POST /v1/work/{work_id}/release': async (croft, team) => ({ params: await workAfter(croft, team, 'claim') }),
  'POST /v1/work/{work_id}/submit': async (croft, team) => ({
    params: await workAfter(croft, team, 'start'),
    body: { values: { phone_name: 'Rack 1' } },
  }),
  'POST /v1/work/{work_id}/fail': async (croft, team) => ({
    params: await workAfter(croft, team, 'start'),
    body: { code: 'phone_lost', message: 'It is gone.' },
  }),
  'POST /v1/work/{work_id}/screenshot': async (croft, team) => ({
    params: await workAfter(croft, team, 'claim'),
    file: await picture('png'),
  }),
}
