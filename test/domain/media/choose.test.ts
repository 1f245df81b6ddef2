import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { chooseRows } from '../../../src/domain/media/choose.ts'
import { HostPlaces } from '../../../src/domain/media/host-places.ts'

test('whatever is due, no host and no team gets more than it may, and everything is fetched in the end', () => {
  const due = fc.array(fc.record({ teamId: fc.constantFrom('a', 'b', 'c', 'd'), host: fc.constantFrom('x', 'y', null) }), {
    maxLength: 60,
  })
  const most = fc.integer({ min: 1, max: 5 })
  fc.assert(
    fc.property(most, most, fc.integer({ min: 1, max: 12 }), due, (mostOfHost, share, places, all) => {
      const hosts = new HostPlaces(mostOfHost)
      const count = <T>(of: (row: (typeof all)[number]) => T, key: T, rows: typeof all) =>
        rows.filter((row) => of(row) === key).length
      const waiting = [...all]
      let under: typeof all = []
      let done = 0
      for (let rounds = 0; waiting.length + under.length > 0; rounds += 1) {
        assert.ok(rounds < 1_000, 'it goes on')
        const held = new Map(['a', 'b', 'c', 'd'].map((team) => [team, count((row) => row.teamId, team, under)]))
        const chosen = chooseRows(waiting, { free: places - under.length, share, held, hosts })
        for (const row of chosen) waiting.splice(waiting.indexOf(row), 1)
        under = [...under, ...chosen]
        assert.ok(under.length > 0 && under.length <= places)
        for (const team of held.keys()) assert.ok(count((row) => row.teamId, team, under) <= share)
        for (const host of ['x', 'y']) assert.ok(count((row) => row.host, host, under) <= mostOfHost)
        const [ended] = under.splice(0, 1)
        hosts.release(ended?.host ?? null)
        done += 1
      }
      assert.equal(done, all.length)
    }),
    { numRuns: 200 },
  )
})

test('the teams that hold the fewest come first, and rows of a host without room are passed over', () => {
  const hosts = new HostPlaces(2)
  for (const host of ['full', 'full', 'half']) hosts.take(host)
  assert.deepEqual(hosts.full(), ['full'])
  const rows = [
    { teamId: 'busy', host: 'half' },
    { teamId: 'busy', host: 'else' },
    { teamId: 'idle', host: 'full' },
    { teamId: 'idle', host: 'half' },
    { teamId: 'idle', host: null },
  ]
  const chosen = chooseRows(rows, { free: 40, share: 8, held: new Map([['busy', 6]]), hosts })
  assert.deepEqual(chosen, [
    { teamId: 'idle', host: 'half' },
    { teamId: 'busy', host: 'else' },
    { teamId: 'idle', host: null },
  ])
})
