import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { startFakePlatforms, type FakePlatforms, type FakePlatformsOptions } from './platforms.ts'

const help = `Starts a TikTok and an Instagram on this machine, for trying Croft without accounts on the real platforms.

  --tiktok-port PORT      4801 by default; 0 takes a free port
  --instagram-port PORT   4802 by default
  --redirect-uri URL      where the sign-in pages send the browser back to; repeatable
  --webhook-url URL       where TikTok sends its webhooks
  --origin PUBLIC=LOCAL   fetch media of https://PUBLIC from http://127.0.0.1:PORT; repeatable
  --json                  print the addresses and app secrets as one line of JSON
`

const { values } = parseArgs({
  options: {
    'tiktok-port': { type: 'string', default: '4801' },
    'instagram-port': { type: 'string', default: '4802' },
    'redirect-uri': { type: 'string', multiple: true, default: [] },
    'webhook-url': { type: 'string' },
    origin: { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

async function run(): Promise<void> {
  const asked = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  const fakes = await startFakePlatforms(readOptions())
  process.stdout.write(values.json ? `${JSON.stringify(facts(fakes))}\n` : text(fakes))
  await asked
  await fakes.stop()
}

function readOptions(): FakePlatformsOptions {
  return {
    tiktokPort: readPort('tiktok-port', values['tiktok-port']),
    instagramPort: readPort('instagram-port', values['instagram-port']),
    redirectUris: values['redirect-uri'],
    webhookUrl: values['webhook-url'] ?? null,
    origins: Object.fromEntries(values.origin.map(readOrigin)),
  }
}

function readPort(name: string, given: string): number {
  const port = Number(given)
  if (!/^\d+$/.test(given) || port > 65_535) throw new Error(`--${name} is "${given}"; give a number up to 65535`)
  return port
}

function readOrigin(given: string): [string, string] {
  const [from = '', to = ''] = given.split('=')
  if (!URL.canParse(from) || !URL.canParse(to)) {
    throw new Error(`--origin is "${given}"; give it as https://media.example.com=http://127.0.0.1:8080`)
  }
  return [new URL(from).origin, new URL(to).origin]
}

const facts = ({ tiktok, instagram }: FakePlatforms) => ({
  tiktok: { address: tiktok.address, clientKey: tiktok.app.clientKey, clientSecret: tiktok.app.clientSecret },
  instagram: { address: instagram.address, bases: instagram.bases, appId: instagram.app.id, appSecret: instagram.app.secret },
})

function text(fakes: FakePlatforms): string {
  const { tiktok, instagram } = facts(fakes)
  const registered = values['redirect-uri'].join(', ') || 'none: the sign-in pages refuse; start again with --redirect-uri URL'
  return `TikTok     ${tiktok.address}   accounts and posts; also the base of sign-in, API and uploads
           client key ${tiktok.clientKey}, client secret ${tiktok.clientSecret}
Instagram  ${instagram.address}   accounts and posts
${Object.entries(instagram.bases)
  .map(([host, base]) => `           ${host}: ${base}\n`)
  .join('')}           app id ${instagram.appId}, app secret ${instagram.appSecret}
Redirect addresses: ${registered}

To point Croft at them, set its TikTok base address and each of its Instagram hosts to these addresses, the app's
key and secret to these, and CROFT_ALLOW_PRIVATE_NETWORK=true, since they are on this machine. Ctrl-C stops both.
`
}

if (values.help) process.stdout.write(help)
else await run()
