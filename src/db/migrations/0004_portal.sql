create table credit_balances (
  team_id uuid primary key references teams,
  balance integer not null check (balance >= 0),
  updated_at timestamptz not null
);

create table credit_entries (
  team_id uuid not null references teams,
  seq bigint generated always as identity,
  id uuid not null,
  type text not null check (type in ('grant', 'debit', 'refund')),
  amount integer not null,
  balance_after integer not null check (balance_after >= 0),
  description text not null,
  refers_to uuid,
  created_at timestamptz not null,
  primary key (team_id, seq)
);
create unique index credit_entries_by_id on credit_entries (team_id, id);
create unique index credit_entries_one_refund on credit_entries (team_id, refers_to) where type = 'refund';

create table managers (
  id uuid primary key,
  name text not null unique,
  deactivated_at timestamptz,
  created_at timestamptz not null
);

create table manager_keys (
  manager_id uuid not null references managers,
  id uuid not null,
  hash bytea not null unique,
  hint text not null,
  revoked_at timestamptz,
  created_at timestamptz not null,
  primary key (manager_id, id)
);

create table manager_teams (
  manager_id uuid not null references managers,
  team_id uuid not null references teams,
  created_at timestamptz not null,
  primary key (manager_id, team_id)
);

create table bundles (
  team_id uuid not null references teams,
  id uuid not null,
  bundle_type text not null check (bundle_type in ('account_only', 'account_and_videos', 'videos_only')),
  platform text not null check (platform in ('tiktok', 'instagram')),
  country text,
  owner text,
  title text,
  videos_quantity integer not null,
  niche_warming boolean not null,
  auto_finalize_videos boolean not null,
  external_ref text,
  status text not null check (status in ('pending_setup', 'configured', 'published', 'accepted', 'finalized', 'completed', 'canceled')),
  profile_id uuid,
  manager_id uuid references managers,
  debit_id uuid,
  credits_charged integer not null,
  published_at timestamptz,
  accepted_at timestamptz,
  finalized_at timestamptz,
  completed_at timestamptz,
  canceled_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (team_id, id),
  foreign key (team_id, profile_id) references profiles (team_id, id)
);
create index bundles_by_status on bundles (team_id, status, id);
create index bundles_by_ref on bundles (team_id, external_ref) where external_ref is not null;

create table bundle_accounts (
  team_id uuid not null,
  bundle_id uuid not null,
  status text not null check (status in ('pending', 'configured', 'published', 'accepted', 'in_review', 'pending_corrections', 'finalized', 'canceled')),
  username text,
  visible_name text,
  biography text,
  profile_picture_url text,
  link_in_bio text,
  niche_warming_instructions text,
  picture_id uuid,
  submission jsonb,
  feedback jsonb,
  configured_at timestamptz,
  in_review_at timestamptz,
  finalized_at timestamptz,
  updated_at timestamptz not null,
  primary key (team_id, bundle_id),
  foreign key (team_id, bundle_id) references bundles (team_id, id)
);
create index bundle_accounts_in_review on bundle_accounts (in_review_at) where status = 'in_review';

create table video_slots (
  team_id uuid not null,
  bundle_id uuid not null,
  position integer not null,
  status text not null check (status in ('pending', 'configured', 'published', 'accepted', 'in_review', 'pending_corrections', 'finalized', 'canceled')),
  media_type text,
  media_url text,
  media_version integer not null default 0,
  media_id uuid,
  media_checked_at timestamptz,
  media_problems jsonb not null default '[]',
  title text,
  description text,
  sound_id text,
  target_publish_date date,
  submission jsonb,
  post_url text,
  feedback jsonb,
  configured_at timestamptz,
  in_review_at timestamptz,
  finalized_at timestamptz,
  updated_at timestamptz not null,
  primary key (team_id, bundle_id, position),
  foreign key (team_id, bundle_id) references bundles (team_id, id)
);
create index video_slots_unchecked on video_slots (updated_at) where media_url is not null and media_checked_at is null;
create index video_slots_in_review on video_slots (in_review_at) where status = 'in_review';

alter table profiles add column link_in_bio text;
-- Seed page 5 tells another team's account from none: the one look-up that knows no team.
create index profiles_by_id on profiles (id);

create table orders (
  team_id uuid not null references teams,
  id uuid not null,
  profile_id uuid not null,
  manager_id uuid not null references managers,
  bundle_id uuid,
  status text not null check (status in ('active', 'ended')),
  created_at timestamptz not null,
  ended_at timestamptz,
  primary key (team_id, id),
  foreign key (team_id, profile_id) references profiles (team_id, id)
);
create unique index orders_one_active on orders (team_id, profile_id) where status = 'active';

create table edit_requests (
  team_id uuid not null references teams,
  id uuid not null,
  profile_id uuid not null,
  manager_id uuid not null references managers,
  status text not null check (status in ('pending', 'in_progress', 'in_review', 'finalized', 'canceled')),
  requested_username text not null,
  requested_visible_name text not null,
  requested_biography text,
  requested_profile_picture_url text,
  requested_link_in_bio text,
  picture_id uuid,
  feedback text,
  credits_cost integer not null,
  debit_id uuid not null,
  in_review_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  finalized_at timestamptz,
  primary key (team_id, id),
  foreign key (team_id, profile_id) references profiles (team_id, id)
);
create unique index edit_requests_one_open on edit_requests (team_id, profile_id) where status in ('pending', 'in_progress', 'in_review');
create index edit_requests_in_review on edit_requests (in_review_at) where status = 'in_review';

-- One queue for everything that a person does. manager_id: only this manager may take it.
create table work_items (
  team_id uuid not null references teams,
  id uuid not null,
  kind text not null check (kind in ('account_setup', 'video', 'edit_request', 'setup', 'warmup', 'profile_edit', 'publish')),
  status text not null check (status in ('open', 'claimed', 'started', 'submitted', 'returned', 'done', 'canceled')),
  bundle_id uuid,
  position integer,
  profile_id uuid,
  edit_request_id uuid,
  task_id uuid,
  manager_id uuid references managers,
  holder_id uuid references managers,
  claimed_until timestamptz,
  due_at timestamptz not null,
  instructions text not null,
  "values" jsonb not null,
  media jsonb not null default '[]',
  feedback text,
  submission jsonb,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (team_id, id)
);
create index work_items_queue on work_items (team_id, due_at, id) where status in ('open', 'claimed', 'started', 'submitted', 'returned');
create index work_items_claims on work_items (claimed_until) where status in ('claimed', 'started');
create unique index work_items_one_a_task on work_items (team_id, task_id) where task_id is not null and status not in ('done', 'canceled');
