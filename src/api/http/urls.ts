const families = /^\/(?:v1\/accounts|api\/ext)\//

const isDecodable = (text: string): boolean => {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/**
 * The URL with every path segment that cannot be decoded taken as it stands (`%ff` becomes `%25ff`): in the accounts and
 * portal families such an id is an unknown id, with that family's 404. Elsewhere the router refuses it.
 */
function decodable(url: string): string {
  if (!url.includes('%') || !families.test(url)) return url
  const [path = '', ...query] = url.split(/(?=[?#])/)
  const segments = path.split('/').map((segment) => (isDecodable(segment) ? segment : encodeURIComponent(segment)))
  return [segments.join('/'), ...query].join('')
}

/** The farm family's other name for its profiles, as it may be written in a URL. */
const alias = /^\/v1\/farm(?:_|%5[Ff])profiles(?=[/?#]|$)/

/** The URL as the routes know it. */
export const routed = (url: string): string =>
  url.startsWith('/v1/farm') ? url.replace(alias, '/v1/farm-profiles') : decodable(url)

/** A path as logs may hold it: no query, no media token. */
export const loggablePath = (url: string): string => (url.split(/[?#]/, 1)[0] ?? '').replace(/^\/media\/[^/]+/, '/media/…')
