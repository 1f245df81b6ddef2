import { setTimeout as pause } from 'node:timers/promises'
import { Webhook } from 'standardwebhooks'
import { CommandError } from '../commands/error.ts'
import type { DemoClient } from './client.ts'
import type { Receiver } from './receiver.ts'

interface Demo {
  client: DemoClient
  receiver: Receiver
  files: { video: string; slides: string }
  say: (line: string) => void
}

interface Profile {
  profile_id: string
  status: string
  warmup: { runs_completed: number; runs_required: number }
}

interface Post {
  status: string
  post_url: string | null
  media: { duration_s: number | null; width: number; height: number; slides: number | null } | null
  warnings: { message: string }[]
  failure: { message: string } | null
}

const policy = { runs: 2, span: '2s', session: '1s', interval: '1s' }
const lookEveryMs = 150
const ended = ['published', 'failed', 'unconfirmed', 'canceled', 'draft_saved']

async function warmUp({ client, say }: Demo): Promise<string> {
  await client.call('PATCH', '/v1/team', { warmup: policy })
  say(`A team, with a warm-up policy shortened to ${policy.runs} runs over ${policy.span} (7 runs over 7d by default).`)
  let profile = await client.call<Profile>('POST', '/v1/farm-profiles', {
    username: 'croft.bakery',
    email_auth_method: 'google',
    bio: 'Bread, every day. 🥖',
  })
  let seen = ''
  for (;;) {
    const line = `@croft.bakery is ${profile.status}, ${profile.warmup.runs_completed} of ${profile.warmup.runs_required} warm-up runs done`
    if (line !== seen) say(line)
    seen = line
    if (profile.status === 'ready') return profile.profile_id
    if (profile.status === 'failed') throw new CommandError('The profile could not be set up.')
    await pause(lookEveryMs)
    profile = await client.call<Profile>('GET', `/v1/farm-profiles/${profile.profile_id}`)
  }
}

const mediaWords = ({ media }: Post): string =>
  media
    ? ` (${media.slides === null ? `${media.duration_s ?? 0} s` : `${media.slides} slides`}, ${media.width}×${media.height})`
    : ''

async function follow({ client, say }: Demo, name: string, taskId: string): Promise<string> {
  let seen = ''
  for (;;) {
    const post = await client.call<Post>('GET', `/v1/posts/${taskId}`)
    if (post.status !== seen) say(`The ${name} is ${post.status}${seen === '' ? '' : mediaWords(post)}`)
    if (post.status !== seen && ended.includes(post.status))
      for (const { message } of post.warnings) say(`  a warning: ${message}`)
    seen = post.status
    if (post.status === 'published' && post.post_url !== null) return post.post_url
    if (ended.includes(post.status))
      throw new CommandError(`The ${name} is ${post.status}: ${post.failure?.message ?? 'no reason given'}`)
    await pause(lookEveryMs)
  }
}

async function post(
  demo: Demo,
  profileId: string,
  mediaType: 'video' | 'slideshow',
  file: string,
): Promise<{ name: string; url: string }> {
  const { client, receiver, say } = demo
  const webhookPath = `/${mediaType}`
  const { task_id: taskId } = await client.call<{ task_id: string }>('POST', '/v1/posts', {
    profile_id: profileId,
    media_type: mediaType,
    media_url: await client.upload(file),
    sound_id: '7016547803243022337',
    title: mediaType === 'video' ? 'From the oven' : 'Four loaves',
    description: 'Made with Croft.',
    webhook_url: `${receiver.url}${webhookPath}`,
    is_live: true,
  })
  say(`The ${mediaType} is accepted, task ${taskId}`)
  const url = await follow(demo, mediaType, taskId)
  const webhook = await receiver.received(webhookPath)
  new Webhook(client.webhookSecret).verify(webhook.body, webhook.headers)
  say(`Its webhook came, and the signature holds: ${webhook.body}`)
  return { name: mediaType, url }
}

/** Runs the demo. @throws CommandError with the reason if something fails */
export async function playDemo(demo: Demo): Promise<void> {
  const profileId = await warmUp(demo)
  const links = [
    await post(demo, profileId, 'video', demo.files.video),
    await post(demo, profileId, 'slideshow', demo.files.slides),
  ]
  demo.say('\nBoth are out:')
  for (const { name, url } of links) demo.say(`  ${name.padEnd(10)} ${url}`)
  demo.say(`  ${'profile'.padEnd(10)} ${demo.client.address}/sandbox/@croft.bakery`)
}
