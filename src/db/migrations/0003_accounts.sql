-- breaking: an older version creates profiles without a display name.
alter table profiles
  add column display_name text,
  add column name_changed_at timestamptz,
  add column not_applied text[] not null default '{}';
update profiles set display_name = username;
alter table profiles alter column display_name set not null;
