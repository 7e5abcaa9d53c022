-- A tenant can leave: everything of it is written into an archive for the key that it has given, and brought in by another
-- installation; here, after a waiting period that the database itself keeps, it is deleted. A role of its own does these three
-- things by command, steps over row-level security for them, and changes nothing. The application never connects as it.

create table handover_keys (
	tenant_id    uuid        not null,
	recipient    text        not null,
	version      integer     not null,
	written_by   uuid        not null,
	written_at   timestamptz not null,
	confirmed_by uuid,
	confirmed_at timestamptz,
	constraint handover_keys_pkey primary key (tenant_id),
	constraint handover_keys_belong_to_a_tenant foreign key (tenant_id) references tenants (tenant_id),
	constraint handover_keys_are_written_by_a_member foreign key (tenant_id, written_by) references members (tenant_id, member_id),
	constraint handover_keys_are_confirmed_by_a_member foreign key (tenant_id, confirmed_by) references members (tenant_id, member_id),
	-- Who administers a tenant reads none of its dossiers, and gets them in no other way either.
	constraint handover_keys_take_two check (confirmed_by <> written_by),
	constraint handover_keys_are_confirmed_at_a_moment check ((confirmed_by is null) = (confirmed_at is null)),
	constraint handover_keys_are_for_age check (recipient ~ '^age1[02-9ac-hj-np-z]{58}$')
);
comment on table handover_keys is 'The public key for which an archive of everything is encrypted: given by one who administers the tenant, and confirmed by another. The tenant has the other half, and nobody else.';

create table tenant_removals (
	tenant_id    uuid        not null,
	planned_at   timestamptz not null default now(),
	due_at       timestamptz not null,
	reason       text        not null,
	withdrawn_at timestamptz,
	constraint tenant_removals_pkey primary key (tenant_id, planned_at),
	constraint tenant_removals_are_of_a_tenant foreign key (tenant_id) references tenants (tenant_id),
	constraint tenant_removals_wait_for_thirty_days check (due_at >= planned_at + interval '30 days'),
	constraint tenant_removals_have_a_reason check (reason in ('asked', 'agreement', 'abandoned'))
);
create unique index tenant_removals_are_planned_once on tenant_removals (tenant_id) where withdrawn_at is null;
comment on table tenant_removals is 'That everything of a tenant is to be deleted, from when on, and whether that was taken back.';

do $$
declare
	tenant constant text := $e$tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid$e$;
	administered constant text := $e$tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid and current_setting('app.scope', true) = 'admin'$e$;
	platform constant text := $e$current_setting('app.scope', true) = 'platform'$e$;
	admin_case constant text := $e$case current_setting('app.scope', true) when 'admin' then true else false end$e$;
	platform_case constant text := $e$case current_setting('app.scope', true) when 'platform' then true else false end$e$;
	t text;
begin
	foreach t in array array['handover_keys', 'tenant_removals'] loop
		execute format('alter table %I enable row level security', t);
		execute format('alter table %I force row level security', t);
	end loop;
	execute format('create policy tenant_fence on handover_keys as restrictive for all using (%s) with check (%s)', tenant, tenant);
	execute format('create policy scope_fence on handover_keys as restrictive for all using (%s) with check (%s)', admin_case, admin_case);
	execute format('create policy admin on handover_keys for all to passerelle_app using (%s) with check (%s)', admin_case,
		$e$current_setting('app.scope', true) = 'admin' and nullif(current_setting('app.person_id', true), '')::uuid = coalesce(confirmed_by, written_by)$e$);
	execute format('create policy door_fence on tenant_removals as restrictive for all using ((%s) or %s) with check ((%s) or %s)', administered, platform, administered, platform);
	execute format('create policy admin on tenant_removals for select to passerelle_app using (%s)', admin_case);
	execute format('create policy platform_reads on tenant_removals for select to passerelle_platform using (%s)', platform_case);
	execute format('create policy platform_adds on tenant_removals for insert to passerelle_platform with check (%s)', platform);
	execute format('create policy platform_withdraws on tenant_removals for update to passerelle_platform using (%s and withdrawn_at is null) with check (%s)', platform, platform);
end $$;
grant select, insert on handover_keys to passerelle_app;
grant update (recipient, version, written_by, written_at, confirmed_by, confirmed_at) on handover_keys to passerelle_app;
grant select on tenant_removals to passerelle_app;
-- When it was planned, the database says.
grant select on tenant_removals to passerelle_platform;
grant insert (tenant_id, due_at, reason) on tenant_removals to passerelle_platform;
grant update (withdrawn_at) on tenant_removals to passerelle_platform;

