-- breaking: an older version takes every post to have a sound and a webhook, and goes on from steps of other content.
alter table posts alter column sound_id drop not null;
alter table posts alter column webhook_url drop not null;
alter table sandbox_posts alter column sound_id drop not null;
-- What a publish began with and what each of its steps was of: the media's version and a hash of what a driver is told.
alter table tasks add column content text;
alter table task_steps add column content text;
