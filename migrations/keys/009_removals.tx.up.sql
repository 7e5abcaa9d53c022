-- All keysets that seal or sign for a tenant are destroyed when it has left, in a scope in which nothing else is done. Its own then
-- wraps nothing. What stays is a certificate, signed with the key that signed the tenant's journal and was destroyed after it.

create table removals (
	tenant_id   uuid        not null,
	slug        text        not null,
	keysets     integer     not null,
	complete_on date        not null,
	note        text        not null,
	removed_at  timestamptz not null default now(),
	constraint removals_pkey primary key (tenant_id)
);
comment on table removals is 'Which tenants have left, when their keys were destroyed, and the certificate of it.';

create function refuse_to_change_a_removal() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
	raise exception 'a certificate stays as it is' using errcode = 'check_violation', constraint = 'removals_stay';
end $$;
create trigger removals_stay before update or delete on removals for each row execute function refuse_to_change_a_removal();

alter table removals enable row level security;
alter table removals force row level security;
create policy tenant_fence on removals as restrictive for all
	using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
	with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create policy scope_fence on removals as restrictive for all
	using (current_setting('app.scope', true) = 'removal') with check (current_setting('app.scope', true) = 'removal');
create policy keys on removals for all to passerelle_keys using (true) with check (true);
grant select, insert on removals to passerelle_keys;

do $$
declare
	fence record;
	removal constant text := $sql$current_setting('app.scope', true) = 'removal'$sql$;
begin
	for fence in
		select polrelid::regclass::text as name, pg_get_expr(polqual, polrelid) as sees, pg_get_expr(polwithcheck, polrelid) as makes from pg_policy
		where polname = 'scope_fence' and polrelid in ('keysets'::regclass, 'tombstones'::regclass)
	loop
		execute format('alter policy scope_fence on %I using (%s or %s) with check (%s)', fence.name, removal, fence.sees,
			case fence.name when 'tombstones' then removal || ' or ' || fence.makes else fence.makes end);
	end loop;
end $$;
