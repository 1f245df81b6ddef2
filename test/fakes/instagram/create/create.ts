import { jsonReply, type Call, type Reply } from '../../common/calls.ts'
import { refuse } from '../errors.ts'
import { basesOf, hostLogin } from '../hosts.ts'
import { newContainerId } from '../ids.ts'
import { limits } from '../limits.ts'
import { MediaRefusal } from '../media/refusal.ts'
import { takeLater, takeUrl, type Wanted } from '../media/take.ts'
import { parametersOf, type Parameters } from '../parameters.ts'
import { needs } from '../scopes.ts'
import type { Account, Container, MediaFile, State } from '../state.ts'
import { tokenOf } from '../tokens.ts'
import { ownAccount } from '../user.ts'
import { checkParameters } from './check.ts'
import { childrenOf } from './children.ts'
import { shapeOf, type Shape } from './kind.ts'

/**
 * `POST /{ig_id}/media`: creates a container. An image is fetched before the reply, which refuses one that does not fit;
 * a video is fetched afterwards, and its container ends as FINISHED or ERROR.
 */
export async function createContainer(state: State, call: Call): Promise<Reply> {
  const { access_token: token, ...sent } = parametersOf(call)
  const granted = tokenOf(state, call, token === undefined ? {} : { access_token: token }, hostLogin(call))
  const account = ownAccount(state, granted, call.params.id)
  needs(granted, 'publish')
  const shape = shapeOf(sent, granted.login)
  checkParameters(sent, shape)
  checkRate(state, account)
  const children = shape.kind === 'carousel' ? childrenOf(state, account, sent) : []
  const file = await fetchImages(state, sent, shape)
  const container = newContainer(state, account, sent, shape)
  container.children = children.map(({ id }) => id)
  container.file = file
  state.containers.set(container.id, container)
  if (shape.media === 'video' && shape.url !== null) takeLater(state, container, takeUrl(state, shape.url, container))
  return jsonReply(200, shape.resumable ? { id: container.id, uri: uploadUri(state, call, container) } : { id: container.id })
}

/** 400 containers in a rolling day. The documents name no code: it is the one of a call rate. */
function checkRate({ clock, containers }: State, { igId }: Account): void {
  const since = clock.now().getTime() - limits.day
  const recent = [...containers.values()].filter((one) => one.igId === igId && one.createdAt.getTime() > since)
  if (recent.length >= limits.containersPerDay) refuse('4')
}

/** Fetches the image, or the cover of a reel. @returns the image */
async function fetchImages(state: State, sent: Parameters, shape: Shape): Promise<MediaFile | null> {
  if (sent.cover_url !== undefined) await imageAt(state, sent.cover_url, { kind: 'reel', media: 'image', parameters: {} })
  if (shape.media !== 'image' || shape.url === null) return null
  return imageAt(state, shape.url, { kind: shape.kind, media: 'image', parameters: sent })
}

async function imageAt(state: State, url: string, wanted: Wanted): Promise<MediaFile> {
  try {
    return await takeUrl(state, url, wanted)
  } catch (error) {
    if (error instanceof MediaRefusal) return refuse(error.key)
    throw error
  }
}

function newContainer(state: State, { igId }: Account, sent: Parameters, shape: Shape): Container {
  const createdAt = state.clock.now()
  const plan = state.plans.shift() ?? state.settings.processing[shape.media ?? 'carousel']
  return {
    id: newContainerId(),
    igId,
    kind: shape.kind,
    media: shape.media,
    parameters: sent,
    children: [],
    createdAt,
    error: plan.error ?? null,
    readsLeft: plan.reads ?? 0,
    readyAt: new Date(createdAt.getTime() + (plan.seconds ?? 0) * 1000),
    file: null,
    working: false,
    upload: shape.resumable ? { received: 0, total: null } : null,
    publishedAs: null,
  }
}

const uploadUri = (state: State, { params }: Call, { id }: Container): string =>
  `${basesOf(state.address).upload}/ig-api-upload/${params.version ?? state.settings.versions.at(-1) ?? ''}/${id}`
