/**
 * What became of jobs, in order, for those who follow them; and sums of what is over, so that nobody who measures the service
 * has to read all of its history.
 */
export const PROGRESS_TABLES = `
  -- Each state that a job came to. A trigger writes them, so that no change of a job is missed.
  create table job_event (
    job text not null references job (id),
    n int not null,                           -- 0 for the first
    state text not null,
    reason text,
    at timestamptz not null default now(),
    primary key (job, n)
  );

  -- Whoever changes a job holds the lock of its row: no two take the same number.
  create function note_job_state() returns trigger language plpgsql as $$
  begin
    insert into job_event (job, n, state, reason)
      select new.id, coalesce(max(n) + 1, 0), new.state, new.reason from job_event where job = new.id;
    return null;
  end $$;
  create trigger job_inserted after insert on job for each row execute function note_job_state();
  create trigger job_changed after update of state on job
    for each row when (old.state is distinct from new.state) execute function note_job_state();
  insert into job_event (job, n, state, reason, at) select id, 0, state, reason, updated_at from job;

  -- When a nonce's transaction became final.
  alter table slot add column final_at timestamptz;
  create function note_final_slot() returns trigger language plpgsql as $$
  begin
    new.final_at := now();
    return new;
  end $$;
  create trigger slot_final before update of state on slot
    for each row when (new.state = 'final' and old.state <> 'final') execute function note_final_slot();
  update slot set final_at = now() where state = 'final';
  create index slot_by_end on slot (final_at);
  create index attempt_by_end on attempt (ended_at);

  -- Sums over all that ended before a time; what they count, and which of it, is in src/service/metrics/tally.ts.
  create table tally (
    name text not null,
    labels text[] not null,
    value numeric not null,
    primary key (name, labels)
  );
  create table tallied (
    id int primary key default 1 check (id = 1),
    until timestamptz not null
  );
  insert into tallied (until) values ('-infinity');
`;
