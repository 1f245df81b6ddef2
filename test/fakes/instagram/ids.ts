import { randomBytes, randomInt } from 'node:crypto'

/** Ids have 17 digits: more than a JavaScript number can hold exactly. */
const longId = (prefix: string): string => prefix + String(randomInt(1e11, 1e12)) + String(randomInt(10, 100))

export const newIgId = (): string => longId('178')
export const newScopedId = (): string => longId('245')
export const newContainerId = (): string => longId('179')
export const newMediaId = (): string => longId('180')
export const newCommentId = (): string => longId('181')

export const newShortcode = (): string => `C${randomBytes(8).toString('base64url').slice(0, 10)}`

export const newCode = (): string => `AQ${randomBytes(60).toString('base64url')}`

/** Tokens of Instagram Login begin with IGAA, those of Facebook Login with EAA. */
export const newTokenValue = (login: 'instagram' | 'facebook'): string =>
  (login === 'instagram' ? 'IGAA' : 'EAA') + randomBytes(90).toString('base64url').replaceAll(/[-_]/g, 'Z')
