-- Nobody says how the email of an account that a manager sets up signs in.
alter table profiles alter column email_auth_method drop not null;
update profiles p set email_auth_method = null
from bundles b where b.team_id = p.team_id and b.profile_id = p.id and b.bundle_type <> 'videos_only';

-- What GET /v1/accounts?status= asks for.
create index profiles_by_account_status on profiles (
  team_id,
  (case when status in ('failed', 'deactivated') then status when ready_at is not null then 'ready' when first_run_at is not null then 'warming_up' else 'created_pending_warmup' end),
  id
);

-- A manager's keys stand behind the manager's id and a line break, which no header can hold. A blank there could be sent by the team.
update idempotency_keys k set key = m.id::text || E'\n' || substr(k.key, 38)
from managers m where starts_with(k.key, m.id::text || ' ');
