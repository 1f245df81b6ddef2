import type { ProfileStatus } from '../../db/schema.ts'
import type { AccountStatus } from './standing.ts'
import type { Caller, Context } from '../../kernel/context.ts'
import { pageStart, toPage, type Page, type PageRequest } from '../../kernel/keyset-page.ts'
import { profilesPage, type ProfileListFilter } from './read.ts'
import { toProfileDetails, type ProfileDetails } from './details.ts'

interface ProfileFilter {
  status?: ProfileStatus | undefined
  accountStatus?: AccountStatus | undefined
}

function nameOf({ status, accountStatus }: ProfileFilter): ProfileListFilter {
  if (accountStatus !== undefined) return 'accountStatus'
  return status === undefined ? 'none' : 'status'
}

/** The team's profiles, newest first; by one of the filters at most. */
export async function listProfiles(
  ctx: Context,
  caller: Caller,
  page: PageRequest,
  filter: ProfileFilter,
): Promise<Page<ProfileDetails>> {
  const value = filter.accountStatus ?? filter.status
  const values = [caller.teamId, pageStart(page.cursor), ...(value === undefined ? [] : [value])]
  const { items, hasMore, nextCursor } = toPage(await ctx.read(profilesPage(nameOf(filter), page.limit), values), page.limit)
  return { items: items.map((facts) => toProfileDetails(ctx, facts)), hasMore, nextCursor }
}
