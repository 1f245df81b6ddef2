import type { Reply } from '../common/calls.ts'
import { escapeHtml, htmlReply } from '../common/html.ts'
import type { Platform } from './platform.ts'
import type { Account, Post, PublishTask } from './types.ts'

/** GET /: the accounts, their posts and what is under way, for a person. */
export function home(platform: Platform): Reply {
  const sections = platform.accounts.map((account) => section(platform, account))
  return htmlReply('TikTok (a fake for tests)', sections.join('') || '<p>There are no accounts.</p>')
}

function section({ posts, tasks }: Platform, account: Account): string {
  const own = posts.filter((post) => post.account === account)
  const underWay = [...tasks.values()].filter((task) => task.account === account && task.post === null)
  return `<h2>@${escapeHtml(account.handle)}</h2>
<p>${escapeHtml(account.displayName)}${account.isPrivate ? ', private' : ''}<br>${escapeHtml(account.bio)}</p>
<p>Posts: ${own.length}</p>${table(['id', 'kind', 'title', 'privacy', 'files', 'views', 'likes'], own.map(postRow))}
<p>Not posted: ${underWay.length}</p>${table(['publish_id', 'kind', 'status', 'reason'], underWay.map(taskRow))}`
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
