import type { TestDatabase } from '../../support/database.ts'

/** Rows of each list that the team has; the few that a filter is to find are its oldest. */
export const many = 4_000
export const few = 5

/** The id of row n of a table. Ids grow with n, as those that Croft makes do with time. */
export const rowId = (n: number): string => `0193a1b2-0000-7000-8000-${n.toString(16).padStart(12, '0')}`

const id = `('0193a1b2-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid`
/** The value of the few, else that of the many. */
const rare = (value: string, common: string) => `case when n <= ${few} then ${value} else ${common} end`
const day = `timestamptz '2030-01-01' + n * interval '1 minute'`

/** By table: its columns, and what row n has in them. */
const tables: Record<string, Record<string, string>> = {
  phones: { id, name: `'phone'`, driver: `'sandbox'`, created_at: day },
  profiles: {
    id,
    platform: rare(`'instagram'`, `'tiktok'`),
    driver: `'sandbox'`,
    profile_name: `'p'`,
    username: `'p' || n || left($1::uuid::text, 8)`,
    display_name: `'p'`,
    email_auth_method: `'google'`,
    status: rare(`'cold'`, `'ready'`),
    phone_id: id,
    ready_at: rare('null', day),
    created_at: day,
    updated_at: day,
  },
  tasks: {
    id,
    profile_id: rare(id, `'${rowId(9)}'::uuid`),
    kind: rare(`'setup'`, `'publish'`),
    status: rare(`'failed'`, `'done'`),
    run_at: day,
    created_at: day,
    updated_at: day,
  },
  posts: {
    id,
    profile_id: rare(id, `'${rowId(9)}'::uuid`),
    driver: `'sandbox'`,
    status: rare(`'failed'`, `'published'`),
    media_type: `'video'`,
    media_url: `'https://media.example.com/a.mp4'`,
    sound_id: `'1'`,
    title: `'t'`,
    description: `'d'`,
    is_live: 'true',
    is_ai_generated: 'false',
    is_commercial: 'false',
    webhook_url: `'https://hooks.example.com/x'`,
    created_at: day,
    updated_at: day,
  },
  events: { id, type: rare(`'post.failed'`, `'post.published'`), data: `'{}'`, created_at: day },
  timeline: {
    profile_id: rare(`'${rowId(1)}'::uuid`, `'${rowId(9)}'::uuid`),
    id,
    kind: `'status'`,
    to_status: `'ready'`,
    reason: `'r'`,
    created_at: day,
  },
  audit: {
    id,
    actor: rare(`'few'`, `'many'`),
    action: rare(`'few'`, `'many'`),
    subject: rare(`'few'`, `'many'`),
    request_id: rare(`'few'`, `'many' || n`),
    created_at: day,
  },
  deliveries: {
    id,
    endpoint_id: rare(`'${rowId(1)}'::uuid`, `'${rowId(9)}'::uuid`),
    event_id: id,
    task_id: id,
    url: `'https://hooks.example.com/x'`,
    body: `'{}'`,
    status: rare(`'failed'`, `'delivered'`),
    created_at: day,
  },
  webhook_endpoints: { id, url: `'https://hooks.example.com/x'`, enabled: 'false', created_at: day, updated_at: day },
  api_keys: { id, scope: `'read'`, hash: `sha256(($1::uuid::text || n)::bytea)`, hint: `'h'`, created_at: day },
  credit_entries: { id, type: `'grant'`, amount: '1', balance_after: 'n', description: `'d'`, created_at: day },
  bundles: {
    id,
    bundle_type: rare(`'videos_only'`, `'account_only'`),
    platform: rare(`'instagram'`, `'tiktok'`),
    country: `case when n between ${few + 1} and ${2 * few} then 'DE' else 'FR' end`,
    external_ref: rare(`'few'`, `'many' || n`),
    videos_quantity: '0',
    niche_warming: 'false',
    auto_finalize_videos: 'false',
    status: rare(`'canceled'`, `'completed'`),
    profile_id: rare(`'${rowId(1)}'::uuid`, id),
    credits_charged: '1',
    created_at: day,
    updated_at: day,
  },
  bundle_accounts: { bundle_id: id, status: rare(`'in_review'`, `'finalized'`), updated_at: day },
  video_slots: { bundle_id: id, position: '1', status: `'finalized'`, updated_at: day },
}

/** Fills every list of a team by SQL, and lets Postgres count what is there. */
export async function fillLists(database: TestDatabase, teamId: string, managerId: string): Promise<void> {
  const client = await database.pool.connect()
  try {
    for (const [table, columns] of Object.entries(tables)) {
      const names = Object.keys(columns).join(', ')
      const values = Object.values(columns).join(', ')
      await client.query(
        `insert into ${table} (team_id, ${names}) select $1::uuid, ${values} from generate_series(1, ${many}) n`,
        [teamId],
      )
    }
    const own = `select $1::uuid, ${id}, $2::uuid,`
    await client.query(
      `insert into edit_requests (team_id, id, manager_id, profile_id, status, requested_username, requested_visible_name, credits_cost, debit_id, created_at, updated_at)
       ${own} ${rare(`'${rowId(1)}'::uuid`, `'${rowId(9)}'::uuid`)}, 'finalized', 'u', 'v', 1, ${id}, ${day}, ${day} from generate_series(1, ${many}) n`,
      [teamId, managerId],
    )
    await client.query(
      `insert into work_items (team_id, id, manager_id, kind, status, due_at, instructions, "values", created_at, updated_at)
       ${own} 'setup', ${rare(`'open'`, `'done'`)}, ${day}, 'i', '{}', ${day}, ${day} from generate_series(1, ${many}) n`,
      [teamId, managerId],
    )
    await client.query('vacuum analyze')
  } finally {
    client.release()
  }
}
