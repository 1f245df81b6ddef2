import type { ErrorKey } from '../errors.ts'

/**
 * Media that the platform does not take. For an image the call that names it is refused with the error;
 * for a video the container ends as an ERROR with its subcode.
 */
export class MediaRefusal extends Error {
  readonly key: ErrorKey
  constructor(key: ErrorKey, why: string) {
    super(why)
    this.key = key
  }

  get subcode(): number {
    return Number(this.key.split('/')[1])
  }
}

export const cannotFetch = (why: string): MediaRefusal => new MediaRefusal('9004/2207052', why)
