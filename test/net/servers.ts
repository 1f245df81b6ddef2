import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { readFile } from 'node:fs/promises'
import type { TestContext } from 'node:test'
import { createGuard, type Guard, type GuardOptions } from '../../src/net/index.ts'

/** A server on 127.0.0.1 that is closed with the test. @returns its origin */
export async function serve(t: TestContext, listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(t, createServer(listener))}`
}

/** The same with TLS, by the certificate beside this file (for localhost and 127.0.0.1, signed by itself). */
export async function serveTls(t: TestContext, listener: RequestListener): Promise<string> {
  const [key, cert] = await Promise.all(
    ['key', 'cert'].map((part) => readFile(new URL(`./localhost.${part}.pem`, import.meta.url))),
  )
  return `https://localhost:${await listen(t, createTlsServer({ key, cert } as { key: Buffer; cert: Buffer }, listener))}`
}

async function listen(t: TestContext, server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return (server.address() as AddressInfo).port
}

/** A guard that lets loopback in, closed with the test. */
export function loopbackGuard(t: TestContext, options: Partial<GuardOptions> = {}): Guard {
  const guard = createGuard({ allowPrivateNetwork: true, ...options })
  t.after(() => guard.close())
  return guard
}

/** A guard whose resolver gives fixed answers and that fails the test when it wants to connect anywhere. */
export function offlineGuard(t: TestContext, options: Partial<GuardOptions> & { addresses?: string[] } = {}): Guard {
  const { addresses = [], ...rest } = options
  const guard = createGuard({
    allowPrivateNetwork: false,
    resolve: () => Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))),
    connect: (target) => {
      throw new Error(`the guard wanted to connect to ${target.hostname}`)
    },
    ...rest,
  })
  t.after(() => guard.close())
  return guard
}

/** Limits that no test on loopback reaches by accident. */
export const patient = { firstByteMs: 10_000, totalMs: 20_000 }
