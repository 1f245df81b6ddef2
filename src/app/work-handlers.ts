import type { WorkHandlers } from '../people/contract.ts'
import { accountWork } from '../domain/bundles/work-account.ts'
import { videoWork } from '../domain/bundles/work-video.ts'
import { editRequestWork } from '../domain/edit-requests/work.ts'
import { operatorWork } from '../domain/operator/handler.ts'

/** What each kind of work means to the thing it belongs to. */
export const handlers: WorkHandlers = {
  account_setup: accountWork,
  video: videoWork,
  edit_request: editRequestWork,
  setup: operatorWork('setup'),
  warmup: operatorWork('warmup'),
  profile_edit: operatorWork('profile_edit'),
  publish: operatorWork('publish'),
}
