import ipaddr from 'ipaddr.js'

/** Where an address leads. Only `public` is reachable without `allowPrivateNetwork`, and `refused` never is. */
export type AddressClass = 'public' | 'loopback' | 'private' | 'refused'

/** Classes an address as text, an IPv6 zone included. Text that is no address is `refused`. */
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
      // ipaddr.js calls all it has no name for unicast; IANA has given out 2000::/3 alone, so ::/96 and the like stay out.
      return parsed.kind() === 'ipv4' || parsed.match(ipaddr.parseCIDR('2000::/3')) ? 'public' : 'refused'
    default:
      return 'refused'
  }
}

/** May a connection go there? Plain http goes to loopback alone. */
export function isAllowed(address: string, protocol: string, allowPrivateNetwork: boolean): boolean {
  const found = classify(address)
  if (protocol !== 'https:') return allowPrivateNetwork && found === 'loopback'
  return found === 'public' || (allowPrivateNetwork && found !== 'refused')
}

/** The address that a URL's host spells, without brackets; null where the host is a name. */
export function literalAddress(hostname: string): string | null {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1')
  return ipaddr.isValid(bare) ? bare : null
}

/** RFC 6761: these names are this machine, whatever a resolver says. */
export function isLocalName(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost')
}
