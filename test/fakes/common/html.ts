import type { Reply } from './calls.ts'

/** Text as it stands in HTML, quotes included. */
export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;')

/** @param body HTML whose texts are escaped already */
export const htmlReply = (title: string, body: string, status = 200): Reply => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}td,th{padding:.2rem .8rem .2rem 0;text-align:left}</style>
</head><body><h1>${escapeHtml(title)}</h1>${body}</body></html>`,
})

/** The hidden fields of a form that carry `values` on. */
export const hiddenFields = (values: Iterable<readonly [string, string]>): string =>
  [...values].map(([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`).join('')
