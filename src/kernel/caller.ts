import type { KeyScope } from '../db/schema.ts'

/** A person who carries work out, and the teams that they work for. */
export interface Manager {
  id: string
  name: string
  teamIds: readonly string[]
}

/** For whom something is done, and in which request, if it is one. */
interface Acting {
  teamId: string
  requestId: string | null
}

/** Who uses a team's key. */
export interface TeamKeyCaller extends Acting {
  kind: 'team_key'
  keyId: string
  scope: KeyScope
}

/** A manager, by a key of their own. `teamId` is the team of the work in question, or no team before that is known. */
export interface ManagerCaller extends Acting {
  kind: 'manager_key'
  manager: Manager
  scope: 'work'
}

/** The operator of this server, at its command line. */
export interface CommandLineCaller extends Acting {
  kind: 'command_line'
}

/** Croft, on its own account. */
export interface CroftCaller extends Acting {
  kind: 'croft'
}

/** Who asks by HTTP. */
export type KeyCaller = TeamKeyCaller | ManagerCaller

/** Who acts. */
export type Caller = KeyCaller | CommandLineCaller | CroftCaller

/** Whose a key is. */
export type KeyIdentity = Omit<TeamKeyCaller, 'requestId'> | Omit<ManagerCaller, 'requestId'>

export const commandLine = (teamId: string): CommandLineCaller => ({ kind: 'command_line', teamId, requestId: null })

/** Who acts, as the audit log and the tasks have it. */
export function actorOf(caller: Caller): string {
  switch (caller.kind) {
    case 'team_key':
      return `api_key:${caller.keyId}`
    case 'manager_key':
      return `manager:${caller.manager.id}`
    case 'command_line':
      return 'command line'
    case 'croft':
      return 'croft'
  }
}
