-- Every filter of a list is answered from an index that is in the list's order, so that a page costs what it shows.
create index posts_by_status on posts (team_id, status, id);
create index tasks_by_status on tasks (team_id, status, id);
create index tasks_by_kind on tasks (team_id, kind, id);
-- The primary key has the same columns.
drop index tasks_by_team;
create index tasks_next_warmup on tasks (team_id, profile_id) where kind = 'warmup' and status in ('pending', 'queued', 'running', 'waiting');

create index events_by_type on events (team_id, type, xid, seq);
create index deliveries_by_status on deliveries (team_id, status, id);
create index deliveries_by_event on deliveries (team_id, event_id, id) where event_id is not null;

create index audit_by_actor on audit (team_id, actor, id);
create index audit_by_action on audit (team_id, action, id);
create index audit_by_request on audit (team_id, request_id, id) where request_id is not null;
create index audit_by_time on audit (team_id, created_at);

create index profiles_by_phone on profiles (team_id, phone_id) where phone_id is not null;
create index bundles_by_type on bundles (team_id, bundle_type, id);
create index bundles_by_platform on bundles (team_id, platform, id);
create index bundles_by_profile on bundles (team_id, profile_id, id) where profile_id is not null;
create index bundle_accounts_by_status on bundle_accounts (team_id, status, bundle_id);
create index edit_requests_by_profile on edit_requests (team_id, profile_id, id);
