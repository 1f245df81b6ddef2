import { readFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { idOf } from '../fill/ids.ts'
import type { Bench, Measure, Row } from '../measure.ts'
import { openStage, postOf, reach, sendPost, type Stage } from '../support/staged.ts'
import { countStatements, type StatementCounter } from '../support/statements.ts'

const callers = 20

/** `POST /v1/media`. @returns the address that posts take */
async function upload({ croft, key }: Stage): Promise<string> {
  const form = new FormData()
  form.set('file', new Blob([await readFile(new URL('../../examples/sample.mp4', import.meta.url))]), 'sample.mp4')
  const response = await fetch(`${croft.address}/v1/media`, { method: 'POST', headers: { 'x-api-key': key }, body: form })
  const { media_url } = (await response.json()) as { media_url?: string }
  if (media_url === undefined) throw new Error(`POST /v1/media answered ${response.status}`)
  return media_url
}

/** Posts over HTTP, until the last is published. @returns statements per post, all that the process asks in that time */
async function perPost(bench: Bench, stage: Stage, counter: StatementCounter, mediaUrl: string): Promise<number> {
  const { profiles, statements: posts } = bench.sizes
  const ids: string[] = []
  let next = 0
  await counter.count()
  const caller = async () => {
    for (let n = next++; n < posts; n = next++) ids.push(await sendPost(stage, postOf(idOf('profile', n % profiles), mediaUrl)))
  }
  await Promise.all(Array.from({ length: callers }, caller))
  await reach(stage.database, ids, 'published', 300_000)
  return (await counter.count()) / posts
}

/** Statements per whole post: from the request to the last write, everything that the process asks of its database. */
async function measureStatements(bench: Bench): Promise<Row[]> {
  const stage = await openStage(bench, { profiles: bench.sizes.profiles, statements: true })
  try {
    const counter = await countStatements(stage.database.admin, stage.database.name)
    const own = await upload(stage)
    await perPost(bench, stage, counter, own)
    const uploaded = await perPost(bench, stage, counter, own)
    const fetched = await perPost(bench, stage, counter, bench.outside.video)
    await wait(2_000)
    await counter.count()
    await wait(bench.sizes.seconds * 1_000)
    const idle = (await counter.count()) / bench.sizes.seconds
    const row = (what: string, croft: number): Row => ({ what, croft, goal: '≤ 12', holds: croft <= 12 })
    return [
      row('Statements per whole sandbox post under load, media uploaded before', uploaded),
      row('Statements per whole sandbox post under load, media fetched for each', fetched),
      { what: 'Statements per second of an idle process', croft: idle },
    ]
  } finally {
    await stage.stop()
  }
}

export const statements: Measure = { name: 'statements', run: measureStatements }
