import { isUuid } from '../../lib/ids.ts'
import type { JsonObject } from '../../lib/json.ts'
import type { Context } from '../../kernel/context.ts'
import { subjectOf } from '../events/subject.ts'
import type { DeliveryRow } from '../../kernel/rows.ts'
import { systemUnit } from '../../kernel/unit-of-work.ts'
import { tryDelivery, type Destination } from './deliver.ts'
import { endPending } from './endpoint-health.ts'
import { endpointSecrets } from './endpoint-secrets.ts'
import { releaseLane, type Lane } from './lanes.ts'
import { laneRestMs } from './schedule.ts'
import { signingSecrets } from './secret.ts'
import { isGood, type Answer } from './send.ts'

/** Tries of one lane at once, and how long a lane may keep its place while others wait. */
const atOnce = 8
const turnMs = 10_000

/** Where the lane leads now; null where its endpoint is switched off or gone, and what waited for it has been ended. */
async function destinationOf(ctx: Context, lane: Lane): Promise<Destination | null> {
  if (!isUuid(lane.id)) return { endpoint: null, secrets: await signingSecrets(ctx, lane.team_id) }
  const endpoint = await ctx.db
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where('team_id', '=', lane.team_id)
    .where('id', '=', lane.id)
    .executeTakeFirst()
  if (endpoint?.enabled) return { endpoint, secrets: await endpointSecrets(ctx, endpoint) }
  await systemUnit(ctx, lane.team_id).commit((tx) => endPending(tx, lane.id))
  return null
}

const due = (ctx: Context, lane: Lane, most: number): Promise<DeliveryRow[]> =>
  ctx.db
    .selectFrom('deliveries')
    .selectAll()
    .where('team_id', '=', lane.team_id)
    .where('lane', '=', lane.id)
    .where('status', '=', 'pending')
    .where('next_try_at', '<=', ctx.clock.now())
    .orderBy('next_try_at')
    .orderBy('id')
    .limit(most)
    .execute()

/** The deliveries that must follow one another: those of events about one thing. A post's own webhook waits for none. */
function chainsOf(batch: readonly DeliveryRow[]): DeliveryRow[][] {
  const chains = new Map<string, DeliveryRow[]>()
  for (const one of batch) {
    const { data } = JSON.parse(one.body) as { data?: JsonObject }
    const subject = one.event_id === null ? one.id : subjectOf(one.type, data ?? {})
    const chain = chains.get(subject)
    if (chain) chain.push(one)
    else chains.set(subject, [one])
  }
  return [...chains.values()]
}

/** Sends one after the other while each arrives; the rest stay due. */
async function sendChain(ctx: Context, chain: DeliveryRow[], to: Destination, goOn: () => boolean): Promise<Answer[]> {
  const answers: Answer[] = []
  for (const one of chain) {
    const answer = await tryDelivery(ctx, one, to)
    answers.push(answer)
    if (!isGood(answer) || !goOn()) break
  }
  return answers
}

interface Turn {
  failures: number
  restUntil: Date | null
}

/** Round after round, until nothing is due, the receiver fails, or the turn is over. A lane that fails is asked with one. */
async function rounds(ctx: Context, lane: Lane, goOn: () => boolean): Promise<Turn> {
  const began = performance.now()
  const mayGoOn = () => goOn() && performance.now() - began < turnMs
  let { failures } = lane
  while (mayGoOn()) {
    const destination = await destinationOf(ctx, lane)
    const batch = destination ? await due(ctx, lane, failures > 0 ? 1 : atOnce) : []
    if (!destination || batch.length === 0) return { failures, restUntil: null }
    const chains = chainsOf(batch).map((chain) => sendChain(ctx, chain, destination, mayGoOn))
    const answers = (await Promise.all(chains)).flat()
    failures = answers.some(isGood) ? 0 : failures + 1
    const rest = laneRestMs(failures, askedToWait(answers))
    if (rest > 0) return { failures, restUntil: new Date(ctx.clock.now().getTime() + rest) }
  }
  return { failures, restUntil: null }
}

const askedToWait = (answers: readonly Answer[]): number | null =>
  answers.reduce<number | null>(
    (most, { status, retryAfterMs }) =>
      retryAfterMs !== null && (status === 429 || status === 503) ? Math.max(most ?? 0, retryAfterMs) : most,
    null,
  )

/** Sends what is due of a lane that this worker holds, and gives it back. No try begins once `ending` is aborted. */
export async function takeTurn(ctx: Context, lane: Lane, ending: AbortSignal): Promise<void> {
  const end = await rounds(ctx, lane, () => !ending.aborted)
  await releaseLane(ctx, lane, end)
}
