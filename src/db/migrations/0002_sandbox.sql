-- The stand-in platform's own state. It knows nothing of teams: an account is a handle, signed in on one phone at a time.
create table sandbox_accounts (
  id text primary key,
  platform text not null check (platform in ('tiktok', 'instagram')),
  username text not null,
  session text unique,
  display_name text not null,
  bio text,
  picture_url text,
  signed_in_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index sandbox_accounts_by_username on sandbox_accounts (platform, lower(username));
create index sandbox_accounts_newest on sandbox_accounts (signed_in_at, id);

create table sandbox_uploads (
  id text primary key,
  account_id text not null references sandbox_accounts,
  kind text not null check (kind in ('video', 'slideshow')),
  media jsonb not null,
  created_at timestamptz not null
);

-- Neither ref nor upload_id is unique: a platform publishes what it is asked to, as often as it is asked.
create table sandbox_posts (
  id text primary key,
  account_id text not null references sandbox_accounts,
  upload_id text not null references sandbox_uploads,
  ref text not null,
  kind text not null,
  media jsonb not null,
  title text not null,
  description text not null,
  sound_id text not null,
  created_at timestamptz not null,
  live_at timestamptz,
  visible_from timestamptz not null
);
create index sandbox_posts_by_ref on sandbox_posts (ref);
create index sandbox_posts_by_upload on sandbox_posts (upload_id);
create index sandbox_posts_newest on sandbox_posts (account_id, created_at, id);

create table sandbox_faults (
  id uuid primary key,
  team_id uuid not null,
  profile_id uuid,
  call text not null check (call in ('sign_in', 'warm_up', 'edit_profile', 'upload', 'publish')),
  fault text not null check (fault in ('refuse', 'refuse_for_good', 'hang', 'commit_then_hang', 'lose_answer', 'forget')),
  remaining integer not null check (remaining >= 0),
  created_at timestamptz not null
);
create index sandbox_faults_open on sandbox_faults (team_id, call) where remaining > 0;