-- The journal of a tenant goes with the tenant, and in no other way: row by row, by the role that deletes tenants, once the waiting
-- period is over.
create or replace function refuse_to_change_the_journal() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
	if tg_op = 'DELETE' and current_user = 'passerelle_transfer' then
		if exists (select from public.tenant_removals r where r.tenant_id = old.tenant_id and r.withdrawn_at is null and r.due_at <= now()) then
			return old;
		end if;
	end if;
	raise exception 'the journal is only added to' using errcode = 'insufficient_privilege';
end $$;

-- Which rows of a table, called r, are a tenant's ($1). What is known at the door alone belongs to a connection, and people come
-- through connections that several tenants share as well.
create function rows_of_a_tenant(t text) returns text language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
	own constant text := 'exists (select from public.connections c where c.connection_id = r.connection_id and c.tenant_id = $1)';
	place text;
	places text := own;
begin
	case
	when t = 'identities' then
		foreach place in array array['members', 'office_members', 'applications', 'invitations'] loop
			places := places || format(' or exists (select from public.%I p where p.tenant_id = $1 and p.identity_id = r.identity_id)', place);
		end loop;
		return '(' || places || ')';
	when t in ('connection_secrets', 'signin_attempts', 'logout_tokens') then
		return own;
	when exists (select from pg_attribute where attrelid = format('public.%I', t)::regclass and attname = 'tenant_id') then
		return 'r.tenant_id = $1';
	else
		raise exception 'nothing says which rows of % are a tenant''s', t;
	end case;
end $$;

-- The columns of a table that are written, by their order; what is generated follows from them.
create function written_columns(t text) returns text[] language sql stable set search_path = pg_catalog, pg_temp as $$
	select array_agg(attname::text order by attnum) from pg_attribute
	where attrelid = format('public.%I', t)::regclass and attnum > 0 and not attisdropped and attgenerated = ''
$$;

-- Whatever a tenant has in a table, in the order of its key.
create function tenant_rows(t text, of_tenant uuid) returns setof jsonb language plpgsql stable set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
	columns text;
	key text;
begin
	select string_agg(format('%L, r.%I', c, c), ', ') into columns from unnest(public.written_columns(t)) c;
	select string_agg(format('r.%I', a.attname), ', ' order by k.n) into key
		from pg_index i, unnest(i.indkey) with ordinality as k (attnum, n), pg_attribute a
		where i.indrelid = format('public.%I', t)::regclass and i.indisprimary and a.attrelid = i.indrelid and a.attnum = k.attnum;
	return query execute format('select jsonb_build_object(%s) from public.%I r where %s order by %s', columns, t, public.rows_of_a_tenant(t), key) using of_tenant;
end $$;

-- Brings rows in, all of them a tenant's: of every column something, and nothing else.
create function bring_tenant_rows(t text, of_tenant uuid, brought jsonb) returns bigint language plpgsql set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
	columns constant text[] := public.written_columns(t);
	names text;
	n bigint;
begin
	if exists (select from jsonb_array_elements(brought) e where not e ?& columns or (select count(*) from jsonb_object_keys(e)) <> cardinality(columns)) then
		raise exception 'a row of % has other columns', t using errcode = 'check_violation', constraint = 'brought_rows_have_all_columns';
	end if;
	if 'tenant_id' = any (columns) and exists (select from jsonb_array_elements(brought) e where (e->>'tenant_id')::uuid is distinct from of_tenant)
		or t = 'connection_secrets' and exists (select from jsonb_array_elements(brought) e where not exists (
			select from public.connections c where c.connection_id = (e->>'connection_id')::uuid and c.tenant_id = of_tenant))
		or t = 'identities' and exists (select from jsonb_array_elements(brought) e where not exists (
			select from public.connections c where c.connection_id = (e->>'connection_id')::uuid and (c.tenant_id = of_tenant or c.tenant_id is null))) then
		raise exception 'a row of % is another tenant''s', t using errcode = 'check_violation', constraint = 'brought_rows_are_of_their_tenant';
	end if;
	-- What is brought has been counted and turned already, and comes table by table: whether its references lead somewhere is asked of
	-- all of it, at the end.
	perform set_config('session_replication_role', 'replica', true);
	select string_agg(quote_ident(c), ', ') into names from unnest(columns) c;
	execute format('insert into public.%I (%s) select %s from jsonb_populate_recordset(null::public.%I, $1)', t, names, names, t) using brought;
	get diagnostics n = row_count;
	return n;
