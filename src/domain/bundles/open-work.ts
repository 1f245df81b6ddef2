import type { Json } from '../../lib/json.ts'
import type { Context } from '../../kernel/context.ts'
import { soundUrl } from '../../platforms/index.ts'
import { activeOrder } from '../orders/order.ts'
import { mediaUrl } from '../profiles/details.ts'
import type { BundleAccountRow, BundleRow, MediaRow, VideoSlotRow } from '../../kernel/rows.ts'
import type { Tx } from '../../kernel/unit-of-work.ts'
import { openWork } from '../../people/queue.ts'
import type { WorkItem } from '../../people/contract.ts'
import { slotsOf } from './get.ts'

/** The deadlines for setting an account up, and for publishing a video without a date. */
const workMs = 3 * 86_400_000

const mediaOf = async (tx: Tx, id: string | null): Promise<MediaRow | null> =>
  id === null
    ? null
    : ((await tx.trx
        .selectFrom('media')
        .selectAll()
        .where('team_id', '=', tx.caller.teamId)
        .where('id', '=', id)
        .executeTakeFirst()) ?? null)

/** The addresses at which a person can download stored media. */
export function linksTo(ctx: Context, media: MediaRow | null): WorkItem['media'] {
  if (!media) return []
  if (media.kind !== 'slideshow') return [{ kind: media.kind, url: mediaUrl(ctx, media.token) }]
  return media.files.map((_, index) => ({ kind: 'slide', url: mediaUrl(ctx, media.token, index + 1) }))
}

/** The links to a picture of the team, by its id. */
export const pictureLinks = async (tx: Tx, id: string | null): Promise<WorkItem['media']> =>
  linksTo(tx.ctx, await mediaOf(tx, id))

const steps = (...lines: (string | null)[]): string => lines.filter((line) => line !== null).join('\n')

/** Puts the setup of a bundle's account into the queue, for any manager of the team. */
export async function openAccountWork(tx: Tx, bundle: BundleRow, account: BundleAccountRow): Promise<void> {
  await openWork(tx, {
    kind: 'account_setup',
    bundleId: bundle.id,
    dueAt: new Date(tx.now.getTime() + workMs),
    instructions: steps(
      `Set the ${bundle.platform} account of ${bundle.owner ?? 'the owner'} up on a phone in ${bundle.country ?? 'their country'}; the owner signs it in.`,
      'Enter the username, display name and biography exactly as in values, and set the picture behind the link.',
      account.link_in_bio === null ? null : 'Enter the link in the bio.',
      account.niche_warming_instructions === null
        ? null
        : 'The note in niche_warming_instructions describes the account’s topics.',
      'Submit with a screenshot of the profile, and with phone_name in values: the name by which you know the phone. If a value had to differ, submit the actual value in values.',
    ),
    values: {
      platform: bundle.platform,
      country: bundle.country,
      owner: bundle.owner,
      username: account.username,
      visible_name: account.visible_name,
      biography: account.biography,
      link_in_bio: account.link_in_bio,
      niche_warming_instructions: account.niche_warming_instructions,
    },
    media: await pictureLinks(tx, account.picture_id),
  })
}

/** The end of the day in UTC. */
const endOf = (day: string): Date => new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000 - 1)

async function openSlotWork(
  tx: Tx,
  bundle: BundleRow,
  slot: VideoSlotRow,
  managerId: string | null,
  account: string,
): Promise<void> {
  const date = slot.target_publish_date
  const values: Record<string, Json> = {
    platform: bundle.platform,
    username: account,
    media_type: slot.media_type,
    title: slot.title,
    description: slot.description,
    sound_id: slot.sound_id,
    sound_url: slot.sound_id === null ? null : soundUrl(bundle.platform, slot.sound_id),
    target_publish_date: date,
  }
  await openWork(tx, {
    kind: 'video',
    bundleId: bundle.id,
    position: slot.position,
    profileId: bundle.profile_id,
    managerId,
    dueAt: date === null ? new Date(tx.now.getTime() + workMs) : endOf(date),
    instructions: steps(
      `Post this ${slot.media_type ?? 'video'} from the ${bundle.platform} account @${account}${date === null ? '' : ` on ${date}`}.`,
      'Use the media behind the links, and the title and description exactly as in values.',
      slot.sound_id === null
        ? 'Use the original sound: do not choose another one.'
        : `Use the sound ${soundUrl(bundle.platform, slot.sound_id)}: open the link on the phone and choose the sound there.`,
      'Submit with the address of the post.',
    ),
    values,
    media: linksTo(tx.ctx, await mediaOf(tx, slot.media_id)),
  })
}

/** Who posts a bundle's videos: the manager who looks after the account, unless they no longer work for the team. */
async function videoManager(tx: Tx, bundle: BundleRow): Promise<string | null> {
  const order = bundle.profile_id === null ? null : await activeOrder(tx, bundle.profile_id)
  return order?.managerActive ? order.managerId : null
}

/** Puts a bundle's published videos into the queue; its account exists by now. */
export async function openVideoWork(tx: Tx, bundle: BundleRow): Promise<void> {
  const managerId = await videoManager(tx, bundle)
  const profile = await tx.trx
    .selectFrom('profiles')
    .select('username')
    .where('team_id', '=', bundle.team_id)
    .where('id', '=', bundle.profile_id)
    .executeTakeFirstOrThrow()
  for (const slot of await slotsOf(tx.trx, bundle))
    if (slot.status === 'published') await openSlotWork(tx, bundle, slot, managerId, profile.username)
}
