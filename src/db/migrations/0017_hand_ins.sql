-- What the manager handed in, for the team that reviews it.
alter table edit_requests add column submission jsonb;
update edit_requests r set submission = jsonb_build_object(
    'values', w.submission -> 'values', 'note', w.submission -> 'note',
    'screenshot_media_id', w.submission -> 'screenshot_media_id', 'submitted_at', r.in_review_at)
from work_items w
where w.team_id = r.team_id and w.edit_request_id = r.id and w.status = 'submitted' and r.status = 'in_review'
  and w.submission ? 'note';

-- The bundle that an account came with, and its videos' bundles.
create index bundles_by_account on bundles (team_id, profile_id) where profile_id is not null;

-- A post without a sound takes the original one, and one without a webhook tells nobody.
alter table posts alter column sound_id drop not null;
alter table posts alter column webhook_url drop not null;
alter table sandbox_posts alter column sound_id drop not null;
