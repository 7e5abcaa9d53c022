-- The tree over the journal (a Merkle tree for each tenant, RFC 6962): whoever holds a signed checkpoint of it can tell that
-- an entry was changed, taken away or slipped in, whoever did it. One role hashes entries and does nothing else.

create table journal_leaves (
	tenant_id   uuid   not null,
	leaf        bigint not null,
	transaction xid8   not null,
	entry_id    uuid   not null,
	-- The hash of the entry, and after it those of all subtrees that it completes (tlog.StoredHashes).
	hashes      bytea  not null,
	constraint journal_leaves_pkey primary key (tenant_id, leaf),
	constraint journal_leaves_take_each_entry_once unique (tenant_id, transaction, entry_id),
	constraint journal_leaves_are_counted_from_zero check (leaf >= 0),
	constraint journal_leaves_hold_whole_hashes check (octet_length(hashes) between 32 and 2048 and octet_length(hashes) % 32 = 0)
);
-- No foreign key to the entry: it would lock, and so write, each entry once more.
comment on table journal_leaves is 'Which entry of the journal is which leaf of its tenant''s tree, and the hashes that were stored with it. Only added to.';

create table journal_checkpoints (
	tenant_id      uuid        not null,
	checkpoint     bigint      not null,
	size           bigint      not null,
	root           bytea       not null,
	complete_until timestamptz not null,
	note           text        not null,
	at             timestamptz not null default now(),
	constraint journal_checkpoints_pkey primary key (tenant_id, checkpoint),
	constraint journal_checkpoints_are_counted_from_one check (checkpoint >= 1),
	constraint journal_checkpoints_hold_a_root check (size >= 0 and octet_length(root) = 32)
);
comment on table journal_checkpoints is 'What was signed of a tenant''s tree: its size, its root, and until when it holds every entry. Only added to.';

-- Two sequencers that both believe to be the only one cannot make a fork: a leaf follows the one before it, which has to be
-- committed, and the key lets nobody write it twice.
create function refuse_a_gap_in_the_tree() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
	if exists (
		select from (select tenant_id, min(leaf) as first, max(leaf) as last, count(*) as leaves from added group by tenant_id) as batch
		where last - first + 1 <> leaves or first > 0 and not exists (
			select from public.journal_leaves as before where before.tenant_id = batch.tenant_id and before.leaf = batch.first - 1)
	) then
		raise exception 'a leaf follows the one before it' using errcode = 'check_violation', constraint = 'journal_leaves_follow_each_other';
	end if;
	return null;
end $$;
create trigger journal_leaves_follow_each_other after insert on journal_leaves
	referencing new table as added for each statement execute function refuse_a_gap_in_the_tree();

-- Checkpoints tell one history: each holds what the one before it held, and only leaves that are there.
create function refuse_another_history() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
	if new.checkpoint > 1 and not exists (
			select from public.journal_checkpoints as before where before.tenant_id = new.tenant_id and before.checkpoint = new.checkpoint - 1
			and before.complete_until <= new.complete_until and (before.size < new.size or before.size = new.size and before.root = new.root))
		or new.size > 0 and not exists (select from public.journal_leaves as l where l.tenant_id = new.tenant_id and l.leaf = new.size - 1) then
		raise exception 'a checkpoint goes on from the one before it' using errcode = 'check_violation', constraint = 'journal_checkpoints_go_on_from_each_other';
	end if;
	return new;
end $$;
create trigger journal_checkpoints_go_on_from_each_other before insert on journal_checkpoints for each row execute function refuse_another_history();
alter table journal_leaves enable always trigger journal_leaves_follow_each_other;
alter table journal_checkpoints enable always trigger journal_checkpoints_go_on_from_each_other;

do $$
declare
	t text;
	tenant constant text := $sql$tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid$sql$;
	sequencer constant text := $sql$current_setting('app.scope', true) = 'sequencer'$sql$;
begin
	foreach t in array array['journal_leaves', 'journal_checkpoints'] loop
		execute format('create trigger %I before update or delete on %I for each row execute function refuse_to_change_the_journal()', t || '_stay', t);
		execute format('create trigger %I before truncate on %I for each statement execute function refuse_to_change_the_journal()', t || '_stay_all', t);
		execute format('alter table %I enable always trigger %I', t, t || '_stay');
		execute format('alter table %I enable always trigger %I', t, t || '_stay_all');
		execute format('alter table %I enable row level security', t);
		execute format('alter table %I force row level security', t);
		execute format('create policy tenant_fence on %I as restrictive for all using (%s) with check (%s)', t, tenant, tenant);
		execute format('create policy scope_fence on %I as restrictive for all using (%s) with check (%s)', t, sequencer, sequencer);
		execute format('create policy sequencer_reads on %I for select to passerelle_sequencer using (true)', t);
		execute format('create policy sequencer_adds on %I for insert to passerelle_sequencer with check (true)', t);
	end loop;
end $$;

-- The sequencer reads every entry of the tenant whose scope is bound, and writes none.
alter policy scope_fence on journal_entries
	using (current_setting('app.scope', true) = 'staff' or current_setting('app.scope', true) = 'sequencer' or current_setting('app.scope', true) = 'office'
		and office_id = nullif(current_setting('app.office_id', true), '')::uuid and person_id = nullif(current_setting('app.person_id', true), '')::uuid)
	with check (current_setting('app.scope', true) = 'staff' or current_setting('app.scope', true) = 'sequencer' or current_setting('app.scope', true) = 'office'
		and office_id = nullif(current_setting('app.office_id', true), '')::uuid and person_id = nullif(current_setting('app.person_id', true), '')::uuid);
create policy sequencer on journal_entries for select to passerelle_sequencer using (current_setting('app.scope', true) = 'sequencer');
-- Whose trees there are, it finds at the door.
create policy sequencer on tenants for select to passerelle_sequencer using (true);

grant select on journal_entries to passerelle_sequencer;
grant select (tenant_id, slug) on tenants to passerelle_sequencer;
grant select on journal_leaves, journal_checkpoints to passerelle_sequencer;
grant insert (tenant_id, leaf, transaction, entry_id, hashes) on journal_leaves to passerelle_sequencer;
-- When it was signed, nobody says but the database.
grant insert (tenant_id, checkpoint, size, root, complete_until, note) on journal_checkpoints to passerelle_sequencer;
