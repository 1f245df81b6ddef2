import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { debitCredits, grantCredits, refundCredits } from '../../../src/domain/credits/ledger.ts'
import { CroftError } from '../../../src/kernel/errors.ts'
import { isUniqueViolation } from '../../../src/kernel/conflict.ts'
import { testTeam, type TestTeam } from '../../support/croft.ts'
import { bodyOf, dataOf, errorOf, portal, rowsOf, savedAccount, testManager } from './support.ts'

const p = portal()

const entriesOf = (team: TestTeam) =>
  p().server.ctx.db.selectFrom('credit_entries').selectAll().where('team_id', '=', team.id).orderBy('seq').execute()

/** Every balance follows from the one before, none is negative, no debit is undone twice, and the last is the balance. */
async function requireSound(team: TestTeam): Promise<number> {
  const entries = await entriesOf(team)
  let balance = 0
  for (const entry of entries) {
    balance += entry.amount
    assert.equal(entry.balance_after, balance)
    assert.ok(balance >= 0)
    assert.ok(entry.type === 'debit' ? entry.amount < 0 : entry.amount > 0)
  }
  const undone = entries.filter(({ type }) => type === 'refund').map(({ refers_to }) => refers_to)
  assert.equal(new Set(undone).size, undone.length)
  const row = await p()
    .server.ctx.db.selectFrom('credit_balances')
    .select('balance')
    .where('team_id', '=', team.id)
    .executeTakeFirst()
  assert.equal(row?.balance ?? 0, balance)
  return balance
}

test('no credits, then a grant, in balance and history', async () => {
  const team = await testTeam(p().server.ctx, 'credits')
  const headers = { 'x-api-key': team.key }
  const get = (path: string) => p().request('GET', `/api/ext/${path}`, undefined, headers)
  assert.deepEqual((await get('credits/balance')).body, { data: { total_credits: 0, last_updated: null } })
  assert.deepEqual((await get('credits/history')).body, {
    data: [],
    pagination: { page: 1, per_page: 25, total: 0, total_pages: 0 },
  })
  const first = await p().grant(30, team)
  await p().grant(12, team)
  assert.deepEqual((await get('credits/balance')).body, {
    data: { total_credits: 42, last_updated: p().server.clock.now().toISOString() },
  })
  const second = bodyOf(await get('credits/history?page=2&per_page=1'))
  assert.deepEqual(second['pagination'], { page: 2, per_page: 1, total: 2, total_pages: 2 })
  assert.deepEqual(second['data'], [
    {
      id: first.id,
      type: 'grant',
      amount: 30,
      balance_after: 30,
      description: 'Granted on the command line.',
      refers_to: null,
      created_at: first.created_at.toISOString(),
    },
  ])
})

test('pages that are none are 400', async () => {
  for (const query of ['page=0', 'per_page=101', 'per_page=x', 'limit=5']) {
    const answer = await p().request('GET', `/api/ext/credits/history?${query}`)
    assert.equal(answer.status, 400)
    assert.equal(errorOf(answer).code, 'validation_error')
  }
})

test('the costs', async () => {
  assert.deepEqual((await p().request('GET', '/api/ext/credit-costs')).body, { data: { account: 32, video: 2, edit_request: 8 } })
})

test('a refund names the debit that it undoes, once', async () => {
  const team = await testTeam(p().server.ctx, 'refunds')
  await p().grant(10, team)
  const debit = await team.unit.commit((tx) => debitCredits(tx, 8, 'Something.'))
  const refund = await team.unit.commit((tx) => refundCredits(tx, debit.id, 'Not after all.'))
  assert.deepEqual([refund.type, refund.amount, refund.balance_after, refund.refers_to], ['refund', 8, 10, debit.id])
  await assert.rejects(team.unit.commit((tx) => refundCredits(tx, debit.id, 'Again.')))
  await assert.rejects(team.unit.commit((tx) => refundCredits(tx, refund.id, 'A refund.')))
  assert.equal(await requireSound(team), 10)
})

