import type { ImageFormat } from '../base/detect-type.ts'
import type { Problem } from '../base/problem.ts'
import { quoteName } from '../base/words.ts'

/** What the name of a zip's entry means. */
export type Named = { is: 'slide'; n: number; format: ImageFormat } | { is: 'ignored' } | { is: 'refused'; problem: Problem }

const formats = new Map<string, ImageFormat>([
  ['jpg', 'jpeg'],
  ['jpeg', 'jpeg'],
  ['png', 'png'],
  ['webp', 'webp'],
  ['avif', 'avif'],
])

/**
 * Checks an entry's name: `slide-N.EXT`, N from 1 without leading zeros, EXT in upper or lower case (cameras write
 * `.JPG`). Files that operating systems add are ignored.
 */
export function readName(name: string): Named {
  const parts = name.split('/')
  const last = parts.at(-1) ?? ''
  if (parts[0] === '__MACOSX' || /^(\.DS_Store|Thumbs\.db)$/i.test(last)) return { is: 'ignored' }
  if (parts.length > 1) {
    const what = last === '' ? 'is a folder' : 'is in a folder'
    return refuse('slide_not_allowed', `${quoteName(name)} ${what}; put the slides at the top level of the zip`)
  }
  const dot = Math.max(0, name.lastIndexOf('.'))
  const match = /^slide-(\d+)\.([a-z]+)$/.exec(name.slice(0, dot) + name.slice(dot).toLowerCase())
  if (!match?.[1] || !match[2]) {
    return refuse(
      'slide_name_invalid',
      `${quoteName(name)} is not a slide's name; slides are named slide-1.jpg, slide-2.jpg and so on`,
    )
  }
  const [, digits, extension] = match
  const format = formats.get(extension)
  if (!format) return refuse('slide_name_invalid', `${quoteName(name)} has an extension other than jpg, jpeg, png, webp and avif`)
  const n = Number(digits)
  if (n === 0) return refuse('slide_name_invalid', `${quoteName(name)} is number 0; slides count from 1`)
  if (digits.startsWith('0')) {
    return refuse('slide_name_invalid', `${quoteName(name)} has a leading zero; name it slide-${n}.${extension}`)
  }
  return { is: 'slide', n, format }
}

function refuse(code: Problem['code'], message: string): Named {
  return { is: 'refused', problem: { code, message } }
}
