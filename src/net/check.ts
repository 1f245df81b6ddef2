import { isAllowed, isLocalName, literalAddress } from './address.ts'
import type { FetchProblemCode } from './problem.ts'
import type { UrlCheck } from './types.ts'

/** The longest URL accepted, in characters. */
export const maxUrlLength = 2048

export const addressRefused = 'leads to an address that is not on the public internet; give a URL that anyone can reach'

function withoutTrailingDots(host: string): string {
  let end = host.length
  while (host[end - 1] === '.') end -= 1
  return host.slice(0, end)
}

/** Checks the text of a URL: its form, and where it literally points. No network. */
export function checkUrl(text: string, allowPrivateNetwork: boolean): UrlCheck {
  if (text.length > maxUrlLength)
    return refuse('invalid_url', `the URL is ${text.length} characters long, at most ${maxUrlLength}`)
  if (!URL.canParse(text)) return refuse('invalid_url', 'this is not a URL; give one that begins with https://')
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') {
    return refuse('invalid_url', 'the URL contains a user name or password; give one without them, such as a signed URL')
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return notHttps(url)
  url.hostname = withoutTrailingDots(url.hostname)
  const address = isLocalName(url.hostname) ? '127.0.0.1' : literalAddress(url.hostname)
  if (url.protocol === 'http:') {
    const loopback = address !== null && isAllowed(address, url.protocol, allowPrivateNetwork)
    return loopback ? { ok: true, url } : notHttps(url)
  }
  if (address !== null && !isAllowed(address, url.protocol, allowPrivateNetwork)) {
    return refuse('address_not_allowed', `${url.hostname} ${addressRefused}`)
  }
  return { ok: true, url }
}

function notHttps(url: URL): UrlCheck {
  return refuse('url_not_https', `the URL begins with ${url.protocol}//; give one that begins with https://`)
}

function refuse(code: FetchProblemCode, message: string): UrlCheck {
  return { ok: false, code, message }
}
