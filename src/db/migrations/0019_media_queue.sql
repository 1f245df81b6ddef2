-- breaking: an older version waits for jobs that are no longer sent.
-- The posts and the video slots are themselves the queue of the media to fetch: when each is due, how often its media's own
-- server could not give it, how often in a row Croft itself failed at it, and the claim of the worker that is at it.
alter table posts
  add column prepare_at timestamptz not null default now(),
  add column prepare_tries integer not null default 0,
  add column prepare_faults integer not null default 0,
  add column prepare_claim uuid,
  drop column swept_for,
  drop column swept_at;
alter table video_slots
  add column prepare_at timestamptz not null default now(),
  add column prepare_tries integer not null default 0,
  add column prepare_faults integer not null default 0,
  add column prepare_claim uuid,
  add column prepare_lease timestamptz;

-- What waits already keeps its turn.
update posts set prepare_at = updated_at where status = 'preparing';
update video_slots set prepare_at = updated_at where media_url is not null and media_checked_at is null;

drop index posts_preparing;
drop index video_slots_unchecked;
create index posts_to_prepare on posts (team_id, prepare_at) where status = 'preparing';
create index video_slots_to_prepare on video_slots (team_id, prepare_at)
  where media_url is not null and media_checked_at is null and status <> 'canceled';
-- Those at which Croft itself has failed again and again: there are none while all is well.
create index posts_failing_to_prepare on posts (team_id) where status = 'preparing' and prepare_faults > 3;
create index video_slots_failing_to_prepare on video_slots (team_id)
  where media_url is not null and media_checked_at is null and status <> 'canceled' and prepare_faults > 3;
