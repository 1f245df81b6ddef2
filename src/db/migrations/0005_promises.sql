-- Events are read in the order (xid, seq). By seq alone a reader could pass a row for good: a transaction that took
-- its id early can draw a later seq, and commit, while one with a later id still holds an earlier seq.
alter table events drop constraint events_pkey;
alter table events add primary key (team_id, xid, seq);
create index events_in_order on events (xid, seq);

create table webhook_endpoints (
  team_id uuid not null references teams,
  id uuid not null,
  url text not null,
  events text[],
  description text,
  enabled boolean not null,
  disabled_reason text check (disabled_reason in ('team', 'failing', 'gone')),
  failing_since timestamptz,
  -- What is told to it: events of this transaction and those after it.
  from_xid xid8 not null default pg_current_xact_id(),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (team_id, id)
);

create table webhook_endpoint_secrets (
  team_id uuid not null,
  endpoint_id uuid not null,
  id uuid not null,
  secret bytea not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  primary key (team_id, endpoint_id, id),
  foreign key (team_id, endpoint_id) references webhook_endpoints (team_id, id) on delete cascade
);

-- Up to where the events have been turned into deliveries; one row.
create table event_fan_out (
  one boolean primary key default true check (one),
  xid xid8 not null,
  seq bigint not null
);
insert into event_fan_out (xid, seq) values (pg_current_xact_id(), 0);

-- One row a receiver that was ever written to: a worker holds a whole lane, so that no receiver can hold more than
-- one place in a worker. due_at: when it has something to send.
create table webhook_lanes (
  team_id uuid not null references teams,
  id text not null,
  due_at timestamptz,
  -- Not before this time, whatever is due: the receiver asked for it, or does not answer.
  rest_until timestamptz,
  failures integer not null default 0,
  holder uuid,
  held_until timestamptz,
  primary key (team_id, id)
);
create index webhook_lanes_due on webhook_lanes (due_at) where due_at is not null;

alter table deliveries add column lane text not null default 'posts';
alter table deliveries add column type text not null default 'post.published';
-- Tries made before the present round of tries, which a redelivery begins.
alter table deliveries add column tries_before integer not null default 0;
create index deliveries_of_lane on deliveries (team_id, lane, next_try_at) where status = 'pending';
create unique index deliveries_once_an_event on deliveries (team_id, endpoint_id, event_id) where event_id is not null;
create index deliveries_of_endpoint on deliveries (team_id, endpoint_id, id);

create index tasks_unconfirmed on tasks (team_id, id) where status = 'unconfirmed';
create index audit_by_subject on audit (team_id, subject, id);
