import { systemClock, type Clock } from '../../../src/lib/clock.ts'
import type { RecordedRequest } from '../common/calls.ts'
import type { Faults } from '../common/faults.ts'
import type { OriginMap } from '../common/media.ts'
import { startFakeServer } from '../common/server.ts'
import { controlsOf, type Controls } from './controls.ts'
import { errorReply, faultReply } from './errors.ts'
import { Grants } from './grants.ts'
import { newAccount, newApp, newSettings, type App, type Platform, type Settings } from './platform.ts'
import { RateLimits } from './rate-limits.ts'
import { routesOf } from './routes.ts'
import type { Account, Endpoint } from './types.ts'
import { uploadState } from './upload.ts'
import { Webhooks } from './webhooks.ts'

export interface TikTokFakeOptions {
  /** 0, the default, takes a free port. */
  port?: number
  /** The platform's time; tests give a clock that they move. */
  clock?: Clock
  app?: Partial<App>
  settings?: Partial<Settings>
  accounts?: readonly (Partial<Account> & { handle: string })[]
  /** Origins of media and callback URLs, and the loopback origins that stand for them. */
  origins?: OriginMap
}

/** A TikTok on loopback. Its state may be read and changed at any time. */
export interface TikTokFake extends Controls {
  /** `http://127.0.0.1:PORT`: the API, the sign-in page at /v2/auth/authorize/, the upload host, and a page for people at /. */
  readonly address: string
  /** Everything that was received, in order. */
  readonly requests: RecordedRequest[]
  /** The whole state: app, settings, accounts, grants, tasks and posts. */
  readonly platform: Platform
  readonly app: App
  readonly settings: Settings
  readonly webhooks: Webhooks
  /** Switches a fault of an endpoint on. */
  readonly fail: Faults<Endpoint>['fail']
  /** Switches every fault off and lets held calls go on. */
  clearFaults(): void
  stop(): Promise<void>
}

/** Starts a TikTok that speaks the documented contract, on 127.0.0.1. */
export async function startTikTokFake(options: TikTokFakeOptions = {}): Promise<TikTokFake> {
  const platform = newPlatform(options)
  const server = await startFakeServer<Endpoint>({
    routes: routesOf(platform),
    clock: platform.clock,
    shapeFault: (endpoint, fault, call) => faultReply(endpoint, fault, (c) => uploadState(platform, c), call),
    notFound: () => errorReply('invalid_param', 'there is no such address', 404),
    ...(options.port === undefined ? {} : { port: options.port }),
  })
  const { address, requests, faults } = server
  platform.address = address
  return {
    ...controlsOf(platform),
    address,
    requests,
    platform,
    app: platform.app,
    settings: platform.settings,
    webhooks: platform.webhooks,
    fail: (endpoint, fault, scope) => faults.fail(endpoint, fault, scope),
    clearFaults: () => faults.clear(),
    async stop() {
      await platform.webhooks.settled()
      await server.stop()
    },
  }
}

function newPlatform({ clock = systemClock, app, settings, accounts = [], origins = {} }: TikTokFakeOptions): Platform {
  const [registered, behaviour] = [newApp(app), newSettings(settings)]
  return {
    clock,
    app: registered,
    settings: behaviour,
    accounts: accounts.map(newAccount),
    grants: new Grants(clock, behaviour),
    rateLimits: new RateLimits(clock),
    tasks: new Map(),
    posts: [],
    plannedFailures: [],
    webhooks: new Webhooks(clock, registered, behaviour, origins),
    origins,
    address: '',
  }
}
