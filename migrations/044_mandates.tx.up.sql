-- Those who run the installation act for a tenant that is live only when it has let them: for a purpose, for what they asked and
-- nothing else, for hours. What they may do then, they may do in the registry alone; no dossier comes any nearer.

create table mandates (
	tenant_id   uuid        not null,
	mandate_id  uuid        not null,
	asked_by    uuid        not null,
	asked_name  text        not null,
	purpose     text        not null,
	acts        text[]      not null,
	hours       integer     not null,
	asked_at    timestamptz not null,
	approved_by uuid,
	approved_at timestamptz,
	ends_at     timestamptz,
	refused_by  uuid,
	refused_at  timestamptz,
	-- Ended by one who administers the tenant, or, where nobody is named, by who asked.
	ended_by    uuid,
	ended_at    timestamptz,
	constraint mandates_pkey primary key (tenant_id, mandate_id),
	constraint mandates_are_given_by_a_tenant foreign key (tenant_id) references tenants (tenant_id),
	constraint mandates_are_approved_by_a_member foreign key (tenant_id, approved_by) references members (tenant_id, member_id),
	constraint mandates_are_refused_by_a_member foreign key (tenant_id, refused_by) references members (tenant_id, member_id),
	constraint mandates_are_ended_by_a_member foreign key (tenant_id, ended_by) references members (tenant_id, member_id),
	constraint mandates_say_what_for check (length(btrim(purpose)) between 1 and 500),
	constraint mandates_name_acts check (cardinality(acts) > 0 and acts <@ array['administrator', 'registry']),
	constraint mandates_last_a_day_at_most check (hours between 1 and 24),
	constraint mandates_are_answered_within_a_week check (approved_at <= asked_at + interval '168 hours'),
	constraint mandates_are_approved_by_somebody check ((approved_at is null) = (approved_by is null)),
	constraint mandates_last_as_long_as_was_asked check ((approved_at is null) = (ends_at is null) and ends_at = approved_at + make_interval(hours => hours)),
	constraint mandates_are_refused_by_somebody check ((refused_at is null) = (refused_by is null)),
	constraint mandates_are_approved_or_refused check (approved_at is null or refused_at is null)
);
create index mandates_by_time on mandates (tenant_id, asked_at desc, mandate_id);
comment on table mandates is 'That those who run the installation may do certain things for a tenant, which one of its administrators has allowed until a moment, and can end before.';

create table mandate_acts (
	tenant_id  uuid        not null,
	act_id     uuid        not null,
	mandate_id uuid        not null,
	act        text        not null,
	by_name    text        not null,
	about      text        not null,
	at         timestamptz not null,
	constraint mandate_acts_pkey primary key (tenant_id, act_id),
	constraint mandate_acts_are_within_a_mandate foreign key (tenant_id, mandate_id) references mandates (tenant_id, mandate_id)
);
create index mandate_acts_of_a_mandate on mandate_acts (tenant_id, mandate_id, at);
comment on table mandate_acts is 'What was done for a tenant within a mandate. Only added to; the journal has an entry of each.';
create trigger mandate_acts_stay before update or delete on mandate_acts for each row execute function refuse_to_change_the_journal();
create trigger mandate_acts_stay_all before truncate on mandate_acts for each statement execute function refuse_to_change_the_journal();

-- An answer is given once, and what has ended stays ended.
create function refuse_to_answer_again() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
	if old.ended_at is not null or old.refused_at is not null
		or old.approved_at is not null and (new.approved_by, new.approved_at, new.ends_at, new.refused_at) is distinct from (old.approved_by, old.approved_at, old.ends_at, old.refused_at) then
		raise exception 'a mandate is answered once, and ends once' using errcode = 'check_violation', constraint = 'mandates_are_answered_once';
	end if;
	return new;
end $$;
create trigger mandates_stay_answered before update on mandates for each row execute function refuse_to_answer_again();

