-- breaking: an older version takes every profile to have the team's warm-up policy, and sets values nobody asked for.
alter table profiles
  add column warmup_runs integer,
  add column warmup_span_ms bigint,
  add column warmup_session_ms bigint,
  add column warmup_interval_ms bigint,
  add column warmup_maintenance_ms bigint,
  add column labels text[] not null default '{}';
-- A set-up sets what it was asked to and reads the rest; of those under way what was given was asked.
update tasks t set input = jsonb_build_object('fields',
  case when p.bio is null then '[]'::jsonb else '["bio"]'::jsonb end || case when p.picture_id is null then '[]'::jsonb else '["picture"]'::jsonb end)
from profiles p
where t.kind = 'setup' and t.status in ('queued', 'running', 'waiting') and p.team_id = t.team_id and p.id = t.profile_id;
