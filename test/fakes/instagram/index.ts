import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock, type Clock } from '../../../src/lib/clock.ts'
import type { RecordedRequest } from '../common/calls.ts'
import type { Fault, FaultScope, FaultSwitch } from '../common/faults.ts'
import { startFakeServer } from '../common/server.ts'
import { newAccount, type NewAccount } from './accounts.ts'
import { grantToken, type GrantOptions } from './app/grant.ts'
import { removeApp, requestDeletion, signedRequestFor, type CallbackOptions } from './app/revoke.ts'
import { statusOf, type StatusCode } from './containers/status.ts'
import { shapeFault } from './faults.ts'
import { basesOf } from './hosts.ts'
import { limits } from './limits.ts'
import type { CallbackReply } from './oauth/signed-request.ts'
import { notFound, routesOf, type Endpoint } from './routes.ts'
import type { Account, App, Container, MediaFetch, Post, ProcessingPlan, Settings, State, Token } from './state.ts'
import { endTokens } from './tokens.ts'

export { errorKeys, type ErrorKey } from './errors.ts'
export { limits } from './limits.ts'
export { signRequest } from './oauth/signed-request.ts'
export { facebookScopes, instagramScopes } from './scopes.ts'
export type { Account, App, Container, Endpoint, MediaFetch, Post, ProcessingPlan, Settings, Token }

export interface InstagramFakeOptions {
  /** 0, the default, takes a free port. */
  port?: number
  /** The platform's time; the real time by default. */
  clock?: Clock
  app?: Partial<App>
  accounts?: readonly NewAccount[]
  settings?: Partial<Settings>
}

/** A server that speaks the documented Instagram API, with state. Everything it holds may be read and changed while it runs. */
export interface InstagramFake {
  /** `http://127.0.0.1:PORT`: a page with the accounts and their posts. */
  address: string
  /** What a client sets instead of `https://{host}`: `www`, `api`, `graph`, `facebookGraph`, `upload`. */
  bases: ReturnType<typeof basesOf>
  app: App
  settings: Settings
  /** Every request that came, in order. */
  requests: RecordedRequest[]
  /** Every media URL that the platform fetched. */
  fetches: MediaFetch[]
  tokens: Token[]
  containers: Map<string, Container>
  /** The state of a container now, without counting as a read. */
  status(id: string): StatusCode
  addAccount(account: NewAccount): Promise<Account>
  /** @throws if there is none */
  account(username: string): Account
  /** The posts that exist, oldest first: of one account, or of all. */
  posts(username?: string): Post[]
  /** A token without the sign-in page. */
  grant(username: string, options?: GrantOptions): Token
  /** The owner removes the app; the deauthorise callback is called. */
  removeApp(username: string, options?: CallbackOptions): Promise<CallbackReply | null>
  /** The owner changes the password: every token ends with 190/460, and no callback is called. */
  changePassword(username: string): void
  requestDeletion(username: string, options?: CallbackOptions): Promise<CallbackReply | null>
  /** A `signed_request` as the callbacks receive it, for a test that posts it itself. */
  signedRequest(username: string, options?: CallbackOptions): string
  /** How the next containers are processed, one plan each. */
  plan(...plans: ProcessingPlan[]): void
  /** Switches a fault on for calls of an endpoint; `code` is a key of the error table, such as '9007/2207027'. */
  fail(endpoint: Endpoint | 'any', fault: Fault, scope?: FaultScope): FaultSwitch
  /** Switches every fault off. */
  heal(): void
  /** @throws if the fake itself broke */
  stop(): Promise<void>
}

const defaultSettings: Settings = {
  // v20.0 ended on 2026-09-24, v26.0 came out on 2026-07-29.
  versions: ['v21.0', 'v22.0', 'v23.0', 'v24.0', 'v25.0', 'v26.0'],
  tokenReply: 'data',
  shortTokenLife: limits.shortTokenLife,
  longTokenLife: limits.longTokenLife,
  origins: {},
  requireRange: true,
  rangeBytes: 4 * 1024 ** 2,
  fetchTimeoutMs: 30_000,
  inspect: true,
  processing: { image: {}, video: { reads: 1 }, carousel: {} },
}

