import { randomBytes } from 'node:crypto'
import { v7 } from 'uuid'

/** A new UUIDv7, ordered by its time of creation. */
export const newId = (): string => v7()

/** An unguessable name for a public URL: 256 random bits, base64url, 43 characters. */
export const newToken = (): string => randomBytes(32).toString('base64url')

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Whether Postgres would accept the text as a uuid. */
export const isUuid = (text: string): boolean => uuid.test(text)
