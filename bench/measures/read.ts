import { spawn } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from '../free-port.ts'
import type { Bench, Measure, Row } from '../measure.ts'
import { stopProcess } from '../support/croft-process.ts'
import { inTurn } from '../support/figures.ts'
import { openStage } from '../support/staged.ts'
import type { Opened } from '../support/targets.ts'
import { load, probe, type Request } from '../support/wrk.ts'

const callers = 20
const bareFastify = new URL('../support/bare-fastify.ts', import.meta.url).pathname
const request: Request = { method: 'GET', path: '/v1/farm-profiles/{profile}', status: 200 }

async function startBare({ connection }: Opened): Promise<{ address: string; stop: () => Promise<void> }> {
  const port = await freePort()
  const address = `http://127.0.0.1:${port}`
  const child = spawn(process.execPath, [bareFastify, JSON.stringify(connection), String(port)], { stdio: 'inherit' })
  const listens = () => probe({ address, key: '', request }).then(Boolean, (error: unknown) => !(error instanceof TypeError))
  for (let tries = 0; !(await listens()); tries += 1) {
    if (tries > 1_000 || child.exitCode !== null) throw new Error('the bare Fastify server did not start')
    await wait(20)
  }
  return { address, stop: () => stopProcess(child) }
}

/** Read profiles per second beside a bare Fastify server with one named select. */
async function measureRead(bench: Bench): Promise<Row[]> {
  const { sizes } = bench
  const stage = await openStage(bench, { profiles: sizes.profiles })
  const bare = await startBare(stage.database)
  try {
    const get = (address: string, seconds: number) =>
      load({ address, key: stage.key, request, connections: callers, seconds, profiles: sizes.profiles })
    const [croft, fastify] = [stage.croft.address, bare.address]
    for (const address of [croft, fastify]) await get(address, sizes.warmSeconds)
    const found = await inTurn({ fastify: () => get(fastify, sizes.seconds), croft: () => get(croft, sizes.seconds) })
    const ratio = found.croft.perSecond / found.fastify.perSecond
    return [
      {
        what: 'GET /v1/farm-profiles/{id}, 20 callers, per second; beside: Fastify with one named select',
        croft: found.croft.perSecond,
        beside: found.fastify.perSecond,
        ratio,
        p50: found.croft.p50,
        p99: found.croft.p99,
        goal: '≥ 0.8',
        holds: ratio >= 0.8,
      },
    ]
  } finally {
    await bare.stop()
    await stage.stop()
  }
}

export const read: Measure = { name: 'read', run: measureRead }
