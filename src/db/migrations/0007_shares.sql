-- What was overdue when the sweep last sent the job of a row again, and when: a row whose job waits in the queue is
-- not asked for every few seconds.
alter table tasks add column swept_for timestamptz, add column swept_at timestamptz;
alter table posts add column swept_for timestamptz, add column swept_at timestamptz;

-- Inspections of this version of the media that began and were not seen to end: their process ended first.
alter table posts add column inspections_cut integer not null default 0;
alter table video_slots add column inspections_cut integer not null default 0;

-- The due lanes of one team, the longest due first.
create index webhook_lanes_due_of_team on webhook_lanes (team_id, due_at) where due_at is not null;

-- Shares go by the group of a job. Jobs that wait already, as those of scheduled posts, have none.
do $$
begin
  if to_regclass('pgboss.job') is not null then
    update pgboss.job set group_id = data ->> 'team_id'
    where group_id is null and state in ('created', 'retry') and data ? 'team_id';
  end if;
end
$$;
