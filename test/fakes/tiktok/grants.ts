import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '../../../src/lib/clock.ts'
import { laterBy, type Settings } from './platform.ts'
import { lifetimes } from './rules.ts'
import type { Account, Scope } from './types.ts'

/** What a user allowed the app. A refresh keeps the grant and replaces its tokens. */
export interface Grant {
  account: Account
  scopes: Scope[]
  refreshToken: string
  refreshExpires: Date
  revoked: boolean
  /** How often the refresh token was replaced or used. */
  refreshes: number
}

/** A code that the sign-in page gave. */
export interface AuthorizationCode {
  account: Account
  scopes: Scope[]
  redirectUri: string
  /** Hex SHA-256 of the verifier; null if the client sent no challenge. */
  challenge: string | null
  expires: Date
  used: boolean
}

export interface TokenPair {
  accessToken: string
  accessSeconds: number
  refreshToken: string
  refreshSeconds: number
  grant: Grant
}

interface AccessToken {
  grant: Grant
  expires: Date
}

const random = (): string => randomBytes(24).toString('base64url')

/** The codes, grants and tokens that the platform has given out. */
export class Grants {
  readonly all: Grant[] = []
  readonly codes = new Map<string, AuthorizationCode>()
  readonly #access = new Map<string, AccessToken>()
  readonly #clock: Clock
  readonly #settings: Settings

  constructor(clock: Clock, settings: Settings) {
    this.#clock = clock
    this.#settings = settings
  }

  /** The code has characters that stand encoded in the redirect's query, as TikTok's have. */
  newCode(code: Omit<AuthorizationCode, 'expires' | 'used'>): string {
    const text = `${random()}*3!5099.va`
    this.codes.set(text, { ...code, expires: laterBy(this.#clock, lifetimes.codeSeconds), used: false })
    return text
  }

  open(account: Account, scopes: Scope[]): TokenPair {
    const grant: Grant = { account, scopes, refreshToken: '', refreshExpires: this.#clock.now(), revoked: false, refreshes: 0 }
    this.all.push(grant)
    this.#renewRefreshToken(grant)
    return this.#pair(grant)
  }

  /** Null for a refresh token that is unknown, replaced, expired or revoked. */
  refresh(refreshToken: string): TokenPair | null {
    const grant = this.all.find((g) => g.refreshToken === refreshToken)
    if (!grant || grant.revoked || grant.refreshExpires <= this.#clock.now()) return null
    grant.refreshes += 1
    if (!this.#settings.omitRefreshToken) this.#renewRefreshToken(grant)
    return this.#pair(grant)
  }

  /** The grant of an access token that is good now. Earlier ones of a grant stay good until they expire: the documents do not say. */
  byAccessToken(accessToken: string): Grant | null {
    const found = this.#access.get(accessToken)
    return found && !found.grant.revoked && found.expires > this.#clock.now() ? found.grant : null
  }

  /** The account of an access or refresh token, also of one that is no longer good. */
  accountOf(token: string): Account | null {
    return (this.#access.get(token)?.grant ?? this.all.find((g) => g.refreshToken === token))?.account ?? null
  }

  /** Ends every grant of the account. @returns whether there was one */
  revoke(account: Account): boolean {
    const open = this.all.filter((g) => g.account === account && !g.revoked)
    for (const grant of open) grant.revoked = true
    return open.length > 0
  }

  /** Expires the access tokens of the account now; refresh tokens stay good. */
  expireAccess(account: Account): void {
    for (const token of this.#access.values()) if (token.grant.account === account) token.expires = this.#clock.now()
  }

  /** Expires the refresh tokens of the account now. */
  expireRefresh(account: Account): void {
    for (const grant of this.all) if (grant.account === account) grant.refreshExpires = this.#clock.now()
  }

  #renewRefreshToken(grant: Grant): void {
    grant.refreshToken = `rft.${random()}!5099.va`
    grant.refreshExpires = laterBy(this.#clock, this.#settings.refreshSeconds)
  }

  #pair(grant: Grant): TokenPair {
    const { accessSeconds } = this.#settings
    const accessToken = `act.${random()}!5099.va`
    this.#access.set(accessToken, { grant, expires: laterBy(this.#clock, accessSeconds) })
    const refreshSeconds = Math.floor((grant.refreshExpires.getTime() - this.#clock.now().getTime()) / 1000)
    return { accessToken, accessSeconds, refreshToken: grant.refreshToken, refreshSeconds, grant }
  }
}

/** The code_challenge of a verifier: TikTok takes the hex digest, not base64url. */
export const challengeOf = (verifier: string): string => createHash('sha256').update(verifier).digest('hex')
