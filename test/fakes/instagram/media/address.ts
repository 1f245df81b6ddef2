import { loopbackUrl, NotLoopback, type OriginMap } from '../../common/media.ts'
import { cannotFetch } from './refusal.ts'

/**
 * The address that a media URL is fetched from. The rules hold for the URL as the client sent it:
 * ASCII, https, no user name.
 * @throws MediaRefusal (9004/2207052)
 */
export function addressOf(url: string, origins: OriginMap): URL {
  if (!/^[\x21-\x7E]+$/.test(url)) throw cannotFetch('the URL has characters that are not ASCII')
  if (!URL.canParse(url)) throw cannotFetch('the URL cannot be parsed')
  const { protocol, username } = new URL(url)
  if (protocol !== 'https:') throw cannotFetch('the URL is not https')
  if (username !== '') throw cannotFetch('the URL has a user name')
  try {
    return loopbackUrl(url, origins)
  } catch (error) {
    if (error instanceof NotLoopback) throw cannotFetch(error.message)
    throw error
  }
}
