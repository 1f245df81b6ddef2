import { html } from './html.ts'
import type { Page } from './send.ts'

const page = (title: string, message: string, then: string): Page => ({
  title,
  media: [],
  body: html`<main>
    <div class="empty">
      <h1>${title}</h1>
      <p>${message}</p>
      <p>${then}</p>
      <p><a href="/sandbox">All accounts</a></p>
    </div>
  </main>`,
})

export const noAccount: Page = page(
  'No such account',
  'Nobody has signed in under this handle.',
  'Check its spelling and its platform. A profile appears here once Croft has set it up; after a change of name, under its new handle.',
)
export const noPost: Page = page(
  'No such post',
  'This account has no post with this number.',
  'Check the address. A new post may take some minutes to appear.',
)
export const noPage: Page = page(
  'Nothing is here',
  'The sandbox has no page at this address.',
  'A TikTok profile is at /sandbox/@name, an Instagram one at /sandbox/instagram/@name.',
)
