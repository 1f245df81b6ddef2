import { Type } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import { creditCosts } from '../../domain/credits/costs.ts'
import { listEntries, readBalance } from '../../domain/credits/read.ts'
import type { App } from '../http/app.ts'
import { id, iso, nullable, object, oneOf, time } from '../http/shapes.ts'
import { dataOf, numberedBody, numberedOf, numberedQuery, numberedRequest } from './shapes.ts'

const entryShape = object({
  id,
  type: oneOf('grant', 'debit', 'refund'),
  amount: Type.Integer({ description: 'Signed: a debit is negative.' }),
  balance_after: Type.Integer(),
  description: Type.String(),
  refers_to: nullable(id),
  created_at: time,
})

const tags = ['Credits']
const costs = object({ account: Type.Integer(), video: Type.Integer(), edit_request: Type.Integer() })

/** The cost of managed work, and a team's credits. */
export function creditRoutes(app: App, ctx: Context): void {
  app.get(
    '/api/ext/credits/balance',
    {
      schema: {
        summary: 'Get the balance',
        tags,
        response: { 200: dataOf(object({ total_credits: Type.Integer(), last_updated: nullable(time) })) },
      },
    },
    async ({ caller }) => {
      const { balance, updatedAt } = await readBalance(ctx, caller)
      return { data: { total_credits: balance, last_updated: iso(updatedAt) } }
    },
  )
  app.get(
    '/api/ext/credits/history',
    {
      schema: {
        summary: 'List the ledger, newest entry first',
        tags,
        querystring: numberedQuery({}),
        response: { 200: numberedOf(entryShape) },
      },
    },
    async ({ caller, query }) => {
      const page = numberedRequest(query)
      return numberedBody(await listEntries(ctx, caller, page), page, (row) => ({
        id: row.id,
        type: row.type,
        amount: row.amount,
        balance_after: row.balance_after,
        description: row.description,
        refers_to: row.refers_to,
        created_at: row.created_at.toISOString(),
      }))
    },
  )
  app.get(
    '/api/ext/credit-costs',
    { schema: { summary: 'Get the cost of managed work, in credits', tags, response: { 200: dataOf(costs) } } },
    () => ({ data: creditCosts }),
  )
}