test('of ten refunds of one debit at once one is written', async () => {
  const team = await testTeam(p().server.ctx, 'ten refunds')
  await p().grant(8, team)
  const debit = await team.unit.commit((tx) => debitCredits(tx, 8, 'Something.'))
  const refunds = Array.from({ length: 10 }, () => team.unit.commit((tx) => refundCredits(tx, debit.id, 'Back.')))
  const settled = await Promise.allSettled(refunds)
  assert.equal(settled.filter(({ status }) => status === 'fulfilled').length, 1)
  assert.equal(await requireSound(team), 8)
})

test('100 edit requests at once on 100 accounts with 80 credits: exactly 10 succeed', async () => {
  const team = await testTeam(p().server.ctx, 'eighty')
  const manager = await testManager(p().server, team)
  await p().grant(80, team)
  const accounts = await Promise.all(Array.from({ length: 100 }, () => savedAccount(p().server, manager.id, { team })))
  const headers = { 'x-api-key': team.key }
  const answers = await Promise.all(accounts.map((id) => p().edit(id, {}, headers)))
  const made = answers.filter(({ status }) => status === 201)
  assert.equal(made.length, 10)
  assert.deepEqual(made.map((answer) => bodyOf(answer)['credits_remaining']).sort(), [0, 16, 24, 32, 40, 48, 56, 64, 72, 8])
  for (const answer of answers.filter(({ status }) => status !== 201))
    assert.deepEqual([answer.status, errorOf(answer).code], [402, 'INSUFFICIENT_CREDITS'])
  assert.equal(await requireSound(team), 0)
  const lists = await Promise.all(
    accounts.map((id) => p().request('GET', `/api/ext/accounts/${id}/edit-request`, undefined, headers)),
  )
  assert.equal(lists.flatMap(rowsOf).length, 10)
  assert.equal(dataOf(await p().request('GET', '/api/ext/credits/balance', undefined, headers))['total_credits'], 0)
})

test('a debit and its work stand or fall together', async () => {
  const team = await testTeam(p().server.ctx, 'together')
  await p().grant(40, team)
  const failing = team.unit.commit(async (tx) => {
    await debitCredits(tx, 8, 'Something.')
    throw new Error('the work could not be written')
  })
  await assert.rejects(failing)
  assert.equal(await requireSound(team), 40)
})

test('a balance that could not be counted any more is refused', async () => {
  const team = await testTeam(p().server.ctx, 'rich')
  await p().grant(2_147_483_647, team)
  await assert.rejects(p().grant(1, team), (error) => error instanceof CroftError && error.code === 'validation_error')
  assert.equal(await requireSound(team), 2_147_483_647)
})

interface Step {
  act: 'grant' | 'debit' | 'refund'
  /** How many credits, or which debit is undone. */
  n: number
}
const step: fc.Arbitrary<Step> = fc.record({
  act: fc.constantFrom('grant', 'debit', 'refund'),
  n: fc.integer({ min: 1, max: 40 }),
})

/** What a debit or refund may be refused for; a refund that another is ahead of meets the one place that it has. */
const isExpected = (error: unknown): boolean =>
  error instanceof Error &&
  ((error instanceof CroftError && error.code === 'INSUFFICIENT_CREDITS') ||
    error.message.startsWith('there is no debit') ||
    isUniqueViolation(error, 'credit_entries_one_refund'))

test('any interleaving of grants, debits and refunds keeps the ledger sound', async () => {
  let teams = 0
  const carryOut = (team: TestTeam, { act, n }: Step, debits: string[]) =>
    team.unit.commit(async (tx) => {
      const debit = debits[n % 4]
      if (act === 'grant') await grantCredits(tx, n, 'Granted.')
      else if (act === 'debit') debits.push((await debitCredits(tx, n, 'Spent.')).id)
      else if (debit !== undefined) await refundCredits(tx, debit, 'Back.')
    })
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { maxLength: 8 }), { minLength: 1, maxLength: 5 }), async (lanes) => {
      const team = await testTeam(p().server.ctx, `ledger ${(teams += 1)}`)
      const debits: string[] = []
      const lane = async (steps: Step[]) => {
        for (const one of steps) {
          try {
            await carryOut(team, one, debits)
          } catch (error) {
            if (!isExpected(error)) throw error
          }
        }
      }
      await Promise.all(lanes.map(lane))
      await requireSound(team)
    }),
    { numRuns: 30 },
  )
})
