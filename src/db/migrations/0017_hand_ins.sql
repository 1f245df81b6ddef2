-- What the manager handed in, for the team that reviews it.
alter table edit_requests add column submission jsonb;
update edit_requests r set submission = jsonb_build_object(
    'values', w.submission -> 'values', 'note', w.submission -> 'note',
    'screenshot_media_id', w.submission -> 'screenshot_media_id', 'submitted_at', r.in_review_at)
from work_items w
where w.team_id = r.team_id and w.edit_request_id = r.id and w.status = 'submitted' and r.status = 'in_review'
  and w.submission ? 'note';

-- What GET /api/ext/accounts?platform= and ?country= ask for.
create index profiles_by_platform on profiles (team_id, platform, id);
create index bundles_by_country on bundles (team_id, country, profile_id) where profile_id is not null;
