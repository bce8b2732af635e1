import { PROGRESS_TABLES } from "./progressTables.js";

/**
 * The tables of the service, and how each version changes them. A migration that was released is never changed. SQL of
 * PostgreSQL 15. Amounts are `numeric`, in wei or in a token's units; chains are named by their id.
 */
export const MIGRATIONS: readonly string[] = [
  `
  -- The build that the service sells under a name: provers of another one are refused.
  create table offered (
    model text primary key,                   -- name of the build
    build text not null                       -- sha256 of its name and the hashes of its files
  );

  -- The key under which inputs are sealed, for provers on other machines: itself sealed under the database's password, which
  -- neither the database nor a backup of it has.
  create table shared_key (
    id int primary key default 1 check (id = 1),
    salt bytea not null,
    sealed bytea not null
  );

  -- A job that the service has quoted, from the quote to the end: the truth about what is owed.
  create table job (
    id text primary key,                      -- the escrow's: 0x and 64 hex digits
    queue_id uuid not null unique,            -- the queue's: the first half of the id
    chain numeric not null,
    escrow text not null,
    model text not null,                      -- name of the build
    build text not null,                      -- the one that was offered when the job was quoted
    payee text not null,                      -- whom its proof pays
    terms jsonb not null,                     -- the job as the escrow has it, numbers as text
    client text not null,
    payment text not null check (payment in ('client', 'relayed', 'one step')),
    offer text,                               -- the provider's signature of the terms
    signed_payment jsonb,                     -- what the client signed to pay
    -- Those of one step go from 'quoted' to 'accepted' to 'proving', others over 'funding' and 'funded'.
    state text not null check (state in
      ('quoted', 'accepted', 'funding', 'funded', 'proving', 'proven', 'settling', 'settled', 'final',
       'expired', 'declined', 'failed', 'lost', 'refunded')),
    reason text,                              -- why it ended otherwise than by its payment
    input bytea,                              -- sealed: integers and salt; null once it is erased
    answer jsonb,                             -- proof, public signals, output words, seconds
    funded_block numeric,
    settled_transaction text,
    gas numeric,                              -- its share of what its transactions used
    gas_paid numeric,                         -- the same in wei
    fund_by timestamptz not null,
    fulfill_by timestamptz not null,
    checked_at timestamptz,                   -- when the escrow was last asked about it
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  );
  create index job_by_state on job (state, updated_at);
  create index job_by_build on job (build) where state in ('accepted', 'funded', 'proving');
  create index job_by_client on job (client, created_at);

  -- A process that proves. It is alive as long as it holds the advisory lock (7001, id).
  create table prover (
    id serial primary key,
    host text not null,
    pid int not null,
    builds text[] not null,                   -- those that it has
    started_at timestamptz not null default now()
  );

  -- One run of a prover on a job. A result counts only if its attempt has not ended.
  create table attempt (
    job text not null references job (id),
    n int not null,                           -- 0 for the first
    retry int not null,                       -- the queue's count for the delivery that began it
    build text not null,
    prover int not null references prover (id),
    started_at timestamptz not null default now(),
    ended_at timestamptz,
    outcome text check (outcome in ('proven', 'failed', 'prover died', 'superseded')),
    reason text,
    seconds double precision,                 -- from the input to the proof
    primary key (job, n)
  );
  create index attempt_proven on attempt (build, ended_at) where outcome = 'proven';
  create index attempt_open on attempt (prover) where ended_at is null;

  -- An account that signs. Its owner holds an advisory lock.
  create table signer (
    chain numeric not null,
    address text not null,
    next_nonce bigint not null,
    primary key (chain, address)
  );

  -- Counts the changes of intents, in the order in which they were made: the signer's owner alone makes them.
  create sequence intent_change;

  -- What is to happen on chain, once.
  create table intent (
    id text primary key,
    chain numeric not null,
    address text not null,                    -- of the signer
    to_address text not null,
    value numeric not null,
    data text not null,
    urgent_from timestamptz,                  -- from then on at any price of gas
    state text not null default 'waiting' check (state in ('waiting', 'sent', 'mined', 'final', 'failed')),
    reason text,                              -- why it reverted, or would
    change bigint,                            -- the number of its last change; null until the first
    created_at timestamptz not null default now(),
    foreign key (chain, address) references signer (chain, address)
  );
  create index intent_waiting on intent (chain, address, created_at) where state = 'waiting';
  create index intent_by_change on intent (chain, address, change);

  -- The jobs that an intent is about.
  create table intent_job (
    intent text not null references intent (id),
    job text not null references job (id),
    primary key (intent, job)
  );
  create index intent_job_by_job on intent_job (job);

  -- A nonce of a signer, which one intent uses.
  create table slot (
    chain numeric not null,
    address text not null,
    nonce bigint not null,
    intent text not null unique references intent (id),
    state text not null default 'open' check (state in ('open', 'mined', 'final')),
    primary key (chain, address, nonce)
  );
  create index slot_unfinished on slot (chain, address, nonce) where state <> 'final';

  -- A signed transaction, written down before it is sent: the slot's first one, or a replacement with higher fees.
  create table tx (
    hash text primary key,
    chain numeric not null,
    address text not null,
    nonce bigint not null,
    n int not null,                           -- 0 for the first
    raw text not null,
    max_fee numeric not null,
    tip numeric not null,
    created_block bigint not null,
    mined_block bigint,
    mined_hash text,
    status int,                               -- of the receipt: 1, or 0 where it was reverted
    gas_used numeric,
    gas_price numeric,
    unique (chain, address, nonce, n),
    foreign key (chain, address, nonce) references slot (chain, address, nonce)
  );

  -- An event of the escrow, as a block has it. Of a block that is gone, it is removed.
  create table event (
    chain numeric not null,
    block_hash text not null,
    log_index int not null,
    block_number bigint not null,
    job text not null,
    name text not null,
    data jsonb not null,
    primary key (chain, block_hash, log_index)
  );
  create index event_by_job on event (job);

  -- How far the events of a chain are read.
  create table watched (
    chain numeric not null,
    escrow text not null,
    block_number bigint not null,
    block_hash text not null,
    primary key (chain, escrow)
  );
  `,
  `
  -- Nothing has used these two before.
  drop table event;
  drop table watched;

  -- An event of the escrow about a job that a provider could prove: that is closed for it, or open. Of a block that is gone, it is
  -- removed.
  create table event (
    provider text not null,                   -- who reads them
    chain numeric not null,
    escrow text not null,
    block_hash text not null,
    log_index int not null,
    block_number bigint not null,
    job text not null,
    name text not null check (name in ('Requested', 'Fulfilled', 'Refunded')),
    data jsonb not null,                      -- terms; payee; who asked for the refund
    primary key (provider, chain, block_hash, log_index)
  );
  create index event_by_job on event (job);
  create index event_by_block on event (provider, chain, escrow, block_number);

  -- How far a provider has read the events that are final.
  create table watched (
    provider text not null,
    chain numeric not null,
    escrow text not null,
    first_block bigint not null,              -- where it has begun
    block_number bigint not null,             -- the last one that is read
    block_hash text not null,
    primary key (provider, chain, escrow)
  );

  -- Open jobs, which another provider may have answered.
  create index job_open on job (id) where terms ->> 'provider' = '0x0000000000000000000000000000000000000000';
  `,
  PROGRESS_TABLES,
  `
  -- A prover's row goes some time after the prover: what has to be known of it later stands with its attempts.
  alter table attempt drop constraint attempt_prover_fkey;
  alter table attempt add column host text;   -- of the prover
  update attempt set host = prover.host from prover where prover.id = attempt.prover;
  alter table attempt alter column host set not null;
  `,
];
