-- A warm-up that waits for a person to start it is pending and not under way: its profile is no longer warming.
create temporary table unstarted on commit drop as
select t.team_id, t.id, t.profile_id from tasks t
join work_items w on w.team_id = t.team_id and w.task_id = t.id
where t.kind = 'warmup' and t.status = 'waiting' and t.resume_at is null and w.status in ('open', 'claimed', 'returned');

update profiles p set status = case
    when p.ready_at is not null then 'ready'
    when p.runs_completed = 0 and not exists (
      select from tasks e where e.team_id = p.team_id and e.profile_id = p.id and e.kind = 'warmup' and e.status = 'failed'
    ) then 'cold'
    else 'warm' end,
  first_run_at = case when p.runs_completed = 0 then null else p.first_run_at end
from unstarted u
where p.team_id = u.team_id and p.id = u.profile_id and p.status = 'warming';

update tasks t set status = 'pending', started_at = null
from unstarted u
where t.team_id = u.team_id and t.id = u.id;
