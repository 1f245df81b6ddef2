import sharp from 'sharp'
import { newIgId, newScopedId } from './ids.ts'
import type { Account } from './state.ts'

/** What is known of a new account; `username` is required, everything else has a default. */
export type NewAccount = Partial<Account> & Pick<Account, 'username'>

/** @throws if an id is not of the form that the routes take */
export async function newAccount(given: NewAccount): Promise<Account> {
  const account: Account = {
    igId: newIgId(),
    scopedId: newScopedId(),
    name: given.username,
    biography: '',
    website: '',
    accountType: 'BUSINESS',
    followersCount: 0,
    followsCount: 0,
    picture: given.picture === undefined ? await picture() : given.picture,
    quotaTotal: 100,
    quotaUsedElsewhere: 0,
    restricted: false,
    ...given,
  }
  if (!/^178\d{14}$/.test(account.igId)) throw new Error(`igId ${account.igId} is not 178 and 14 digits`)
  if (!/^245\d{14}$/.test(account.scopedId)) throw new Error(`scopedId ${account.scopedId} is not 245 and 14 digits`)
  return account
}

const picture = (): Promise<Buffer> =>
  sharp({ create: { width: 320, height: 320, channels: 3, background: '#c13584' } })
    .jpeg()
    .toBuffer()
