import { jsonReply, type Call, type Reply } from '../../common/calls.ts'
import { refuse } from '../errors.ts'
import { hostLogin } from '../hosts.ts'
import { newMediaId, newShortcode } from '../ids.ts'
import { parametersOf, required } from '../parameters.ts'
import { quotaUsage } from '../quota.ts'
import { needs } from '../scopes.ts'
import type { Account, Container, MediaFile, Post, State } from '../state.ts'
import { tokenOf } from '../tokens.ts'
import { ownAccount } from '../user.ts'
import { statusOf } from './status.ts'

/** `POST /{ig_id}/media_publish`: a finished container becomes a post. */
export function publishContainer(state: State, call: Call): Reply {
  const sent = parametersOf(call)
  const token = tokenOf(state, call, sent, hostLogin(call))
  const account = ownAccount(state, token, call.params.id)
  needs(token, 'publish')
  const container = state.containers.get(required(sent, 'creation_id'))
  // A part of a carousel is published with the carousel alone.
  if (container?.igId !== account.igId || container.kind === 'item') return refuse('24/2207006')
  checkReady(state, container)
  if (account.restricted) refuse('25/2207050')
  if (quotaUsage(state, account) >= account.quotaTotal) refuse('9/2207042')
  const post = newPost(state, account, container)
  container.publishedAs = post.id
  state.posts.push(post)
  return jsonReply(200, { id: post.id })
}

function checkReady(state: State, container: Container): void {
  switch (statusOf(state, container)) {
    case 'FINISHED':
      return
    case 'IN_PROGRESS':
      return refuse('9007/2207027')
    case 'EXPIRED':
      return refuse('-2/2207020')
    case 'ERROR':
      return refuse('24/2207008')
    // The documents do not say how a second publish is refused; that it makes no second post is certain.
    case 'PUBLISHED':
      return refuse('9007/2207027')
  }
}

function newPost(state: State, { igId, username }: Account, container: Container): Post {
  const [id, shortcode] = [newMediaId(), newShortcode()]
  const kind = container.kind === 'item' ? 'image' : container.kind
  const path = {
    story: `stories/${username}/${id}`,
    reel: `reel/${shortcode}`,
    image: `p/${shortcode}`,
    carousel: `p/${shortcode}`,
  }
  return {
    id,
    igId,
    containerId: container.id,
    kind,
    shortcode,
    permalink: `https://www.instagram.com/${path[kind]}/`,
    caption: container.parameters.caption ?? '',
    parameters: container.parameters,
    files: filesOf(state, container),
    publishedAt: state.clock.now(),
    comments: [],
    metrics: {},
  }
}

const filesOf = (state: State, { file, children }: Container): MediaFile[] =>
  [file, ...children.map((id) => state.containers.get(id)?.file ?? null)].filter((one) => one !== null)
