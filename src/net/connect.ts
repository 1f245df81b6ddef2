import { lookup } from 'node:dns/promises'
import { buildConnector } from 'undici'
import { isAllowed, literalAddress } from './address.ts'
import { addressRefused } from './check.ts'
import { FetchProblem } from './problem.ts'
import type { Connect, GuardOptions, Resolve, ResolvedAddress } from './types.ts'

/** The connector of a guard: every address is checked before the connection, and the connected one again after it. */
export function guardedConnector(options: GuardOptions): buildConnector.connector {
  const { allowPrivateNetwork, resolve = systemResolve, connect = dial } = options
  const refuse = (host: string) => {
    const problem = new FetchProblem('address_not_allowed', `${host} ${addressRefused}`)
    options.log?.({ host, code: problem.code, message: problem.message })
    return problem
  }
  return (target, callback) => {
    const allowed = (address: string) => isAllowed(address, target.protocol, allowPrivateNetwork)
    const open = (addresses: ResolvedAddress[]) => {
      if (addresses.length === 0 || !addresses.every(({ address }) => allowed(address))) throw refuse(target.hostname)
      connect(target, addresses, (...[error, socket]) => {
        if (error !== null) callback(error, null)
        else if (allowed(socket.remoteAddress ?? '')) callback(null, socket)
        else {
          socket.destroy()
          callback(refuse(target.hostname), null)
        }
      })
    }
    addressesOf(target.hostname, resolve)
      .then(open)
      .catch((error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null))
  }
}

async function addressesOf(hostname: string, resolve: Resolve): Promise<ResolvedAddress[]> {
  const literal = literalAddress(hostname)
  return literal === null ? resolve(hostname) : [{ address: literal, family: literal.includes(':') ? 6 : 4 }]
}

const systemResolve: Resolve = (host) => lookup(host, { all: true })

/**
 * Connects to the given addresses, in the order in which Node tries them. The name is only used for TLS and is not
 * looked up again.
 */
const dial: Connect = (target, addresses, callback) => {
  const connector = buildConnector({
    allowH2: false,
    lookup: (_host, options, found) => {
      const [first] = addresses
      if (options.all === true || first === undefined) found(null, addresses)
      else found(null, first.address, first.family)
    },
  })
  connector(target, callback)
}
