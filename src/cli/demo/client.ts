import { createKey } from '../../domain/keys/keys.ts'
import type { Context } from '../../kernel/context.ts'
import { findOrCreateTeam } from '../../domain/teams/get.ts'
import { signingSecrets } from '../../domain/webhooks/secret.ts'
import { openAsBlob } from 'node:fs'
import { basename } from 'node:path'
import { CommandError } from '../commands/error.ts'
import { commandScope } from '../commands/with-croft.ts'

/** Talks to the demo's server as any client would: over HTTP, with a key. */
export interface DemoClient {
  address: string
  /** The team's webhook secret, as `croft webhooks secret` prints it. */
  webhookSecret: string
  call<T>(method: string, path: string, body?: object): Promise<T>
  /** Uploads a file. @returns its `media_url` */
  upload(path: string): Promise<string>
}

/** Creates the demo's team and key, as the command line does. */
export async function demoClient(ctx: Context, address: string): Promise<DemoClient> {
  await findOrCreateTeam(ctx.db, 'Demo', ctx.clock.now())
  const unit = await commandScope(ctx, 'Demo')
  const { key } = await createKey(unit, { name: 'demo', scope: 'write', expiresAt: null })
  const [webhookSecret = ''] = await signingSecrets(ctx, unit.caller.teamId)
  const send = async <T>(method: string, path: string, headers: Record<string, string>, body?: string | FormData): Promise<T> => {
    const response = await fetch(`${address}${path}`, {
      method,
      headers: { 'x-api-key': key, ...headers },
      ...(body === undefined ? {} : { body }),
    })
    const text = await response.text()
    if (!response.ok) throw new CommandError(`${method} ${path} answered ${response.status}: ${text}`)
    return JSON.parse(text) as T
  }
  return {
    address,
    webhookSecret,
    call: (method, path, body) =>
      send(method, path, body ? { 'content-type': 'application/json' } : {}, body && JSON.stringify(body)),
    async upload(path) {
      const form = new FormData()
      form.set('file', await openAsBlob(path), basename(path))
      return (await send<{ media_url: string }>('POST', '/v1/media', {}, form)).media_url
    },
  }
}
