import { Type, type Static } from 'typebox'
import { listAudit } from '../../domain/audit/list.ts'
import type { Context } from '../../kernel/context.ts'
import type { AuditRow } from '../../kernel/rows.ts'
import type { App } from '../http/app.ts'
import { id, instant, nullable, object, pageBody, pageOf, pageQuery, pageRequest, time } from '../http/shapes.ts'

const values = nullable(Type.Object({}, { additionalProperties: true }))
const auditShape = object({
  audit_id: id,
  actor: Type.String({ description: '`api_key:ID`, `manager:ID`, `command line`, or `croft` itself.' }),
  action: Type.String(),
  subject: Type.String({ description: 'What was changed, as `post:ID`.' }),
  before: values,
  after: values,
  request_id: nullable(Type.String()),
  created_at: time,
})

const presentEntry = (row: AuditRow): Static<typeof auditShape> => ({
  audit_id: row.id,
  actor: row.actor,
  action: row.action,
  subject: row.subject,
  before: row.before,
  after: row.after,
  request_id: row.request_id,
  created_at: row.created_at.toISOString(),
})

const word = Type.Optional(Type.String({ minLength: 1, maxLength: 200 }))

/** `GET /v1/audit`: who changed what. */
export function auditRoutes(app: App, ctx: Context): void {
  app.get(
    '/v1/audit',
    {
      schema: {
        summary: 'List changes, newest first: who, what, before and after',
        tags: ['Audit'],
        querystring: pageQuery({
          actor: word,
          action: word,
          subject: word,
          request_id: word,
          since: Type.Optional(time),
          until: Type.Optional(time),
        }),
        response: { 200: pageOf(auditShape) },
      },
      config: { errors: [422] },
    },
    async ({ caller, query }) => {
      const filter = {
        actor: query.actor,
        action: query.action,
        subject: query.subject,
        requestId: query.request_id,
        since: query.since === undefined ? undefined : instant(query.since, 'query.since'),
        until: query.until === undefined ? undefined : instant(query.until, 'query.until'),
      }
      return pageBody(await listAudit(ctx, caller, pageRequest(query), filter), presentEntry)
    },
  )
}
