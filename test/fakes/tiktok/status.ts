import type { Call, Reply } from '../common/calls.ts'
import { authorize, readBody, type AuthorizedCall } from './authorized.ts'
import { okReply, refusal } from './errors.ts'
import type { Platform } from './platform.ts'
import { identifierLengths } from './rules.ts'
import type { PublishTask } from './types.ts'
import { failTask, step } from './walk.ts'

/** POST /v2/post/publish/status/fetch/: the state of a task, which it then takes one step on if the settings say so. */
export async function fetchStatus(platform: Platform, call: Call): Promise<Reply> {
  const task = readTask(platform, authorize(platform, 'status/fetch', call, ['video.publish', 'video.upload']))
  const reply = okReply(presentStatus(platform, task))
  if (platform.settings.advance === 'on-fetch') await step(platform, task)
  return reply
}

/** POST /v2/post/publish/cancel/: only what is not published or delivered can be cancelled. */
export function cancel(platform: Platform, call: Call): Reply {
  // The documents note no scope.
  const task = readTask(platform, authorize(platform, 'cancel', call))
  const underWay = task.stage === 'uploading' || task.stage === 'downloading' || task.stage === 'processing'
  if (!underWay) throw refusal('publish_not_cancellable', `the task is ${task.status}`)
  failTask(platform, task, 'publish_cancelled')
  return okReply({})
}

function readTask({ tasks }: Platform, { account, call }: AuthorizedCall): PublishTask {
  const body = readBody(call)
  const task = tasks.get(body.text('publish_id', { most: identifierLengths.publishId }))
  body.end()
  if (!task) throw refusal('invalid_publish_id', 'there is no such publish_id')
  if (task.account !== account) {
    throw refusal('token_not_authorized_for_specified_publish_id', 'the publish_id belongs to another user')
  }
  return task
}

function presentStatus({ settings }: Platform, task: PublishTask): object {
  const publicIds = task.post?.publiclyAvailable === true && !task.post.removed ? [task.post.id] : []
  const idsName = settings.spelling === 'documented' ? 'publicaly_available_post_id' : 'publicly_available_post_id'
  return {
    status: task.status,
    ...(task.failReason === null ? {} : { fail_reason: task.failReason }),
    ...(task.status === 'PUBLISH_COMPLETE' ? { [idsName]: publicIds } : {}),
    uploaded_bytes: task.upload?.received ?? 0,
    downloaded_bytes: task.downloadedBytes,
  }
}
