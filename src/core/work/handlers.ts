import type { WorkHandler, WorkKind } from './contract.ts'
import { accountWork } from '../bundles/work-account.ts'
import { videoWork } from '../bundles/work-video.ts'
import { editRequestWork } from '../edit-requests/work.ts'
import { operatorWork } from './operator/handler.ts'

const handlers: Readonly<Record<WorkKind, WorkHandler>> = {
  account_setup: accountWork,
  video: videoWork,
  edit_request: editRequestWork,
  setup: operatorWork('setup'),
  warmup: operatorWork('warmup'),
  profile_edit: operatorWork('profile_edit'),
  publish: operatorWork('publish'),
}

/** What this kind of work means to the thing that it is for. */
export const handlerOf = (kind: WorkKind): WorkHandler => handlers[kind]
