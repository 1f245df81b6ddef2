-- Processes keep the identities of keys for a few seconds (src/kernel/key-cache.ts). Whatever changes one, by whichever
-- hand, is told to all of them at its commit. A new key changes no identity.
create function tell_key_change() returns trigger language plpgsql as $$
begin
  perform pg_notify('croft_keys', '');
  return null;
end $$;

create trigger tell_key_change after update or delete on api_keys for each statement execute function tell_key_change();
create trigger tell_key_change after update or delete on manager_keys for each statement execute function tell_key_change();
create trigger tell_key_change after update or delete on managers for each statement execute function tell_key_change();
create trigger tell_key_change after insert or update or delete on manager_teams for each statement execute function tell_key_change();