-- As the role of those who run the installation, what belongs to a live tenant needs a mandate that goes on at this moment. A new
-- way in needs more than that, and is never made so: it would let people in at once.
create function refuse_without_a_mandate() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
	if current_user = 'passerelle_platform' and exists (select from public.tenants t where t.tenant_id = new.tenant_id and t.live_at is not null)
		and not exists (select from public.mandates m where m.tenant_id = new.tenant_id and tg_argv[0] = any (m.acts)
			and m.approved_at is not null and m.ended_at is null and m.ends_at > now()) then
		raise exception 'a live tenant has given no mandate for this' using errcode = 'check_violation', constraint = 'live_tenants_give_a_mandate_first';
	end if;
	return new;
end $$;
create trigger members_of_a_live_tenant_need_a_mandate before insert on members for each row execute function refuse_without_a_mandate('administrator');
create trigger codes_of_a_live_tenant_need_a_mandate before insert on admin_codes for each row execute function refuse_without_a_mandate('administrator');
create trigger connections_of_a_live_tenant_are_its_own before insert on connections for each row execute function refuse_without_a_mandate('never');
create trigger live_tenants_are_corrected_by_mandate before update of name, languages, regime on tenants for each row execute function refuse_without_a_mandate('registry');

create function refuse_acts_beyond_a_mandate() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
	if not exists (select from public.mandates m where m.tenant_id = new.tenant_id and m.mandate_id = new.mandate_id and new.act = any (m.acts)
		and m.approved_at is not null and m.ended_at is null and m.ends_at > now()) then
		raise exception 'this is beyond the mandate' using errcode = 'check_violation', constraint = 'mandate_acts_stay_within_it';
	end if;
	return new;
end $$;
create trigger mandate_acts_stay_within_it after insert on mandate_acts for each row execute function refuse_acts_beyond_a_mandate();

do $$
declare
	administered constant text := $e$(tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid and current_setting('app.scope', true) = 'admin') or current_setting('app.scope', true) = 'platform'$e$;
	fence text;
	admin_case constant text := $e$case current_setting('app.scope', true) when 'admin' then true else false end$e$;
	platform_case constant text := $e$case current_setting('app.scope', true) when 'platform' then true else false end$e$;
	table_name text;
begin
	foreach table_name in array array['mandates', 'mandate_acts'] loop
		-- At the door it is seen that one waits for an answer, so that those who can give it are told.
		fence := case table_name when 'mandates' then $e$current_setting('app.scope', true) = 'signin' or $e$ else '' end || administered;
		execute format('alter table %I enable row level security', table_name);
		execute format('alter table %I force row level security', table_name);
		execute format('create policy door_fence on %I as restrictive for all using (%s) with check (%s)', table_name, fence, fence);
		execute format('create policy admin on %I for select to passerelle_app using (%s)', table_name, admin_case);
		execute format('create policy platform_reads on %I for select to passerelle_platform using (%s)', table_name, platform_case);
		execute format('create policy platform_adds on %I for insert to passerelle_platform with check (current_setting(''app.scope'', true) = ''platform'')', table_name);
	end loop;
end $$;
create policy door on mandates for select to passerelle_app using (case current_setting('app.scope', true) when 'signin' then true else false end);
create policy admin_answers on mandates for update to passerelle_app
	using (current_setting('app.scope', true) = 'admin')
	with check (nullif(current_setting('app.person_id', true), '')::uuid in (approved_by, refused_by, ended_by));
create policy platform_ends on mandates for update to passerelle_platform
	using (current_setting('app.scope', true) = 'platform') with check (ended_at is not null and ended_by is null);

grant select on mandates, mandate_acts to passerelle_app;
grant update (approved_by, approved_at, ends_at, refused_by, refused_at, ended_by, ended_at) on mandates to passerelle_app;
grant select on mandates, mandate_acts to passerelle_platform;
grant insert (tenant_id, mandate_id, asked_by, asked_name, purpose, acts, hours, asked_at) on mandates to passerelle_platform;
grant update (ended_at) on mandates to passerelle_platform;
grant insert on mandate_acts to passerelle_platform;
grant update (name, languages, regime) on tenants to passerelle_platform;
