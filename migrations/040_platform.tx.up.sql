-- Tenants are made, suspended and resumed by those who run the installation, with a role and a scope of their own: they see who
-- the tenants are, how people sign in there and who administers them, and not one row of anything else.

alter table tenants
	add column languages     text[]      not null default '{}',
	add column regime        text        not null default 'cantonal',
	-- Whoever is here already has gone live; from now on a tenant is prepared first.
	add column live_at       timestamptz default now(),
	add column suspended_at  timestamptz,
	add column suspended_for text        not null default '',
	add column resumed_at    timestamptz,
	add constraint tenants_speak_languages_of_pages check (languages <@ array['fr', 'de', 'it', 'en']),
	add constraint tenants_are_under_one_law check (regime in ('cantonal', 'federal')),
	add constraint tenants_are_suspended_for_a_reason check ((suspended_at is null) = (suspended_for = '')),
	add constraint tenants_are_suspended_for_a_known_reason check (suspended_for in ('', 'asked', 'agreement', 'incident'));
alter table tenants alter column live_at drop default;
comment on column tenants.languages is 'In which of its languages a tenant works; none named are those of its canton.';
comment on column tenants.live_at is 'Since when its people may come in; before, those who administer it alone.';
comment on column tenants.resumed_at is 'Sessions from before are over.';

-- A first administrator whose subject nobody knows yet is expected by a code.
alter table members alter column expected_subject drop not null;

create table admin_codes (
	tenant_id  uuid        not null,
	member_id  uuid        not null,
	code_hash  bytea       not null,
	expires_at timestamptz not null,
	used_at    timestamptz,
	constraint admin_codes_pkey primary key (tenant_id, member_id),
	constraint admin_codes_are_unlike unique (tenant_id, code_hash),
	constraint admin_codes_are_for_a_member foreign key (tenant_id, member_id) references members (tenant_id, member_id)
);
comment on table admin_codes is 'By which code, used once and handed over outside, a first administrator of a tenant is bound. Only the SHA-256 is kept.';
alter table admin_codes enable row level security;
alter table admin_codes force row level security;

do $$
declare
	platform constant text := $e$current_setting('app.scope', true) = 'platform'$e$;
	fence text;
	widened record;
begin
	create policy door_fence on admin_codes as restrictive for all
		using (current_setting('app.scope', true) = 'signin' or current_setting('app.scope', true) = 'platform')
		with check (current_setting('app.scope', true) = 'signin' or current_setting('app.scope', true) = 'platform');
	for widened in select * from (values
		('tenants', 'door_fence', platform),
		('connections', 'door_fence', platform || $e$ and kind = 'staff'$e$),
		('members', 'door_fence', platform || $e$ and role = 'admin'$e$),
		('journal_entries', 'scope_fence', platform || $e$ and role = 'platform' and dossier_id is null$e$)
	) as fences (table_name, name, expression) loop
		select pg_get_expr(polqual, polrelid) into strict fence from pg_policy where polrelid = widened.table_name::regclass and polname = widened.name;
		fence := format('%s or (%s)', fence, widened.expression);
		execute format('alter policy %I on %I using (%s) with check (%s)', widened.name, widened.table_name, fence, fence);
	end loop;
	-- What was done with a tenant is told to those who administer it.
	select replace(pg_get_expr(polqual, polrelid), $e$(role = 'admin'::text)$e$, $e$(role = any (array['admin'::text, 'platform'::text]))$e$) into strict fence
		from pg_policy where polrelid = 'journal_entries'::regclass and polname = 'scope_fence';
	execute format('alter policy scope_fence on journal_entries using (%s) with check (%s)', fence, fence);
end $$;

create policy door on admin_codes for all to passerelle_app
	using (current_setting('app.scope', true) = 'signin') with check (current_setting('app.scope', true) = 'signin');
create policy platform_adds on admin_codes for insert to passerelle_platform with check (current_setting('app.scope', true) = 'platform');
create policy platform on tenants for all to passerelle_platform
	using (case current_setting('app.scope', true) when 'platform' then true else false end)
	with check (case current_setting('app.scope', true) when 'platform' then true else false end);
create policy platform_reads on connections for select to passerelle_platform
	using (case current_setting('app.scope', true) when 'platform' then true else false end);
create policy platform_adds on connections for insert to passerelle_platform with check (current_setting('app.scope', true) = 'platform');
create policy platform_reads on members for select to passerelle_platform
	using (case current_setting('app.scope', true) when 'platform' then true else false end);
create policy platform_adds on members for insert to passerelle_platform with check (current_setting('app.scope', true) = 'platform');
create policy platform_writes on journal_entries for insert to passerelle_platform with check (current_setting('app.scope', true) = 'platform');

grant select on admin_codes to passerelle_app;
grant update (used_at) on admin_codes to passerelle_app;
grant select (tenant_id, slug, name, canton, languages, regime, created_at, live_at, suspended_at, suspended_for, resumed_at) on tenants to passerelle_platform;
grant insert (tenant_id, slug, name, canton, languages, regime) on tenants to passerelle_platform;
grant update (live_at, suspended_at, suspended_for, resumed_at) on tenants to passerelle_platform;
grant select (connection_id, tenant_id, slug, kind, issuer) on connections to passerelle_platform;
grant insert (connection_id, tenant_id, slug, name, kind, issuer, client_id, client_secret, email_domains) on connections to passerelle_platform;
grant select (tenant_id, member_id, role, identity_id, ended_at) on members to passerelle_platform;
grant insert (tenant_id, member_id, name, email, role, connection_id, expected_subject) on members to passerelle_platform;
grant insert (tenant_id, member_id, code_hash, expires_at) on admin_codes to passerelle_platform;
grant insert (tenant_id, entry_id, person_id, role, action, reason) on journal_entries to passerelle_platform;
