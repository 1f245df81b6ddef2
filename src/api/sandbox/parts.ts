import type { Platform } from '../../db/schema.ts'
import { lazy } from '../../lib/lazy.ts'
import { html, type Html } from './html.ts'

// Node reads large tables for each: a server whose pages nobody opens needs none.
const dates = lazy(() => new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }))
const letters = lazy(() => new Intl.Segmenter('en', { granularity: 'grapheme' }))

export const platformNames: Readonly<Record<Platform, string>> = { tiktok: 'TikTok', instagram: 'Instagram' }

/** An account's picture, or the first letter of its name. */
export function avatar(account: { display_name: string; picture_url: string | null }): Html {
  if (account.picture_url !== null) return html`<img class="avatar" src="${account.picture_url}" alt="" />`
  const first = letters().segment(account.display_name.trim())[Symbol.iterator]().next().value?.segment ?? '?'
  return html`<span class="avatar" aria-hidden="true">${first}</span>`
}

/** A moment, in UTC. */
export const moment = (at: Date): Html => html`<time datetime="${at.toISOString()}">${dates().format(at)} UTC</time>`

/** `1 post`, `2 posts`. */
export const counted = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`
