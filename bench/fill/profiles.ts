import type pg from 'pg'
import { idSql } from './ids.ts'

export interface Profiles {
  teamId: string
  driver: string
  first: number
  count: number
}

/** Writes profiles that are ready to post, each with its phone, an event and a line in its timeline. */
export async function fillProfiles(
  client: Pick<pg.ClientBase, 'query'>,
  { teamId, driver, first, count }: Profiles,
): Promise<void> {
  const [id, phone] = [idSql('profile', 'n'), idSql('phone', 'n')]
  const given = [teamId, first, first + count - 1]
  const each = 'from generate_series($2::bigint, $3::bigint) n order by n'
  await client.query(
    `insert into phones (team_id, id, name, driver, created_at) select $1::uuid, ${phone}, 'bench', $4::text, now() ${each}`,
    [...given, driver],
  )
  await client.query(
    `insert into profiles (team_id, id, platform, driver, profile_name, username, display_name, email_auth_method, status, phone_id,
       provisioned_at, ready_at, created_at, updated_at)
     select $1::uuid, ${id}, 'tiktok', $4::text, 'bench', 'bench' || n, 'Bench ' || n, 'google', 'ready', ${phone}, now(), now(), now(), now() ${each}`,
    [...given, driver],
  )
  await client.query(
    `insert into timeline (team_id, profile_id, id, kind, from_status, to_status, reason, created_at)
     select $1::uuid, ${id}, ${idSql('event', 'n')}, 'status', 'warm', 'ready', 'Enough runs have succeeded.', now() ${each}`,
    given,
  )
  await client.query(
    `insert into events (team_id, id, type, data, created_at)
     select $1::uuid, ${idSql('event', 'n')}, 'profile.ready', jsonb_build_object('profile_id', ${id}, 'status', 'ready'), now() ${each}`,
    given,
  )
}
