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
  'Check its spelling and its platform. A profile shows here once Croft has set it up; under a new handle after a change of name.',
)
export const noPost: Page = page(
  'No such post',
  'This account has no post of this number.',
  'Check the address. A post of a moment ago may take some minutes to show.',
)
export const noPage: Page = page(
  'Nothing is here',
  'The sandbox has no page of this address.',
  'A TikTok profile is at /sandbox/@name, an Instagram one at /sandbox/instagram/@name.',
)
