import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'
import type { Context } from '../../kernel/context.ts'
import { invalid } from '../../kernel/errors.ts'
import { findProfile } from '../../domain/profiles/find.ts'
import { recordAudit } from '../../kernel/record.ts'
import { addFault, clearFaults, faultsOf, listFaults, type SandboxFault } from '../../drivers/sandbox/index.ts'
import { readRoute, writeRoute } from '../http/route.ts'
import { id, nullable, object, oneOf, time } from '../http/shapes.ts'

const call = oneOf('sign_in', 'warm_up', 'edit_profile', 'upload', 'publish')
const fault = oneOf('refuse', 'refuse_for_good', 'hang', 'commit_then_hang', 'lose_answer', 'forget')
const shape = object({ fault_id: id, profile_id: nullable(id), call, fault, remaining: Type.Integer(), created_at: time })
const show = (one: SandboxFault): Static<typeof shape> => ({
  fault_id: one.id,
  profile_id: one.profileId,
  call: one.call,
  fault: one.fault,
  remaining: one.remaining,
  created_at: one.createdAt.toISOString(),
})

/** Faults of the sandbox, switched on one call at a time, so that a team can test how its own code handles them. */
export function sandboxFaultRoutes(app: FastifyInstance, ctx: Context): void {
  const common = { family: 'common', tag: 'Sandbox', url: '/v1/sandbox/faults' } as const
  writeRoute(app, ctx, {
    ...common,
    method: 'POST',
    status: 201,
    summary: 'Switch a fault on for the next calls to the sandbox',
    body: object({
      profile_id: Type.Optional(nullable(id)),
      call,
      fault,
      times: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
    }),
    response: shape,
    errors: [404],
    made: ['fault_id'],
    write: async (unit, { body }) => {
      if (!faultsOf[body.call].includes(body.fault))
        throw invalid([{ path: 'fault', message: `must be one of ${faultsOf[body.call].join(', ')} for ${body.call}` }])
      const profileId = body.profile_id ?? null
      if (profileId !== null) await findProfile(ctx.db, unit.caller.teamId, profileId)
      return unit.commit(async (tx) => {
        const added = await addFault(
          { db: tx.trx, clock: ctx.clock },
          { teamId: unit.caller.teamId, profileId, call: body.call, fault: body.fault, times: body.times ?? 1 },
        )
        await recordAudit(tx, 'sandbox_fault.create', `sandbox_fault:${added.id}`, null, { call: added.call, fault: added.fault })
        return added
      })
    },
    present: (_, one) => show(one),
  })
  readRoute(app, ctx, {
    ...common,
    summary: 'List the faults that are switched on',
    response: object({ items: Type.Array(shape) }),
    read: async (_, caller) => ({ items: (await listFaults(ctx.db, caller.teamId)).map(show) }),
  })
  writeRoute(app, ctx, {
    ...common,
    method: 'DELETE',
    summary: 'Switch all faults off',
    response: object({ cleared: Type.Integer() }),
    write: (unit) =>
      unit.commit(async (tx) => {
        const cleared = await clearFaults(tx.trx, unit.caller.teamId)
        await recordAudit(tx, 'sandbox_fault.clear', `team:${unit.caller.teamId}`, null, { cleared })
        return cleared
      }),
    present: (_, cleared) => ({ cleared }),
  })
}
