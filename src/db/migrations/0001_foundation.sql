create table teams (
  id uuid primary key,
  name text not null unique,
  warmup_runs integer,
  warmup_span_ms bigint,
  warmup_session_ms bigint,
  warmup_interval_ms bigint,
  warmup_maintenance_ms bigint,
  pacing_max_per_day integer,
  pacing_min_gap_ms bigint,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table api_keys (
  team_id uuid not null references teams,
  id uuid not null,
  name text,
  scope text not null check (scope in ('read', 'write', 'work')),
  hash bytea not null unique,
  hint text not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null,
  primary key (team_id, id)
);

create table webhook_secrets (
  team_id uuid not null references teams,
  id uuid not null,
  secret bytea not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  primary key (team_id, id)
);

create table phones (
  team_id uuid not null references teams,
  id uuid not null,
  name text not null,
  driver text not null,
  created_at timestamptz not null,
  primary key (team_id, id)
);

create table media (
  team_id uuid not null references teams,
  id uuid not null,
  token text not null unique,
  kind text not null check (kind in ('video', 'slideshow', 'picture', 'upload')),
  files jsonb not null,
  info jsonb not null,
  size bigint not null,
  source_url text,
  created_at timestamptz not null,
  primary key (team_id, id)
);
create index media_by_file on media using gin (files jsonb_path_ops);

create table profiles (
  team_id uuid not null references teams,
  id uuid not null,
  platform text not null check (platform in ('tiktok', 'instagram')),
  driver text not null,
  profile_name text not null,
  username text not null,
  email_auth_method text not null check (email_auth_method in ('google', 'outlook')),
  bio text,
  picture_id uuid,
  status text not null check (status in ('configuring', 'retrying', 'cold', 'warming', 'warm', 'ready', 'failed', 'deactivated')),
  phone_id uuid,
  provisioned_at timestamptz,
  setup_tries integer not null default 0,
  runs_completed integer not null default 0,
  first_run_at timestamptz,
  last_run_ended_at timestamptz,
  ready_at timestamptz,
  pacing_max_per_day integer,
  pacing_min_gap_ms bigint,
  failure jsonb,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (team_id, id),
  foreign key (team_id, phone_id) references phones (team_id, id),
  foreign key (team_id, picture_id) references media (team_id, id)
);
create unique index profiles_one_living_username on profiles (platform, lower(username)) where status not in ('failed', 'deactivated');
create index profiles_by_status on profiles (team_id, status, id);

create table tasks (
  team_id uuid not null,
  id uuid not null,
  profile_id uuid not null,
  kind text not null check (kind in ('setup', 'warmup', 'profile_edit', 'publish')),
  status text not null check (status in ('pending', 'queued', 'running', 'waiting', 'done', 'failed', 'canceled', 'unconfirmed')),
  run_at timestamptz not null,
  run integer not null default 1,
  tries integer not null default 0,
  claim uuid,
  claimed_by text,
  lease_until timestamptz,
  resume_at timestamptz,
  input jsonb not null default '{}',
  result jsonb,
  failure jsonb,
  started_at timestamptz,
  ended_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (team_id, id),
  foreign key (team_id, profile_id) references profiles (team_id, id)
);
create unique index tasks_one_under_way on tasks (team_id, profile_id) where status in ('running', 'waiting');
create index tasks_next on tasks (team_id, profile_id, run_at, id) where status = 'queued';
create index tasks_due on tasks (run_at) where status = 'queued';
create index tasks_leases on tasks (lease_until) where status = 'running';
create index tasks_asleep on tasks (resume_at) where status = 'waiting' and resume_at is not null;
create index tasks_by_profile on tasks (team_id, profile_id, id);
create index tasks_by_team on tasks (team_id, id);

create table task_steps (
  team_id uuid not null,
  task_id uuid not null,
  run integer not null,
  name text not null,
  once boolean not null,
  began_at timestamptz not null,
  ended_at timestamptz,
  result jsonb,
  primary key (team_id, task_id, run, name),
  foreign key (team_id, task_id) references tasks (team_id, id)
);

create table posts (
  team_id uuid not null,
  id uuid not null,
  profile_id uuid not null,
  driver text not null,
  status text not null check (status in ('preparing', 'scheduled', 'queued', 'publishing', 'waiting_for_operator', 'published', 'draft_saved', 'failed', 'unconfirmed', 'canceled')),
  media_type text not null check (media_type in ('video', 'slideshow')),
  media_url text not null,
  media_version integer not null default 1,
  media_id uuid,
  prepare_lease timestamptz,
  sound_id text not null,
  title text not null,
  description text not null,
  is_live boolean not null,
  privacy_level text,
  is_ai_generated boolean not null,
  is_commercial boolean not null,
  execute_at timestamptz,
  webhook_url text not null,
  warnings jsonb not null default '[]',
  failure jsonb,
  post_url text,
  platform_post_id text,
  published_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (team_id, id),
  foreign key (team_id, id) references tasks (team_id, id),
  foreign key (team_id, profile_id) references profiles (team_id, id),
  foreign key (team_id, media_id) references media (team_id, id)
);
create index posts_by_profile on posts (team_id, profile_id, id);
create index posts_preparing on posts (updated_at) where status = 'preparing';

-- A reader that follows seq alone could pass a row whose transaction commits late;
-- xid lets it stop before the oldest transaction still running.
create table events (
  team_id uuid not null references teams,
  seq bigint generated always as identity,
  xid xid8 not null default pg_current_xact_id(),
  id uuid not null,
  type text not null,
  data jsonb not null,
  created_at timestamptz not null,
  primary key (team_id, seq)
);
create unique index events_by_id on events (team_id, id);

create table timeline (
  team_id uuid not null,
  profile_id uuid not null,
  id uuid not null,
  kind text not null check (kind in ('status', 'task', 'edit')),
  task_id uuid,
  task_kind text,
  from_status text,
  to_status text not null,
  reason text not null,
  created_at timestamptz not null,
  primary key (team_id, profile_id, id)
);

create table audit (
  team_id uuid not null references teams,
  id uuid not null,
  actor text not null,
  action text not null,
  subject text not null,
  before jsonb,
  after jsonb,
  request_id text,
  created_at timestamptz not null,
  primary key (team_id, id)
);

create table deliveries (
  team_id uuid not null references teams,
  id uuid not null,
  endpoint_id uuid,
  event_id uuid,
  task_id uuid,
  url text not null,
  body text not null,
  status text not null check (status in ('pending', 'delivered', 'failed')),
  tries integer not null default 0,
  next_try_at timestamptz,
  created_at timestamptz not null,
  ended_at timestamptz,
  primary key (team_id, id)
);
create index deliveries_due on deliveries (next_try_at) where status = 'pending';
create unique index deliveries_once_a_post on deliveries (team_id, task_id) where task_id is not null;

create table delivery_tries (
  team_id uuid not null,
  delivery_id uuid not null,
  n integer not null,
  status integer,
  error text,
  response text,
  duration_ms integer not null,
  created_at timestamptz not null,
  primary key (team_id, delivery_id, n),
  foreign key (team_id, delivery_id) references deliveries (team_id, id)
);

create table idempotency_keys (
  team_id uuid not null references teams,
  key text not null,
  fingerprint bytea not null,
  holder uuid,
  lease_until timestamptz,
  status integer,
  headers jsonb,
  body text,
  created_at timestamptz not null,
  primary key (team_id, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);

create table rate_windows (
  team_id uuid not null,
  route text not null,
  seconds bigint[] not null,
  counts integer[] not null,
  primary key (team_id, route)
);

create table workers (
  id text primary key,
  role text not null,
  host text not null,
  pid integer not null,
  started_at timestamptz not null,
  polled_at timestamptz not null
);
