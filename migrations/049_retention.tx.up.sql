-- How long an organisation keeps a dossier after it was closed, by the reason of the closing. Those decide it first who set the tenant
-- up, and its own coordination from then on.

create table retention_rules (
	tenant_id  uuid        not null,
	reason     text        not null,
	months     integer     not null,
	decided_by uuid,
	decided_at timestamptz not null,
	constraint retention_rules_pkey primary key (tenant_id, reason),
	constraint retention_rules_are_of_a_tenant foreign key (tenant_id) references tenants (tenant_id),
	constraint retention_rules_are_decided_by_a_member foreign key (tenant_id, decided_by) references members (tenant_id, member_id),
	constraint retention_rules_last_fifty_years_at_most check (months between 1 and 600),
	constraint retention_rules_know_the_reason check (reason in ('independent', 'return', 'other_service', 'contact_lost', 'not_trafficking', 'own_wish', 'death', 'moved', 'other'))
);
comment on table retention_rules is 'For how many months a dossier is kept after its accompaniment was closed, and why it was closed. Where there is no row, what we ship holds.';

do $$
declare
	staff constant text := $e$tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid and current_setting('app.scope', true) = 'staff'$e$;
	platform constant text := $e$current_setting('app.scope', true) = 'platform'$e$;
	staff_case constant text := $e$case current_setting('app.scope', true) when 'staff' then true else false end$e$;
	platform_case constant text := $e$case current_setting('app.scope', true) when 'platform' then true else false end$e$;
begin
	alter table retention_rules enable row level security;
	alter table retention_rules force row level security;
	execute format('create policy door_fence on retention_rules as restrictive for all using ((%s) or %s) with check ((%s) or %s)', staff, platform, staff, platform);
	execute format('create policy staff on retention_rules for all to passerelle_app using (%s) with check (%s)', staff_case, staff_case);
	execute format('create policy platform_reads on retention_rules for select to passerelle_platform using (%s)', platform_case);
	execute format('create policy platform_adds on retention_rules for insert to passerelle_platform with check (%s)', platform);
	execute format('create policy platform_changes on retention_rules for update to passerelle_platform using (%s) with check (%s)', platform, platform);
end $$;
grant select, insert on retention_rules to passerelle_app, passerelle_platform;
grant update (months, decided_by, decided_at) on retention_rules to passerelle_app, passerelle_platform;

-- Once a tenant is live, nobody outside it decides.
create function refuse_to_decide_what_is_live() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
	if current_user = 'passerelle_platform' and exists (select from public.tenants t where t.tenant_id = new.tenant_id and t.live_at is not null) then
		raise exception 'a live tenant decides itself' using errcode = 'check_violation', constraint = 'live_tenants_decide_what_they_keep';
	end if;
	return new;
end $$;
create trigger retention_rules_of_live_tenants_are_theirs before insert or update on retention_rules for each row execute function refuse_to_decide_what_is_live();

alter table tenants drop constraint tenants_confirm_known_steps,
	add constraint tenants_confirm_known_steps check (confirmed_steps <@ array['languages', 'protection', 'retention']);
