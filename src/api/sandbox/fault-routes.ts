import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import { Type, type Static } from 'typebox'
import { invalid } from '../../kernel/errors.ts'
import { getProfile } from '../../domain/profiles/get.ts'
import { recordAudit } from '../../kernel/record.ts'
import type { UnitOfWork } from '../../kernel/unit-of-work.ts'
import { addFault, clearFaults, faultsOf, listFaults, type SandboxFault } from '../../drivers/sandbox/index.ts'
import type { ApiOptions } from '../http/app.ts'
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

const tags = ['Sandbox']
const newFault = object({
  profile_id: Type.Optional(nullable(id)),
  call,
  fault,
  times: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
})

async function addFor(unit: UnitOfWork, input: Static<typeof newFault>) {
  const {
    ctx,
    caller: { teamId },
  } = unit
  const { profile_id: profileId = null, call, fault, times = 1 } = input
  if (!faultsOf[call].includes(fault))
    throw invalid([{ path: 'fault', message: `must be one of ${faultsOf[call].join(', ')} for ${call}` }])
  if (profileId !== null) await getProfile(ctx.db, teamId, profileId)
  return unit.commit(async (tx) => {
    const added = await addFault({ db: tx.trx, clock: ctx.clock }, { teamId, profileId, call, fault, times })
    await recordAudit(tx, 'sandbox_fault.create', `sandbox_fault:${added.id}`, null, { call, fault })
    return added
  })
}

/** Faults of the sandbox, switched on one call at a time, so that a team can test how its own code handles them. */
export const sandboxFaults: FastifyPluginCallbackTypebox<ApiOptions> = (app, { ctx }, done) => {
  app.post(
    '/v1/sandbox/faults',
    {
      schema: {
        summary: 'Switch a fault on for the next calls to the sandbox',
        tags,
        body: newFault,
        response: { 201: shape },
      },
      config: { errors: [404], dryRun: { hides: ['fault_id'] } },
    },
    ({ body }, reply) => reply.carryOut((unit) => addFor(unit, body), show),
  )
  app.get(
    '/v1/sandbox/faults',
    {
      schema: {
        summary: 'List the faults that are switched on',
        tags,
        response: { 200: object({ items: Type.Array(shape) }) },
      },
    },
    async ({ caller }) => ({ items: (await listFaults(ctx.db, caller.teamId)).map(show) }),
  )
  app.delete(
    '/v1/sandbox/faults',
    { schema: { summary: 'Switch all faults off', tags, response: { 200: object({ cleared: Type.Integer() }) } } },
    (_, reply) =>
      reply.carryOut(
        (unit) =>
          unit.commit(async (tx) => {
            const { teamId } = unit.caller
            const cleared = await clearFaults(tx.trx, teamId)
            await recordAudit(tx, 'sandbox_fault.clear', `team:${teamId}`, null, { cleared })
            return cleared
          }),
        (cleared) => ({ cleared }),
      ),
  )
  done()
}
