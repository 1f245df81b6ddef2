import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KyselyPlugin } from 'kysely'
import { createPosts } from '../../../src/domain/posts/bulk.ts'
import { openUnit } from '../../../src/kernel/unit-of-work.ts'
import { testCroft } from '../../support/croft.ts'
import { readyProfile } from '../../support/ready-profile.ts'
import { newProfile } from '../../support/warming-profile.ts'

const dayMs = 86_400_000
const input = {
  mediaType: 'video',
  mediaUrl: 'https://media.example.com/bread.mp4',
  soundId: null,
  title: 'Rye',
  webhookUrl: null,
  description: '',
  executeAt: null,
  isLive: true,
  privacyLevel: null,
  isAiGenerated: false,
  isCommercial: false,
} as const

test('five hundred posts take no more statements than a few, whatever becomes of each', async (t) => {
  const server = await testCroft({ work: false })
  t.after(() => server.stop())
  const { ctx, team } = server
  const ready = await Promise.all(Array.from({ length: 5 }, () => readyProfile(ctx, team)))
  const warming = await Promise.all([newProfile(team), newProfile(team)])
  const paced = ready[0]?.id ?? ''
  await ctx.db.updateTable('profiles').set({ pacing_max_per_day: 3 }).where('id', '=', paced).execute()
  let statements = 0
  const counted: KyselyPlugin = {
    transformQuery(asked) {
      statements += 1
      return asked.node
    },
    transformResult: (answered) => Promise.resolve(answered.result),
  }
  const now = ctx.clock.now().getTime()
  const profiles = [...ready, ...warming].map(({ id }) => id)
  const entries = Array.from({ length: 500 }, (_, n) => ({
    profileId: profiles[n % profiles.length] ?? '',
    input: { ...input, executeAt: now + dayMs + n * 1_000 },
  }))
  const unit = openUnit({ ...ctx, db: ctx.db.withPlugin(counted) }, team.unit.caller)
  const results = await createPosts(unit, entries)
  assert.ok(statements <= 12, `${statements} statements`)
  const codes = Map.groupBy(results, (one) => ('error' in one ? one.error.code : 'accepted'))
  assert.deepEqual(Object.fromEntries([...codes].map(([code, of]) => [code, of.length])), {
    accepted: 3 + 72 + 72 + 71 + 71,
    cadence_exceeded: 69,
    profile_not_ready: 142,
  })
})
