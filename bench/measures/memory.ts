import { setTimeout as wait } from 'node:timers/promises'
import type { Bench, Measure, Row } from '../measure.ts'
import { memoryMb } from '../support/memory.ts'
import { openStage, postOf } from '../support/staged.ts'
import { load, probe } from '../support/wrk.ts'

/** Proportional set size of Croft's and Postgres's processes together: idle, and while posts with videos come in and go out. */
async function measureMemory(bench: Bench): Promise<Row[]> {
  const { sizes, outside } = bench
  const stage = await openStage(bench, { profiles: sizes.profiles })
  const { site, key, database } = stage
  try {
    const croft = await stage.restart()
    const roots = [croft.pid, ...(await site.postgres())]
    await probe({ address: croft.address, key, request: { method: 'GET', path: '/v1/farm-profiles/{profile}', status: 200 } })
    // The benchmark's own connections are closed: each is a process of Postgres.
    await database.close()
    await wait(sizes.idleSeconds * 1_000)
    const idle = await memoryMb(roots)
    const request = {
      method: 'POST',
      path: '/v1/posts',
      body: JSON.stringify(postOf('{profile}', outside.video)),
      status: 202,
    } as const
    const { address } = croft
    const underWay = { now: true }
    const watch = async () => {
      let most = 0
      while (underWay.now) {
        most = Math.max(most, await memoryMb(roots))
        await wait(1_000)
      }
      return most
    }
    const watching = watch()
    try {
      await load({ address, key, request, connections: 20, seconds: sizes.seconds, profiles: sizes.profiles })
      await wait(sizes.seconds * 1_000)
    } finally {
      underWay.now = false
    }
    return [
      { what: 'Memory of all processes, idle, MB', croft: idle, goal: '≤ 180 MB', holds: idle <= 180 },
      { what: 'Memory of all processes, highest under load, MB', croft: await watching },
    ]
  } finally {
    await stage.stop()
  }
}

export const memory: Measure = { name: 'memory', run: measureMemory }
