import { Html, html } from './html.ts'
import type { Page } from './send.ts'
import { style } from './style.ts'

/** The frame of every page: the width of a phone, and a line that names the page. */
export function layout(page: Page, nonce: string): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta name="color-scheme" content="light dark" />
        <title>${page.title}</title>
        <style nonce="${nonce}">
          ${new Html(style)}
        </style>
      </head>
      <body>
        <div class="phone">
          <header class="bar"><a href="/sandbox">Croft sandbox</a><span>Nothing here leaves this server</span></header>
          ${page.body}
        </div>
        ${
          page.script === undefined
            ? null
            : html`<script nonce="${nonce}">
                ${new Html(page.script)}
              </script>`
        }
      </body>
    </html> `
}
