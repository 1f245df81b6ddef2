import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hostPlaces } from '../../../src/domain/media/host-places.ts'
import { gate } from '../../support/test-driver.ts'

test('whatever comes, a host is asked for no more at once than allowed, and everything is fetched in the end', async () => {
  const fetches = fc.array(fc.record({ team: fc.nat({ max: 4 }), host: fc.nat({ max: 2 }) }), { minLength: 1, maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fetches, async (most, all) => {
      const places = hostPlaces(most)
      const done: number[] = []
      const under = new Map<string, number>()
      const begin = (index: number): Promise<void> => {
        const { team, host } = all[index] ?? { team: 0, host: 0 }
        const name = `host${host}`
        const fetch = { key: String(index), teamId: String(team), again: () => Promise.resolve(void sent.push(begin(index))) }
        return places.take(name, fetch, async () => {
          const now = (under.get(name) ?? 0) + 1
          under.set(name, now)
          assert.ok(now <= most)
          await new Promise((resolve) => setImmediate(resolve))
          under.set(name, now === 0 ? 0 : (under.get(name) ?? 1) - 1)
          done.push(index)
        })
      }
      const sent: Promise<void>[] = []
      for (const index of all.keys()) sent.push(begin(index))
      for (let at = 0; at < sent.length; at += 1) await sent[at]
      assert.deepEqual(
        done.toSorted((a, b) => a - b),
        [...all.keys()],
      )
    }),
    { numRuns: 50 },
  )
})

test('a freed place goes to the team that holds the fewest, and a second job for the same file does not wait twice', async () => {
  const places = hostPlaces(2)
  const sent: string[] = []
  const [first, second] = [gate(), gate()]
  const fetch = (teamId: string, key: string) => ({ key, teamId, again: () => Promise.resolve(void sent.push(key)) })
  const one = places.take('h', fetch('a', 'a1'), () => first.passed)
  const two = places.take('h', fetch('a', 'a2'), () => second.passed)
  const never = () => Promise.reject(new Error('it has no place'))
  await places.take('h', fetch('a', 'a3'), never)
  await places.take('h', fetch('a', 'a3'), never)
  await places.take('h', fetch('b', 'b1'), never)
  first.open()
  await one
  assert.deepEqual(sent, ['b1'])
  second.open()
  await two
  assert.deepEqual(sent, ['b1', 'a3'])
})
