import { redirectReply, type Call, type Reply } from '../common/calls.ts'
import { escapeHtml, hiddenFields, htmlReply } from '../common/html.ts'
import type { Platform } from './platform.ts'
import { revokeAccess } from './revoke.ts'
import type { Account, Post, PublishTask } from './types.ts'
import { publish } from './walk.ts'

/** GET /: the accounts, their posts and what is under way, for a person. */
export function home(platform: Platform): Reply {
  const sections = platform.accounts.map((account) => section(platform, account))
  return htmlReply('TikTok (a fake for tests)', sections.join('') || '<p>There are no accounts.</p>')
}

/** POST /: what a user does in the app: posts a draft from the inbox, or removes the access of the API client. */
export function act(platform: Platform, call: Call): Reply {
  const form = new URLSearchParams(call.body)
  const task = platform.tasks.get(form.get('draft') ?? '')
  if (task?.stage === 'inbox') publish(platform, task, { title: '', description: '', privacy: 'PUBLIC_TO_EVERYONE' })
  const account = platform.accounts.find((a) => a.handle === form.get('remove_access'))
  if (account) revokeAccess(platform, account, 1)
  return redirectReply('/')
}

const button = (name: string, value: string, label: string): string =>
  `<form method="post">${hiddenFields([[name, value]])}<button>${label}</button></form>`

function section({ posts, tasks, grants }: Platform, account: Account): string {
  const own = posts.filter((post) => post.account === account)
  const underWay = [...tasks.values()].filter((task) => task.account === account && task.post === null)
  const drafts = underWay.filter((task) => task.stage === 'inbox')
  const connected = grants.all.some((grant) => grant.account === account && !grant.revoked)
  return `<h2>@${escapeHtml(account.handle)}</h2>
<p>${escapeHtml(account.displayName)}${account.isPrivate ? ', private' : ''}<br>${escapeHtml(account.bio)}</p>
<p>Posts: ${own.length}</p>${table(['id', 'kind', 'title', 'privacy', 'files', 'views', 'likes'], own.map(postRow))}
<p>Not posted: ${underWay.length}</p>${table(['publish_id', 'kind', 'status', 'reason'], underWay.map(taskRow))}
${drafts.map(({ publishId }) => button('draft', publishId, `Post the draft ${publishId}`)).join('')}
${connected ? button('remove_access', account.handle, 'Remove the access of the app') : ''}`
}

const postRow = (post: Post): string[] => [
  `${post.id}${post.removed ? ' (removed)' : post.publiclyAvailable ? '' : ' (not public)'}`,
  post.kind,
  post.title,
  post.privacy,
  post.media.map((media) => `${media.size} bytes`).join(', '),
  String(post.views),
  String(post.likes),
]

const taskRow = (task: PublishTask): string[] => [task.publishId, task.kind, task.status, task.failReason ?? '']

function table(heads: string[], rows: string[][]): string {
  if (rows.length === 0) return ''
  const line = (cells: string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`
  return `<table>${line(heads, 'th')}${rows.map((row) => line(row, 'td')).join('')}</table>`
}
