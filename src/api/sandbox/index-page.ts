import { profilePath } from '../../drivers/sandbox/platform/paths.ts'
import type { VisibleAccount } from '../../drivers/sandbox/platform/index.ts'
import { html } from './html.ts'
import { avatar, counted, platformNames } from './parts.ts'
import type { Page } from './send.ts'

/** How many accounts the list has. */
export const listed = 200

const empty = html`<div class="empty">
  <p>No account is here yet.</p>
  <p>Create a profile with <code>POST /v1/farm-profiles</code>. It shows here once it is set up, and its posts after it.</p>
</div>`

const row = (account: VisibleAccount) =>
  html`<li>
    <a href="${profilePath(account.platform, account.username)}"
      >${avatar(account)}
      <div>
        <b><bdi>${account.display_name}</bdi></b
        ><span class="soft">@<bdi>${account.username}</bdi> · ${counted(account.posts ?? 0, 'post')}</span>
      </div>
      <span class="tag">${platformNames[account.platform]}</span></a
    >
  </li>`

/** The accounts of the sandbox, those last signed in first. */
export function indexPage(accounts: readonly VisibleAccount[]): Page {
  const note = accounts.length < listed ? null : html`<p class="soft">The newest ${listed}. Open any other at /sandbox/@name.</p>`
  return {
    title: 'Croft sandbox',
    media: accounts.map((account) => account.picture_url),
    body: html`<main>
      <h1>Accounts</h1>
      ${note}${
        accounts.length === 0
          ? empty
          : html`<ul class="accounts">
              ${accounts.map(row)}
            </ul>`
      }
    </main>`,
  }
}
