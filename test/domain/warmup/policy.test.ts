import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isWarmedUp, readyAtEarliest, type WarmupHistory, type WarmupPolicy } from '../../../src/domain/profiles/warmup-policy.ts'

const day = 86_400_000
const policies = fc.record<WarmupPolicy>({
  runs: fc.integer({ min: 1, max: 12 }),
  spanMs: fc.integer({ min: 0, max: 14 * day }),
  sessionMs: fc.integer({ min: 0, max: day }),
  intervalMs: fc.integer({ min: day / 8, max: 2 * day }),
  maintenanceMs: fc.constant(0),
})
const start = Date.UTC(2026, 1, 27)
const nothing: WarmupHistory = { runsCompleted: 0, firstRunAt: null, lastRunEndedAt: null }

/** Runs one after the other, all of them well, until enough are done. */
function simulate(policy: WarmupPolicy, history: WarmupHistory, firstAt: number): { readyAt: number; history: WarmupHistory } {
  let done = history
  let at = firstAt
  for (;;) {
    const end = at + policy.sessionMs
    done = { runsCompleted: done.runsCompleted + 1, firstRunAt: done.firstRunAt ?? new Date(at), lastRunEndedAt: new Date(end) }
    if (isWarmedUp(policy, done)) return { readyAt: end, history: done }
    at = end + policy.intervalMs
  }
}

test('a profile is warmed up exactly when enough runs over enough time are done', () => {
  fc.assert(
    fc.property(policies, fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 * day }), (policy, runs, span) => {
      const history = { runsCompleted: runs, firstRunAt: new Date(start), lastRunEndedAt: new Date(start + span) }
      assert.equal(isWarmedUp(policy, history), runs >= policy.runs && span >= policy.spanMs)
    }),
  )
})

test('under a policy of no runs nothing need be done, under any other something must', () => {
  fc.assert(
    fc.property(policies, (policy) => {
      assert.equal(isWarmedUp({ ...policy, runs: 0 }, nothing), true)
      assert.equal(isWarmedUp(policy, nothing), false)
    }),
  )
})

test('readyAtEarliest is when the last of the runs that go well ends, from wherever one stands', () => {
  fc.assert(
    fc.property(policies, fc.nat({ max: 10 }), (policy, doneBefore) => {
      let history = nothing
      let at = start
      for (let run = 0; run < doneBefore; run += 1) {
        assert.equal(readyAtEarliest(policy, history, new Date(at)).getTime(), simulate(policy, history, at).readyAt)
        const end = at + policy.sessionMs
        history = {
          runsCompleted: run + 1,
          firstRunAt: history.firstRunAt ?? new Date(at),
          lastRunEndedAt: new Date(end),
        }
        if (isWarmedUp(policy, history)) return
        at = end + policy.intervalMs
      }
      assert.equal(readyAtEarliest(policy, history, new Date(at)).getTime(), simulate(policy, history, at).readyAt)
    }),
  )
})

test('while a run is under way, its own start counts', () => {
  const policy = { runs: 2, spanMs: 0, sessionMs: 900_000, intervalMs: day, maintenanceMs: 0 }
  const running = { runsCompleted: 0, firstRunAt: new Date(start), lastRunEndedAt: null }
  assert.equal(readyAtEarliest(policy, running, new Date(start)).getTime(), start + 900_000 + day + 900_000)
})

test('seven days of seven runs, a leap day among them, are seven times 24 hours', () => {
  const policy = { runs: 7, spanMs: 7 * day, sessionMs: 900_000, intervalMs: day, maintenanceMs: 0 }
  const { readyAt, history } = simulate(policy, nothing, Date.UTC(2028, 1, 25))
  assert.ok(readyAt - Date.UTC(2028, 1, 25) >= 7 * day)
  assert.ok(history.runsCompleted >= 7)
})
