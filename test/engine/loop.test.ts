import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { startLoop } from '../../src/engine/loop.ts'
import { gate } from '../support/test-driver.ts'
import { until } from '../support/wait.ts'

const log = pino({ level: 'silent' })

test('a loop claims no more than it has places for, and a place that becomes free is used at once', async () => {
  const waiting = Array.from({ length: 20 }, (_, n) => n)
  const [held, done] = [gate(), [] as number[]]
  let [under, peak] = [0, 0]
  const loop = startLoop<number>(
    {
      name: 'test',
      concurrency: 3,
      claim: (limit) => Promise.resolve(waiting.splice(0, limit)),
      async run(row) {
        under += 1
        peak = Math.max(peak, under)
        // The first holds its place while all others go by.
        await (row === 0 ? held.passed : Promise.resolve())
        under -= 1
        done.push(row)
      },
    },
    log,
  )
  await until(() => done.length === 19, { what: 'the rows beside the one that takes long' })
  assert.deepEqual([peak, loop.busy()], [3, 1])
  held.open()
  await until(() => done.length === 20)
  await loop.stop(0)
})

test('a claim or a row that fails ends no loop, and a loop that has no room left counts as alive', async () => {
  const [held, rows] = [gate(), ['fails', 'holds']]
  let claims = 0
  const loop = startLoop<string>(
    {
      name: 'test',
      concurrency: 1,
      claim(limit) {
        claims += 1
        return claims === 1 ? Promise.reject(new Error('no database')) : Promise.resolve(rows.splice(0, limit))
      },
      run: (row) => (row === 'fails' ? Promise.reject(new Error('it fails')) : held.passed),
    },
    log,
  )
  await until(() => rows.length === 0 && loop.busy() === 1)
  assert.ok(loop.isAlive(0))
  held.open()
  await loop.stop(0)
})

test('a stop claims nothing more, and cuts short what is under way once its grace is over', async () => {
  let claimed = 0
  const loop = startLoop<number>(
    {
      name: 'test',
      concurrency: 2,
      claim: () => Promise.resolve([(claimed += 1)]),
      run: (_row, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
    },
    log,
  )
  await until(() => loop.busy() === 2)
  const before = claimed
  await loop.stop(20)
  loop.wake()
  assert.deepEqual([loop.busy(), claimed], [0, before])
})
