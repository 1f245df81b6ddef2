-- The place of an event: its own transaction's id, or that of the newest transaction that had ended when it was
-- inserted. Whoever waited for another's lock inserts after the other's end, and so stands behind it. It is never lower
-- than the own id, so that a reader who stops before the oldest running transaction still passes nothing over.
-- A function, not a plain expression: it sees a new snapshot also in a statement that waited for a lock by itself.
create function event_position() returns xid8 language plpgsql volatile as $$
declare own xid8 := pg_current_xact_id();
begin
  return greatest(own, (pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1)::text::xid8);
end
$$;
alter table events alter column xid set default event_position();
