import { jsonReply, type Call, type Reply } from '../common/calls.ts'
import { invalid } from './errors.ts'
import { hostLogin } from './hosts.ts'
import { limits } from './limits.ts'
import { parametersOf } from './parameters.ts'
import { needs } from './scopes.ts'
import type { Account, State } from './state.ts'
import { tokenOf } from './tokens.ts'
import { ownAccount } from './user.ts'

/** Posts of the account in the last 24 hours, by every app; a carousel counts as one. */
export function quotaUsage({ clock, posts }: State, { igId, quotaUsedElsewhere }: Account): number {
  const since = clock.now().getTime() - limits.day
  return quotaUsedElsewhere + posts.filter((post) => post.igId === igId && post.publishedAt.getTime() > since).length
}

/** `GET /{ig_id}/content_publishing_limit`; without `fields`, only the usage. */
export function readLimit(state: State, call: Call): Reply {
  const sent = parametersOf(call)
  const token = tokenOf(state, call, sent, hostLogin(call))
  const account = ownAccount(state, token, call.params.id)
  needs(token, 'publish')
  const values = {
    quota_usage: quotaUsage(state, account),
    config: { quota_total: account.quotaTotal, quota_duration: limits.day / 1000 },
  }
  const names = (sent.fields ?? 'quota_usage').split(',')
  for (const name of names) {
    if (!Object.hasOwn(values, name)) invalid(`Tried accessing nonexisting field (${name}) on node type (ContentPublishingLimit)`)
  }
  return jsonReply(200, { data: [Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)))] })
}
