import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from './client.ts'
import type { Random } from './random.ts'
import type { Receiver } from './receiver.ts'

const calls = {
  upload: ['refuse', 'refuse_for_good', 'hang', 'commit_then_hang', 'lose_answer'],
  publish: ['refuse', 'refuse_for_good', 'hang', 'commit_then_hang', 'lose_answer', 'forget'],
} as const

/** Makes profiles and waits until all of them are ready. @returns their ids */
export async function makeProfiles(api: Client, count: number): Promise<string[]> {
  const made = await Promise.all(
    Array.from({ length: count }, (_, n) =>
      api.ask<{ profile_id: string }>('POST', '/v1/farm-profiles', { username: `chaos.no${n}`, email_auth_method: 'google' }),
    ),
  )
  for (const { profile_id: id } of made)
    while ((await api.ask<{ status: string }>('GET', `/v1/farm-profiles/${id}`)).status !== 'ready') await pause(100)
  return made.map((one) => one.profile_id)
}

export interface Load {
  profiles: readonly string[]
  posts: number
  /** Over how long they are sent. */
  ms: number
  mediaUrl: string
  receiver: Receiver
}

/** Sends the posts, each from a profile in turn, and switches on a random fault before every third. @returns the accepted ones' ids */
export async function sendPosts(api: Client, random: Random, load: Load): Promise<string[]> {
  const sending: Promise<string>[] = []
  for (let n = 0; n < load.posts; n += 1) {
    const profile = load.profiles[n % load.profiles.length] ?? ''
    if (random.chance(1 / 3)) {
      const call = random.pick(['upload', 'publish', 'publish'] as const)
      const fault = { profile_id: profile, call, fault: random.pick<string>(calls[call]), times: 1 }
      await api.ask('POST', '/v1/sandbox/faults', fault)
    }
    const body = {
      profile_id: profile,
      media_type: 'video',
      media_url: load.mediaUrl,
      sound_id: '7100000000000000000',
      title: `Post ${n}`,
      webhook_url: load.receiver.url(`/post/${n}`),
      is_live: !random.chance(0.1),
    }
    sending.push(api.ask<{ task_id: string }>('POST', '/v1/posts', body).then(({ task_id }) => task_id))
    await pause(load.ms / load.posts)
  }
  return Promise.all(sending)
}
