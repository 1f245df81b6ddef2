-- A page of a profile's posts of one status costs what it shows, however many posts the profile has. The list of all its
-- posts is merged from those of each status, so that one index serves both.
create index posts_of_profile on posts (team_id, profile_id, status, id);
drop index posts_by_profile;

-- How many profiles a team has, for the total of its numbered pages: counting a million takes longer than the page.
create table profile_counts (
  team_id uuid not null references teams,
  platform text not null,
  count bigint not null check (count >= 0),
  primary key (team_id, platform)
);

create function count_profiles() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into profile_counts as known (team_id, platform, count)
    select team_id, platform, count(*) from changed group by team_id, platform order by team_id, platform
    on conflict (team_id, platform) do update set count = known.count + excluded.count;
  else
    update profile_counts known set count = known.count - gone.count
    from (select team_id, platform, count(*) from changed group by team_id, platform) gone
    where known.team_id = gone.team_id and known.platform = gone.platform;
  end if;
  return null;
end $$;

lock table profiles in share row exclusive mode;
create trigger count_added after insert on profiles referencing new table as changed
  for each statement execute function count_profiles();
create trigger count_removed after delete on profiles referencing old table as changed
  for each statement execute function count_profiles();
-- Also for what is restored or filled with foreign keys off.
alter table profiles enable always trigger count_added, enable always trigger count_removed;
insert into profile_counts (team_id, platform, count) select team_id, platform, count(*) from profiles group by team_id, platform;
