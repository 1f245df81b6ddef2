import { jsonReply, type Call, type Reply } from '../../common/calls.ts'
import { refuse } from '../errors.ts'
import { selectFields } from '../fields.ts'
import { hostLogin } from '../hosts.ts'
import { parametersOf } from '../parameters.ts'
import { needs } from '../scopes.ts'
import type { Container, State } from '../state.ts'
import { accountOf, tokenOf } from '../tokens.ts'
import { statusOf, statusText } from './status.ts'

/** `GET /{container_id}`: the state of a container. Each read of its status brings it nearer to its end. */
export function readContainer(state: State, call: Call): Reply {
  const sent = parametersOf(call)
  const token = tokenOf(state, call, sent, hostLogin(call))
  const container = state.containers.get(call.params.id ?? '')
  if (container?.igId !== accountOf(state, token).igId) return refuse('100/33')
  needs(token, 'publish')
  const reply = jsonReply(200, selectFields(sent, 'IGContainer', fieldsOf(state, container)))
  if (/\bstatus/.test(sent.fields ?? '')) container.readsLeft = Math.max(0, container.readsLeft - 1)
  return reply
}

const fieldsOf = (state: State, container: Container): Record<string, unknown> => ({
  id: container.id,
  status_code: statusOf(state, container),
  status: statusText(state, container),
  video_status: container.upload && uploadStatus(container, container.upload),
})

/** How far a resumable upload is: where an interrupted one goes on. */
function uploadStatus({ file, working }: Container, { received, total }: NonNullable<Container['upload']>) {
  return {
    uploading_phase: { status: received === total ? 'complete' : 'in_progress', bytes_transferred: received },
    processing_phase: { status: file ? 'complete' : working ? 'in_progress' : 'not_started' },
  }
}
