import type { Db, Trx } from '../../db/connect.ts'
import type { BundleAccountRow, BundleRow } from '../../kernel/rows.ts'

/** A bundle with its account's status and its manager. */
export interface BundleDetails {
  bundle: BundleRow
  account: BundleAccountRow | null
  manager: { id: string; name: string } | null
}

/** Loads the details of some bundles of one team, in two queries for any number of bundles. */
export async function loadBundleDetails(db: Db | Trx, teamId: string, bundles: readonly BundleRow[]): Promise<BundleDetails[]> {
  if (bundles.length === 0) return []
  const ids = bundles.map(({ id }) => id)
  const managerIds = bundles.flatMap(({ manager_id }) => manager_id ?? [])
  const accounts = await db
    .selectFrom('bundle_accounts')
    .selectAll()
    .where('team_id', '=', teamId)
    .where('bundle_id', 'in', ids)
    .execute()
  const managers =
    managerIds.length === 0 ? [] : await db.selectFrom('managers').select(['id', 'name']).where('id', 'in', managerIds).execute()
  return bundles.map((bundle) => ({
    bundle,
    account: accounts.find(({ bundle_id }) => bundle_id === bundle.id) ?? null,
    manager: managers.find(({ id }) => id === bundle.manager_id) ?? null,
  }))
}

/** The details of one bundle. */
export async function loadDetails(db: Db | Trx, bundle: BundleRow): Promise<BundleDetails> {
  const [details] = await loadBundleDetails(db, bundle.team_id, [bundle])
  if (!details) throw new Error('details for each bundle')
  return details
}
