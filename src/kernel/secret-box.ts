import type { Db } from '../db/connect.ts'
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** Encrypts secrets at rest: AES-256-GCM with a new nonce each time, `nonce | tag | ciphertext`. */
export interface SecretBox {
  seal(secret: Buffer): Buffer
  /** @throws if the key is another one, or the bytes were changed */
  open(sealed: Buffer): Buffer
}

/** @param key 32 bytes, CROFT_SECRET_KEY */
export const secretBox = (key: Buffer): SecretBox => ({
  seal(secret) {
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', key, nonce)
    const ciphertext = Buffer.concat([cipher.update(secret), cipher.final()])
    return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext])
  },
  open(sealed) {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12))
    decipher.setAuthTag(sealed.subarray(12, 28))
    return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()])
  },
})

/** The stored secrets were encrypted with another key. */
export class OtherSecretKeyError extends Error {}

/**
 * Refuses to continue with a key that is not the one in use. Otherwise the database would hold secrets under both keys.
 * @throws OtherSecretKeyError
 */
export async function requireSameKey(db: Db, box: SecretBox): Promise<void> {
  const row = await db.selectFrom('webhook_secrets').select('secret').orderBy('created_at', 'desc').limit(1).executeTakeFirst()
  if (!row) return
  try {
    box.open(row.secret)
  } catch (error) {
    throw new OtherSecretKeyError(
      'The secrets in this database were sealed with another key. Restore CROFT_SECRET_KEY, or secret.key in the data directory, from your backup; if it is lost, see docs/when-things-go-wrong.md.',
      { cause: error },
    )
  }
}
