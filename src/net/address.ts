import ipaddr from 'ipaddr.js'

/** Where an address leads. Only `public` is reachable without `allowPrivateNetwork`, and `refused` never is. */
export type AddressClass = 'public' | 'loopback' | 'private' | 'refused'

/** Classifies an address given as text, including an IPv6 zone. Text that is not an address is `refused`. */
export function classify(address: string): AddressClass {
  if (!ipaddr.isValid(address)) return 'refused'
  const parsed = ipaddr.parse(address)
  switch (parsed.range()) {
    case 'loopback':
      return 'loopback'
    case 'private':
    case 'uniqueLocal':
      return 'private'
    case 'unicast':
      // ipaddr.js calls everything it has no name for unicast; IANA has assigned only 2000::/3, so ::/96 and the like
      // are excluded.
      return parsed.kind() === 'ipv4' || parsed.match(ipaddr.parseCIDR('2000::/3')) ? 'public' : 'refused'
    default:
      return 'refused'
  }
}

/** Whether a connection may go there. Plain http is only allowed to loopback. */
export function isAllowed(address: string, protocol: string, allowPrivateNetwork: boolean): boolean {
  const found = classify(address)
  if (protocol !== 'https:') return allowPrivateNetwork && found === 'loopback'
  return found === 'public' || (allowPrivateNetwork && found !== 'refused')
}

/** The address in a URL's host, without brackets; null if the host is a name. */
export function literalAddress(hostname: string): string | null {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1')
  return ipaddr.isValid(bare) ? bare : null
}

/** RFC 6761: these names mean this machine, whatever a resolver says. */
export function isLocalName(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost')
}
