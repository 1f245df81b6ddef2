import type { Reply } from '../../common/calls.ts'
import { escapeHtml, htmlReply } from '../../common/html.ts'
import type { Account, Post, State } from '../state.ts'

/** `GET /`: the accounts and their posts, for a person who tries the demo. */
export function showAccounts(state: State): Reply {
  const sections = state.accounts.map((account) => section(state, account))
  return htmlReply('Instagram (contract fake)', sections.join('') || '<p>There are no accounts.</p>')
}

function section(state: State, account: Account): string {
  const posts = state.posts.filter(({ igId }) => igId === account.igId).reverse()
  const rows = posts.map(row).join('')
  const table = `<table><tr><th>Published</th><th>Kind</th><th>Caption</th><th>Link</th><th>Comments</th></tr>${rows}</table>`
  return `<h2>@${escapeHtml(account.username)}</h2><p>${escapeHtml(account.name)}</p><p>${escapeHtml(account.biography)}</p>
<p>${posts.length} posts</p>${posts.length === 0 ? '' : table}`
}

const row = ({ publishedAt, kind, caption, permalink, comments }: Post): string =>
  `<tr><td>${publishedAt.toISOString()}</td><td>${kind}</td><td>${escapeHtml(caption)}</td><td>${escapeHtml(permalink)}</td>
<td>${comments.map(({ text }) => escapeHtml(text)).join('<br>')}</td></tr>`
