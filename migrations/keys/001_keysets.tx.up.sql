-- The keysets, wrapped: each tenant's by the master key, which lies outside every database, and those of dossiers,
-- referrals and people by their tenant's. This schema can stand on another server than the data, with backups of its own
-- that are kept for a shorter time: whoever restores an old backup of the data finds nothing here that opens what was
-- erased.

create table tenant_keysets (
	tenant_id  uuid        not null,
	wrapped    bytea       not null,
	created_at timestamptz not null default now(),
	constraint tenant_keysets_pkey primary key (tenant_id)
);
comment on table tenant_keysets is 'What wraps the keysets of a tenant, wrapped by the master key.';

create table keysets (
	tenant_id  uuid        not null,
	kind       text        not null,
	holder_id  uuid        not null,
	wrapped    bytea       not null,
	created_at timestamptz not null default now(),
	constraint keysets_pkey primary key (tenant_id, kind, holder_id),
	constraint keysets_belong_to_something_known check (kind in ('dossier', 'referral', 'person')),
	constraint keysets_belong_to_a_tenant foreign key (tenant_id) references tenant_keysets (tenant_id)
);
comment on table keysets is 'What seals the fields of one dossier or one referral, or what one person has typed, wrapped by its tenant''s keyset.';

create table tombstones (
	tenant_id    uuid        not null,
	kind         text        not null,
	holder_id    uuid        not null,
	destroyed_at timestamptz not null default now(),
	constraint tombstones_pkey primary key (tenant_id, kind, holder_id)
);
comment on table tombstones is 'Which keysets were destroyed, and when. What they sealed is unreadable, whatever backup holds it.';

-- A keyset goes and leaves its tombstone in one statement, and never comes back. It is refused after it was put in: one
-- that waited for its own end to be committed finds the tombstone only then.
create function leave_a_tombstone() returns trigger language plpgsql set search_path = keys, pg_temp as $$
begin
	insert into tombstones (tenant_id, kind, holder_id) values (old.tenant_id, old.kind, old.holder_id) on conflict do nothing;
	return old;
end $$;
create trigger keysets_leave_a_tombstone before delete on keysets for each row execute function leave_a_tombstone();

create function refuse_what_was_destroyed() returns trigger language plpgsql set search_path = keys, pg_temp as $$
begin
	if exists (select from tombstones where (tenant_id, kind, holder_id) = (new.tenant_id, new.kind, new.holder_id)) then
		raise exception 'these keys were destroyed' using errcode = 'check_violation', constraint = 'keysets_once_destroyed_stay_destroyed';
	end if;
	return null;
end $$;
create trigger keysets_once_destroyed_stay_destroyed after insert or update on keysets for each row execute function refuse_what_was_destroyed();

do $$
declare
	t text;
	tenant constant text := $sql$tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid$sql$;
	staff constant text := $sql$current_setting('app.scope', true) = 'staff'$sql$;
	office constant text := $sql$current_setting('app.scope', true) = 'office'$sql$;
	own constant text := $sql$kind = 'person' and holder_id = nullif(current_setting('app.person_id', true), '')::uuid$sql$;
	sees text;
	makes text;
begin
	-- An office opens referrals and what its own people typed, and no dossier. It makes keys for its own people alone, and
	-- destroys none; it finds the tombstones of what it may open, since a keyset is refused where there is one.
	for t, sees, makes in values
		('tenant_keysets', format('%s or %s', staff, office), format('%s or %s', staff, office)),
		('keysets', format('%s or %s and (kind = ''referral'' or %s)', staff, office, own), format('%s or %s and %s', staff, office, own)),
		('tombstones', format('%s or %s and (kind = ''referral'' or %s)', staff, office, own), staff)
	loop
		execute format('alter table %I enable row level security', t);
		execute format('alter table %I force row level security', t);
		execute format('create policy tenant_fence on %I as restrictive for all using (%s) with check (%s)', t, tenant, tenant);
		execute format('create policy scope_fence on %I as restrictive for all using (%s) with check (%s)', t, sees, makes);
		execute format('create policy keys on %I for all to passerelle_keys using (true) with check (true)', t);
	end loop;
end $$;

grant select, insert on tenant_keysets, tombstones to passerelle_keys;
grant select, insert, delete on keysets to passerelle_keys;
