import { randomBytes } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import type { Html } from './html.ts'
import { layout } from './layout.ts'

/** A page: `media` are the URLs that it may load, `script` runs in it. */
export interface Page {
  title: string
  body: Html
  media: readonly (string | null)[]
  script?: string
}

/** The origins of web addresses; anything that could break out of the header is left out. */
function origins(urls: readonly (string | null)[]): string {
  const found = urls.flatMap((url) => {
    const parsed = url === null ? null : URL.parse(url)
    return parsed && /^https?:\/\/[\w.:[\]-]+$/.test(parsed.origin) ? [parsed.origin] : []
  })
  return ["'self'", ...new Set(found)].join(' ')
}

/** Sends a page that may load its own media and nothing else. */
export function send(reply: FastifyReply, status: number, page: Page): FastifyReply {
  const nonce = randomBytes(16).toString('base64')
  const from = origins(page.media)
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; img-src ${from}; media-src ${from}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
  return reply
    .code(status)
    .header('content-security-policy', policy)
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(layout(page, nonce).text)
}
