import { webhookSecret } from '../../domain/webhooks/secret.ts'
import { commandScope, withContext } from './with-croft.ts'

/** `croft webhooks secret`: prints the secret alone on the last line. */
export const webhookSecretCommand = (options: { team: string; rotate?: boolean }): Promise<void> =>
  withContext(async (ctx) => {
    console.log(await webhookSecret(await commandScope(ctx, options.team), { rotate: options.rotate ?? false }))
  })
