import type { Caller, Manager } from '../kernel/context.ts'
import { CroftError } from '../kernel/errors.ts'

/** The team of a manager's request that names no work yet: one that does not exist, so that nothing is found in it. */
export const noTeam = '00000000-0000-0000-0000-000000000000'

/** The manager who asks. @throws CroftError `insufficient_scope` where the key is nobody's */
export function managerOf(caller: Caller): Manager {
  if (!caller.manager)
    throw new CroftError(
      'insufficient_scope',
      'This key belongs to no manager. Make one with: croft managers add --team NAME --name PERSON',
      {
        scope: caller.scope,
        needed: 'work',
      },
    )
  return caller.manager
}