const defaultApp: App = {
  id: '990602627938098',
  secret: 'instagram-app-secret',
  redirectUris: [],
  deauthorizeUrl: null,
  dataDeletionUrl: null,
}

/**
 * Starts the fake on 127.0.0.1.
 *
 *     const fake = await startInstagramFake({
 *       app: { redirectUris: ['https://croft.example.com/callback'] },
 *       accounts: [{ username: 'ada' }],
 *       settings: { origins: { 'https://media.example.com': 'http://127.0.0.1:8080' } },
 *     })
 *     fake.bases.graph // instead of https://graph.instagram.com
 *     fake.plan({ reads: 3, error: 2207076 }) // the next container
 *     fake.fail('media_publish', { lost: true, afterEffect: true }, { times: 1 })
 *     fake.posts('ada').length
 */
export async function startInstagramFake(options: InstagramFakeOptions = {}): Promise<InstagramFake> {
  const stopping = new AbortController()
  const state = await newState(options, stopping.signal)
  const server = await startFakeServer({
    routes: routesOf(state),
    clock: state.clock,
    shapeFault,
    notFound,
    ...(options.port === undefined ? {} : { port: options.port }),
  })
  state.address = server.address
  const account = (username: string): Account => accountNamed(state, username)
  return {
    ...controlsOf(state, account),
    address: server.address,
    bases: basesOf(server.address),
    requests: server.requests,
    fail: (endpoint, fault, scope) => server.faults.fail(endpoint, fault, scope),
    heal: () => server.faults.clear(),
    async stop() {
      stopping.abort()
      await server.stop()
      await Promise.all(state.work)
      await rm(state.folder, { recursive: true, force: true })
      if (state.broken.length > 0) throw new AggregateError(state.broken, 'the fake broke')
    },
  }
}

async function newState(
  { clock = systemClock, app, accounts = [], settings }: InstagramFakeOptions,
  stopping: AbortSignal,
): Promise<State> {
  return {
    clock,
    address: '',
    app: { ...defaultApp, ...app },
    settings: { ...defaultSettings, ...settings },
    accounts: await Promise.all(accounts.map(newAccount)),
    tokens: [],
    codes: [],
    containers: new Map(),
    posts: [],
    fetches: [],
    plans: [],
    folder: await mkdtemp(join(tmpdir(), 'instagram-fake-')),
    work: new Set(),
    broken: [],
    stopping,
  }
}

type Controls = Omit<InstagramFake, 'address' | 'bases' | 'requests' | 'fail' | 'heal' | 'stop'>

function controlsOf(state: State, account: (username: string) => Account): Controls {
  const { app, settings, fetches, tokens, containers } = state
  return {
    app,
    settings,
    fetches,
    tokens,
    containers,
    account,
    status: (id) => statusOf(state, containerNamed(state, id)),
    async addAccount(given) {
      const added = await newAccount(given)
      state.accounts.push(added)
      return added
    },
    posts: (username) => state.posts.filter(({ igId }) => username === undefined || igId === account(username).igId),
    grant: (username, options) => grantToken(state, account(username), options),
    removeApp: (username, options) => removeApp(state, account(username), options),
    changePassword: (username) => endTokens(state, account(username), 'password'),
    requestDeletion: (username, options) => requestDeletion(state, account(username), options),
    signedRequest: (username, options) => signedRequestFor(state, account(username), options),
    plan: (...plans) => void state.plans.push(...plans),
  }
}

function accountNamed({ accounts }: State, username: string): Account {
  const account = accounts.find((one) => one.username === username)
  if (!account) throw new Error(`there is no account ${username}`)
  return account
}

function containerNamed({ containers }: State, id: string): Container {
  const container = containers.get(id)
  if (!container) throw new Error(`there is no container ${id}`)
  return container
}
