import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { shareOut } from '../../src/lib/shares.ts'

const claimants = fc.array(fc.record({ held: fc.nat({ max: 40 }), wanted: fc.nat({ max: 200 }) }), { maxLength: 30 })
const free = fc.nat({ max: 128 })
const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)

test('no more is given than is free, and to nobody more than they want', () => {
  fc.assert(
    fc.property(free, claimants, (places, all) => {
      const given = shareOut(places, all)
      assert.equal(given.length, all.length)
      assert.ok(sum(given) <= places)
      assert.ok(given.every((n, i) => n >= 0 && n <= (all[i]?.wanted ?? 0)))
    }),
  )
})

test('while a place is free, whoever holds none and wants one gets one before anybody gets a second', () => {
  fc.assert(
    fc.property(free, claimants, (places, all) => {
      const given = shareOut(places, all)
      const without = all.flatMap(({ held, wanted }, i) => (held === 0 && wanted > 0 && given[i] === 0 ? [i] : []))
      if (without.length === 0) return
      assert.equal(sum(given), places)
      assert.ok(all.every(({ held }, i) => (given[i] ?? 0) === 0 || (held === 0 && given[i] === 1)))
    }),
  )
})

test('who holds more gets no more in all than who holds less and wants as much', () => {
  fc.assert(
    fc.property(free, claimants, (places, all) => {
      const given = shareOut(places, all)
      for (const [i, one] of all.entries())
        for (const [j, other] of all.entries()) {
          const [mine, theirs] = [one.held + (given[i] ?? 0), other.held + (given[j] ?? 0)]
          if ((given[i] ?? 0) > 0 && (given[j] ?? 0) < other.wanted) assert.ok(mine <= theirs + 1)
        }
    }),
  )
})

test('one claimant alone never takes more than a fifth of the places, whatever it wants, however often it asks', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 8, max: 256 }),
      fc.array(fc.nat({ max: 300 }), { minLength: 1, maxLength: 20 }),
      (places, asks) => {
        let held = 0
        for (const wanted of asks) held += shareOut(places - held, [{ held, wanted }])[0] ?? 0
        assert.ok(held <= Math.ceil(places / 5) + 1, `${held} of ${places}`)
      },
    ),
  )
})
