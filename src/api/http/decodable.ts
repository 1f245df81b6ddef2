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
export function decodable(url: string): string {
  if (!url.includes('%') || !families.test(url)) return url
  const [path = '', ...query] = url.split(/(?=[?#])/)
  const segments = path.split('/').map((segment) => (isDecodable(segment) ? segment : encodeURIComponent(segment)))
  return [segments.join('/'), ...query].join('')
}
