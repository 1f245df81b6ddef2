import type { Context } from '../../kernel/context.ts'
import { tokenIn } from './own.ts'

/** The host that a fetch goes to; null for media that Croft itself has, which nobody is asked for. */
export function hostOf(ctx: Context, url: string): string | null {
  return tokenIn(ctx, url) === null && URL.canParse(url) ? new URL(url).host : null
}

/** Counts the fetches under way from each media host in this process, so that no host is asked for too many at once. */
export class HostPlaces {
  readonly #most: number
  readonly #taken = new Map<string, number>()

  constructor(most: number) {
    this.#most = most
  }

  hasRoom(host: string | null): boolean {
    return host === null || (this.#taken.get(host) ?? 0) < this.#most
  }

  take(host: string | null): void {
    if (host !== null) this.#taken.set(host, (this.#taken.get(host) ?? 0) + 1)
  }

  release(host: string | null): void {
    if (host === null) return
    const left = (this.#taken.get(host) ?? 0) - 1
    if (left > 0) this.#taken.set(host, left)
    else this.#taken.delete(host)
  }

  /** The hosts without a free place. */
  full(): string[] {
    return [...this.#taken].filter(([, taken]) => taken >= this.#most).map(([host]) => host)
  }
}
