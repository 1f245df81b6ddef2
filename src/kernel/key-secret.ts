import { hash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const bodyLength = 40

/** Six base-62 digits of the CRC-32, as in GitHub's tokens: garbage is refused before any query. */
function checksum(body: string): string {
  let rest = crc32(body)
  let digits = ''
  for (let n = 0; n < 6; n += 1) {
    digits = (alphabet[rest % 62] ?? '') + digits
    rest = Math.floor(rest / 62)
  }
  return digits
}

/** A new key: `croft_`, 40 random base-62 characters (238 bits), 6 characters of checksum. */
export function newKey(): string {
  let body = ''
  while (body.length < bodyLength) {
    for (const byte of randomBytes(64)) if (byte < 248 && body.length < bodyLength) body += alphabet[byte % 62] ?? ''
  }
  return `croft_${body}${checksum(body)}`
}

/** Whether the text can be a key at all. */
export function isWellFormed(key: string): boolean {
  const match = /^croft_([0-9A-Za-z]{40})([0-9A-Za-z]{6})$/.exec(key)
  return match?.[1] !== undefined && checksum(match[1]) === match[2]
}

/** What is stored of a key: its SHA-256. */
export const hashOf = (key: string): Buffer => hash('sha256', key, 'buffer')
