import { Type, type Static } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import type { TaskRow } from '../../kernel/rows.ts'
import { getTask, listTasks } from '../../engine/tasks/read.ts'
import type { App } from '../http/app.ts'
import { failure, id, iso, nullable, object, oneOf, pageBody, pageOf, pageQuery, pageRequest, time } from '../http/shapes.ts'

const kind = oneOf('setup', 'warmup', 'profile_edit', 'publish')
const status = oneOf('pending', 'queued', 'running', 'waiting', 'done', 'failed', 'canceled', 'unconfirmed')

const taskShape = object({
  task_id: id,
  profile_id: id,
  kind,
  status,
  run_at: time,
  tries: Type.Integer({ description: 'Tries that failed so far.' }),
  failure,
  started_at: nullable(time),
  ended_at: nullable(time),
  created_at: time,
  updated_at: time,
})

const presentTask = (row: TaskRow): Static<typeof taskShape> => ({
  task_id: row.id,
  profile_id: row.profile_id,
  kind: row.kind,
  status: row.status,
  run_at: row.run_at.toISOString(),
  tries: row.tries,
  failure: row.failure && { code: row.failure.code, message: row.failure.message, reasons: row.failure.reasons ?? [] },
  started_at: iso(row.started_at),
  ended_at: iso(row.ended_at),
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
})

const tags = ['Tasks']

/** All tasks, of every kind. */
export function taskRoutes(app: App, ctx: Context): void {
  app.get(
    '/v1/tasks',
    {
      schema: {
        summary: 'List tasks, newest first',
        tags,
        querystring: pageQuery({
          profile_id: Type.Optional(id),
          kind: Type.Optional(kind),
          status: Type.Optional(status),
        }),
        response: { 200: pageOf(taskShape) },
      },
      config: { errors: [422] },
    },
    async ({ caller, query }) => {
      const filter = { profileId: query.profile_id, kind: query.kind, status: query.status }
      return pageBody(await listTasks(ctx, caller, pageRequest(query), filter), presentTask)
    },
  )
  app.get(
    '/v1/tasks/:task_id',
    { schema: { summary: 'Get a task', tags, params: object({ task_id: id }), response: { 200: taskShape } } },
    async ({ caller, params }) => presentTask(await getTask(ctx, caller, params.task_id)),
  )
}
