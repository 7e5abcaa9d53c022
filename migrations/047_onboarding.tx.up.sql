-- A tenant is set up step by step while it is prepared, and can be left and gone on with: what has been done is what stands here.
-- Once it is live, none of this is changed from outside.

alter table tenants
	add column confirmed_steps text[]      not null default '{}',
	add column blueprint_hash  text        not null default '',
	add column blueprint_at    timestamptz,
	add constraint tenants_confirm_known_steps check (confirmed_steps <@ array['languages', 'protection']),
	add constraint tenants_name_a_blueprint_by_its_hash check (blueprint_hash ~ '^([0-9a-f]{64})?$'),
	add constraint tenants_accept_a_blueprint_at_a_moment check ((blueprint_hash = '') = (blueprint_at is null));
comment on column tenants.confirmed_steps is 'What somebody has looked at that follows from the canton unless something else is said.';
comment on column tenants.blueprint_hash is 'Which blueprint was accepted: the SHA-256 of what it is read from. When that changes, somebody looks again.';

-- Whether a secret is kept can be asked by those who may not read one.
alter table connections add column has_secret boolean not null generated always as (client_secret <> '' or secret_id is not null) stored;

-- Whom a code is handed to, as those wrote it down who hand it over: of the members of a tenant they read no name.
alter table admin_codes
	add column name text not null default '',
	add constraint admin_codes_have_short_names check (length(name) <= 100);

create function refuse_to_set_up_what_is_live() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
	if current_user = 'passerelle_platform' then
		if exists (select from public.tenants t where t.tenant_id = old.tenant_id and t.live_at is not null) then
			raise exception 'a tenant is set up before it is live' using errcode = 'check_violation', constraint = 'tenants_are_set_up_before_they_are_live';
		end if;
	end if;
	return new;
end $$;
create trigger tenants_are_set_up_before_they_are_live before update of canton, confirmed_steps, blueprint_hash, blueprint_at on tenants
	for each row execute function refuse_to_set_up_what_is_live();
create trigger connections_are_set_up_before_the_tenant_is_live before update on connections
	for each row execute function refuse_to_set_up_what_is_live();
create trigger admin_codes_are_renewed_before_the_tenant_is_live before update on admin_codes
	for each row execute function refuse_to_set_up_what_is_live();

create policy platform_changes on connections for update to passerelle_platform
	using (current_setting('app.scope', true) = 'platform' and tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
	with check (current_setting('app.scope', true) = 'platform' and tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create policy platform_reads on admin_codes for select to passerelle_platform
	using (case current_setting('app.scope', true) when 'platform' then true else false end);
create policy platform_renews on admin_codes for update to passerelle_platform
	using (current_setting('app.scope', true) = 'platform' and used_at is null and tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
	with check (current_setting('app.scope', true) = 'platform' and used_at is null and tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

grant select (confirmed_steps, blueprint_hash, blueprint_at) on tenants to passerelle_platform;
grant update (name, canton, languages, regime, confirmed_steps, blueprint_hash, blueprint_at) on tenants to passerelle_platform;
grant select (name, client_id, scopes, email_domains, has_secret) on connections to passerelle_platform;
grant insert (scopes) on connections to passerelle_platform;
grant update (name, issuer, client_id, client_secret, scopes, email_domains) on connections to passerelle_platform;
grant select (tenant_id, member_id, name, expires_at, used_at) on admin_codes to passerelle_platform;
grant insert (name) on admin_codes to passerelle_platform;
grant update (code_hash, expires_at) on admin_codes to passerelle_platform;
