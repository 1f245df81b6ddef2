import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { mostTries, pauseAfter } from '../../../src/domain/webhooks/schedule.ts'

const hour = 3_600_000
const spreads = fc.double({ min: 0, max: 1, noNaN: true })

test('each pause is longer than the one before, whatever the spread, and after the last try there is none', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: mostTries - 2 }), spreads, spreads, (tries, one, other) => {
      assert.ok((pauseAfter(tries + 1, one, null) ?? 0) > (pauseAfter(tries, other, null) ?? Infinity))
    }),
  )
  assert.equal(pauseAfter(mostTries, 0, null), null)
  assert.equal(pauseAfter(mostTries, 0, 1_000), null)
})

test('all tries together take about a day', () => {
  fc.assert(
    fc.property(spreads, (spread) => {
      let sum = 0
      for (let tries = 1; tries < mostTries; tries += 1) sum += pauseAfter(tries, spread, null) ?? 0
      assert.ok(sum >= 18 * hour && sum <= 30 * hour, `${sum / hour} h`)
    }),
  )
})

test('a receiver that asks for more time is given it, up to a day, and never less than its turn', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: mostTries - 1 }),
      spreads,
      fc.integer({ min: 0, max: 1_000 * hour }),
      (tries, spread, asked) => {
        const own = pauseAfter(tries, spread, null) ?? 0
        const pause = pauseAfter(tries, spread, asked) ?? 0
        assert.ok(pause >= own)
        assert.ok(pause >= Math.min(asked, 24 * hour))
        assert.ok(pause <= Math.max(own, 24 * hour))
      },
    ),
  )
})
