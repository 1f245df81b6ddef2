import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import type { TaskRow } from '../../kernel/rows.ts'
import { findTask, listTasks } from '../../engine/tasks/view.ts'
import { readRoute } from '../http/route.ts'
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

const showTask = (row: TaskRow): Static<typeof taskShape> => ({
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

/** All tasks, of every kind. */
export function taskRoutes(app: FastifyInstance, ctx: Context): void {
  readRoute(app, ctx, {
    family: 'common',
    tag: 'Tasks',
    url: '/v1/tasks',
    summary: 'List tasks, newest first',
    query: pageQuery({ profile_id: Type.Optional(id), kind: Type.Optional(kind), status: Type.Optional(status) }),
    response: pageOf(taskShape),
    errors: [422],
    read: async (_, caller, { query }) =>
      pageBody(
        await listTasks(ctx, caller, pageRequest(query), { profileId: query.profile_id, kind: query.kind, status: query.status }),
        showTask,
      ),
  })
  readRoute(app, ctx, {
    family: 'common',
    tag: 'Tasks',
    url: '/v1/tasks/:task_id',
    summary: 'Get a task',
    params: object({ task_id: id }),
    response: taskShape,
    read: async (_, caller, { params }) => showTask(await findTask(ctx, caller, params.task_id)),
  })
}
