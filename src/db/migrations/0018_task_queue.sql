-- breaking
-- The tasks table is the queue: workers claim due rows from it in batches.
alter table tasks add column parked boolean not null default false;
comment on column tasks.parked is 'Due, but behind another task of its profile, or not to run in the state that the profile is in. Released by what changes that.';
alter table tasks drop column swept_for, drop column swept_at;
drop index tasks_due;
drop index tasks_next;
drop schema if exists pgboss cascade;
-- The next due time of all, and of each team.
create index tasks_due on tasks (run_at) where status = 'queued' and not parked;
create index tasks_due_by_team on tasks (team_id, run_at, id) where status = 'queued' and not parked;
-- The task that a profile releases next, of each kind.
create index tasks_parked on tasks (team_id, profile_id, kind, run_at, id) where status = 'queued' and parked;
