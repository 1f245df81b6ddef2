-- Work that no request asks for: when each chore last ran in any process, what it has removed, and why it last failed.
create table chores (
  name text primary key,
  began_at timestamptz,
  ended_at timestamptz,
  removed_rows bigint not null default 0,
  removed_bytes bigint not null default 0,
  failures bigint not null default 0,
  failed_at timestamptz,
  error text
);

-- Reviews whose finalizing threw: left alone until next_at, so that they hold up no other.
create table review_failures (
  team_id uuid not null references teams,
  subject_id uuid not null,
  position integer not null,
  failures integer not null,
  next_at timestamptz not null,
  primary key (team_id, subject_id, position)
);

-- Who is about to refer to a stored file, or is deleting it. A file without a row in media and without a claim is deleted;
-- a claim that has run out, as of a process that died, has the file looked at.
create table file_claims (
  hash text not null,
  id uuid not null,
  deleting boolean not null,
  until timestamptz not null,
  primary key (hash, id)
);
create index file_claims_until on file_claims (until);

-- When an upload was last read for a post; null: never.
alter table media add column used_at timestamptz;

-- Deleting media looks for the rows that refer to it. Partial: a post that is being accepted has no media yet and pays nothing.
create index posts_by_media on posts (team_id, media_id) where media_id is not null;
create index profiles_by_picture on profiles (team_id, picture_id) where picture_id is not null;
