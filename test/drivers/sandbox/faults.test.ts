import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addFault, clearFaults, faultsOf, listFaults } from '../../../src/drivers/sandbox/index.ts'
import { takeFault } from '../../../src/drivers/sandbox/faults.ts'
import { newId } from '../../../src/lib/ids.ts'
import { testSandbox } from './sandbox.ts'

const call = 'publish' as const

test("a profile's own fault comes before the team's, the older before the newer, and no other team's ever", async (t) => {
  const { platform, db, profile } = await testSandbox(t)
  const { teamId, id: profileId } = profile
  await addFault(platform, { teamId, profileId: null, call, fault: 'hang', times: 1 })
  await addFault(platform, { teamId, profileId, call, fault: 'refuse', times: 2 })
  await addFault(platform, { teamId, profileId, call, fault: 'lose_answer', times: 1 })
  await addFault(platform, { teamId, profileId: newId(), call, fault: 'forget', times: 1 })
  await addFault(platform, { teamId: newId(), profileId: null, call, fault: 'forget', times: 1 })
  await addFault(platform, { teamId, profileId, call: 'upload', fault: 'forget', times: 1 })
  const taken: (string | null)[] = []
  for (let i = 0; i < 5; i++) taken.push(await takeFault(db, { teamId, profileId, call }))
  assert.deepEqual(taken, ['refuse', 'refuse', 'lose_answer', 'hang', null])
})

test('calls at once never share a fault', async (t) => {
  const { platform, db, profile } = await testSandbox(t)
  const { teamId, id: profileId } = profile
  await addFault(platform, { teamId, profileId, call, fault: 'refuse', times: 3 })
  await addFault(platform, { teamId, profileId: null, call, fault: 'hang', times: 2 })
  const taken = await Promise.all(Array.from({ length: 12 }, () => takeFault(db, { teamId, profileId, call })))
  assert.deepEqual(taken.filter((fault) => fault !== null).sort(), ['hang', 'hang', 'refuse', 'refuse', 'refuse'])
})

test('faults are listed while they are on, and cleared for one profile or all', async (t) => {
  const { platform, db, profile, clock } = await testSandbox(t)
  const { teamId, id: profileId } = profile
  const one = await addFault(platform, { teamId, profileId, call, fault: 'refuse', times: 1 })
  const two = await addFault(platform, { teamId, profileId: null, call: 'upload', fault: 'hang', times: 7 })
  assert.deepEqual(one, { id: one.id, profileId, call, fault: 'refuse', remaining: 1, createdAt: clock.now() })
  assert.deepEqual(await listFaults(db, teamId), [one, two])
  assert.equal(await clearFaults(db, teamId, profileId), 1)
  assert.deepEqual(await listFaults(db, teamId), [two])
  assert.equal(await clearFaults(db, newId()), 0)
  assert.equal(await clearFaults(db, teamId), 1)
  assert.deepEqual(await listFaults(db, teamId), [])
})

test('a fault that is used up is no longer listed', async (t) => {
  const { platform, db, profile } = await testSandbox(t)
  const { teamId, id: profileId } = profile
  await addFault(platform, { teamId, profileId, call, fault: 'refuse', times: 1 })
  await takeFault(db, { teamId, profileId, call })
  assert.deepEqual(await listFaults(db, teamId), [])
})

test('the database takes every call and fault that is offered', async (t) => {
  const { platform, db, profile } = await testSandbox(t)
  const pairs = Object.entries(faultsOf).flatMap(([name, faults]) =>
    faults.map((fault) => ({ call: name as keyof typeof faultsOf, fault })),
  )
  for (const pair of pairs) await addFault(platform, { teamId: profile.teamId, profileId: null, ...pair, times: 1 })
  assert.equal((await listFaults(db, profile.teamId)).length, pairs.length)
})
