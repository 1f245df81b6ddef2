import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** Encrypts secrets at rest: AES-256-GCM, a fresh nonce each, `nonce | tag | ciphertext`. */
export interface SecretBox {
  seal(secret: Buffer): Buffer
  /** @throws where the key is another one, or the bytes were changed */
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