end $$;

-- Deletes whatever a tenant has in a table. Whom another tenant knows as well stays known.
create function remove_tenant_rows(t text, of_tenant uuid) returns bigint language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
	place text;
	which text := public.rows_of_a_tenant(t);
	n bigint;
begin
	if t = 'identities' then
		foreach place in array array['members', 'office_members', 'applications', 'invitations', 'passkeys'] loop
			which := which || format(' and not exists (select from public.%I p where p.tenant_id <> $1 and p.identity_id = r.identity_id)', place);
		end loop;
	elsif t = 'sessions' then
		which := which || ' or not exists (select from public.identities i where i.identity_id = r.identity_id)';
	end if;
	perform set_config('session_replication_role', 'replica', true);
	execute format('delete from public.%I r where %s', t, which) using of_tenant;
	get diagnostics n = row_count;
	return n;
end $$;

-- The references of a tenant's rows, and of those that are nobody's, that lead nowhere: where rows come and go in bulk, the database
-- does not look at each of them.
create function broken_references(of_tenant uuid) returns setof text language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
	k record;
	broken boolean;
begin
	for k in
		select c.conname, c.conrelid::regclass as here, c.confrelid::regclass as there,
			(select string_agg(format('r.%I is not null', a.attname), ' and ') from unnest(c.conkey) n join pg_attribute a on a.attrelid = c.conrelid and a.attnum = n) as filled,
			(select string_agg(format('r.%I = p.%I', a.attname, b.attname), ' and ') from unnest(c.conkey, c.confkey) as n (here, there)
				join pg_attribute a on a.attrelid = c.conrelid and a.attnum = n.here join pg_attribute b on b.attrelid = c.confrelid and b.attnum = n.there) as meets,
			case when exists (select from pg_attribute a where a.attrelid = c.conrelid and a.attname = 'tenant_id') then '(r.tenant_id = $1 or r.tenant_id is null)' else 'true' end as whose
		from pg_constraint c where c.contype = 'f' and c.connamespace = 'public'::regnamespace
	loop
		execute format('select exists (select from %s r where %s and %s and not exists (select from %s p where %s))', k.here, k.whose, k.filled, k.there, k.meets)
			into broken using of_tenant;
		if broken then
			return next k.conname;
		end if;
	end loop;
end $$;

-- What is planned for a tenant, by identifiers alone.
create function tenant_jobs(of_tenant uuid) returns table (kind text, args jsonb, scheduled_at timestamptz) language sql stable set search_path = pg_catalog, pg_temp as $$
	select j.kind, j.args, j.scheduled_at from jobs.river_job j
	where j.args->>'tenant' = of_tenant::text and j.state in ('available', 'scheduled', 'retryable', 'pending', 'running') order by j.id
$$;
create function remove_tenant_jobs(of_tenant uuid) returns bigint language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
	n bigint;
begin
	delete from jobs.river_job j where j.args->>'tenant' = of_tenant::text;
	get diagnostics n = row_count;
	return n;
end $$;

grant execute on function rows_of_a_tenant(text), written_columns(text), tenant_rows(text, uuid), bring_tenant_rows(text, uuid, jsonb),
	remove_tenant_rows(text, uuid), broken_references(uuid), tenant_jobs(uuid), remove_tenant_jobs(uuid) to passerelle_transfer;
grant select, insert, delete on all tables in schema public to passerelle_transfer;
alter default privileges in schema public grant select, insert, delete on tables to passerelle_transfer;
grant usage on schema jobs to passerelle_transfer;
grant select, insert, delete on jobs.river_job to passerelle_transfer;
-- Its own way of finding that a job is planned already.
grant update (kind) on jobs.river_job to passerelle_transfer;
grant usage on sequence jobs.river_job_id_seq to passerelle_transfer;
grant execute on function jobs.river_job_state_in_bitmask(bit, jobs.river_job_state) to passerelle_transfer;
-- What was done by command stands with what was done at the console.
grant usage on schema console to passerelle_transfer;
grant insert (act_id, operator_id, about_id, tenant_id, action, reason) on console.acts to passerelle_transfer;
