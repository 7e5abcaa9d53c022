-- A dossier can be limited to named members. For everybody else it is not there: whoever begins a transaction as staff is told by admit
-- which dossiers are barred to that person (app.barred), and every table that hangs on a dossier leaves them out. Whoever knows the code
-- name can open it in an emergency, for three hours, and those who are responsible see it at once.

create table restrictions (
	tenant_id     uuid        not null,
	dossier_id    uuid        not null,
	version       integer     not null default 1,
	restricted_by uuid        not null,
	restricted_at timestamptz not null,
	constraint restrictions_pkey primary key (tenant_id, dossier_id),
	constraint restrictions_are_of_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint restrictions_are_set_by_a_member foreign key (tenant_id, restricted_by) references members (tenant_id, member_id)
);
comment on table restrictions is 'Dossiers that are limited to named members.';

create table admissions (
	tenant_id  uuid not null,
	dossier_id uuid not null,
	member_id  uuid not null,
	constraint admissions_pkey primary key (tenant_id, dossier_id, member_id),
	constraint admissions_are_to_a_restricted_dossier foreign key (tenant_id, dossier_id) references restrictions (tenant_id, dossier_id) on delete cascade,
	constraint admissions_are_of_a_member foreign key (tenant_id, member_id) references members (tenant_id, member_id)
);
comment on table admissions is 'Who is named for a restricted dossier. Whoever is responsible for it always is.';

create table emergency_accesses (
	tenant_id           uuid        not null,
	emergency_access_id uuid        not null,
	dossier_id          uuid        not null,
	member_id           uuid        not null,
	code_name           text        not null,
	reason              text        not null,
	words               bytea       not null,
	opened_at           timestamptz not null default now(),
	until               timestamptz not null default now() + interval '3 hours',
	responsible_saw_at  timestamptz,
	responsible_saw_by  uuid,
	coordination_saw_at timestamptz,
	coordination_saw_by uuid,
	constraint emergency_accesses_pkey primary key (tenant_id, emergency_access_id),
	constraint emergency_accesses_are_to_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint emergency_accesses_are_of_a_member foreign key (tenant_id, member_id) references members (tenant_id, member_id),
	constraint emergency_accesses_were_seen_by_whoever_is_responsible foreign key (tenant_id, responsible_saw_by) references members (tenant_id, member_id),
	constraint emergency_accesses_were_seen_by_coordination foreign key (tenant_id, coordination_saw_by) references members (tenant_id, member_id),
	constraint emergency_accesses_last_three_hours check (until = opened_at + interval '3 hours'),
	constraint emergency_accesses_have_a_known_reason check (reason in ('danger', 'health', 'deadline', 'authority', 'absence', 'other')),
	constraint emergency_accesses_are_seen_by_somebody check ((responsible_saw_at is null) = (responsible_saw_by is null) and (coordination_saw_at is null) = (coordination_saw_by is null)),
	constraint emergency_accesses_are_seen_by_others check (responsible_saw_by <> member_id and coordination_saw_by <> member_id)
);
comment on table emergency_accesses is 'Who opened a restricted dossier without being named for it, for three hours, and why; and that those who have to look at it have.';
comment on column emergency_accesses.code_name is 'What the dossier was called then, for whoever coordinates and is not named for it.';
comment on column emergency_accesses.words is 'Sealed under the keyset of the dossier: why, in words.';
create index emergency_accesses_in_order on emergency_accesses (tenant_id, opened_at desc, emergency_access_id desc);
create index emergency_accesses_to_a_dossier on emergency_accesses (tenant_id, dossier_id, member_id, until);
create index emergency_accesses_to_look_at on emergency_accesses (tenant_id, opened_at desc) where responsible_saw_at is null or coordination_saw_at is null;

-- admit finds out, once the scope of somebody of the staff is bound, which dossiers do not exist for this person, and binds them. It is
-- asked in the same statement; since what a select lists is computed in no promised order, it refuses where it comes too early.
create function admit(tenant text, person text) returns text language plpgsql as $$
declare
	barred uuid[];
begin
	if current_setting('app.scope', true) is distinct from 'staff' or current_setting('app.tenant_id', true) is distinct from tenant or current_setting('app.barred', true) <> '' then
		raise exception 'the scope is bound first' using errcode = 'invalid_transaction_state';
	end if;
	if not exists (select from public.restrictions) then
		return set_config('app.barred', '{}', true);
	end if;
	select array_agg(r.dossier_id) into barred from public.restrictions r
	where not exists (select from public.admissions a where a.tenant_id = r.tenant_id and a.dossier_id = r.dossier_id and a.member_id = nullif(person, '')::uuid)
		and not exists (select from public.emergency_accesses e where e.tenant_id = r.tenant_id and e.dossier_id = r.dossier_id and e.member_id = nullif(person, '')::uuid and e.until > now());
	return set_config('app.barred', coalesce(barred, '{}')::text, true);
end $$;

-- barred_dossiers is how many dossiers do not exist for whoever asks: counts that are written down for the whole tenant are told without them.
create function barred_dossiers() returns integer language sql stable as $$
	select coalesce(cardinality(nullif(current_setting('app.barred', true), '')::uuid[]), 0)
$$;

-- Whoever is responsible for a restricted dossier is named for it.
create function name_whoever_is_responsible() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
	if tg_table_name = 'restrictions' then
		insert into public.admissions (tenant_id, dossier_id, member_id) select d.tenant_id, d.dossier_id, d.responsible_id from public.dossiers d
		where d.tenant_id = new.tenant_id and d.dossier_id = new.dossier_id on conflict do nothing;
	else
		insert into public.admissions (tenant_id, dossier_id, member_id) select r.tenant_id, r.dossier_id, new.responsible_id from public.restrictions r
		where r.tenant_id = new.tenant_id and r.dossier_id = new.dossier_id on conflict do nothing;
	end if;
	return null;
end $$;
create trigger restrictions_name_whoever_is_responsible after insert on restrictions for each row execute function name_whoever_is_responsible();
create trigger dossiers_name_whoever_is_responsible after update of responsible_id on dossiers for each row
	when (old.responsible_id is distinct from new.responsible_id) execute function name_whoever_is_responsible();

create function refuse_to_bar_whoever_is_responsible() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
	if exists (select from public.dossiers d join public.restrictions r on r.tenant_id = d.tenant_id and r.dossier_id = d.dossier_id
		where d.tenant_id = old.tenant_id and d.dossier_id = old.dossier_id and d.responsible_id = old.member_id) then
		raise exception 'whoever is responsible stays named' using errcode = 'check_violation', constraint = 'admissions_keep_whoever_is_responsible';
	end if;
	return null;
end $$;
create trigger admissions_keep_whoever_is_responsible after delete on admissions for each row execute function refuse_to_bar_whoever_is_responsible();

-- What is to be done for a restricted dossier is given to somebody who can see it.
create function refuse_to_give_to_whoever_is_barred() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
	if exists (select from public.restrictions r where r.tenant_id = new.tenant_id and r.dossier_id = new.dossier_id)
		and not exists (select from public.admissions a where a.tenant_id = new.tenant_id and a.dossier_id = new.dossier_id
			and a.member_id = (to_jsonb(new) ->> tg_argv[0])::uuid) then
		raise exception 'whoever is not named for it is given nothing of a restricted dossier' using errcode = 'check_violation', constraint = 'restricted_dossiers_are_worked_on_by_those_who_are_named';
	end if;
	return null;
end $$;
create trigger tasks_of_a_restricted_dossier_go_to_those_who_are_named after insert or update of assignee_id on tasks
	for each row when (new.dossier_id is not null) execute function refuse_to_give_to_whoever_is_barred('assignee_id');
create trigger appointments_of_a_restricted_dossier_go_to_those_who_are_named after insert or update of member_id on appointments
	for each row when (new.dossier_id is not null) execute function refuse_to_give_to_whoever_is_barred('member_id');

do $$
declare
	tenant constant text := $e$tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid$e$;
	own constant text := $e$member_id = nullif(current_setting('app.person_id', true), '')::uuid$e$;
	either constant text := $e$case current_setting('app.scope', true) when 'staff' then true when 'admittance' then true else false end$e$;
	unbound constant text := $e$case when nullif(current_setting('app.barred', true), '') is null then true else %s end$e$;
	staff constant text := $e$case current_setting('app.scope', true) when 'staff' then true else false end$e$;
	admittance constant text := $e$case current_setting('app.scope', true) when 'admittance' then true else false end$e$;
	-- Where nothing was bound, no dossier shows.
	admission constant text := $e$(%s = any (nullif(current_setting('app.barred', true), '')::uuid[])) is false$e$;
	hanging name;
	dossier text;
begin
	foreach hanging in array array['restrictions', 'admissions', 'emergency_accesses'] loop
		execute format('alter table %I enable row level security', hanging);
		execute format('alter table %I force row level security', hanging);
		execute format('create policy tenant_fence on %I as restrictive for all using (%s) with check (%s)', hanging, tenant, tenant);
		execute format('create policy scope_fence on %1$I as restrictive for all using (%2$s) with check (%2$s)', hanging, case hanging when 'restrictions' then either else staff end);
	end loop;
	execute format('create policy admittance_reads on restrictions for select to passerelle_app using (%s)', admittance);
	execute format('create policy staff on restrictions for all to passerelle_app using (%s) with check (%s)', staff, staff);
	execute format('create policy staff on admissions for all to passerelle_app using (%s) with check (%s)', staff, staff);
	execute format('create policy staff_reads on emergency_accesses for select to passerelle_app using (%s)', staff);
	execute format('create policy staff_opens on emergency_accesses for insert to passerelle_app with check ((%s) and %s)', staff, own);
	execute format('create policy staff_looks on emergency_accesses for update to passerelle_app using (%s) with check (%s)', staff, staff);
	execute 'create policy rotation on emergency_accesses for all to passerelle_rotation using (true) with check (true)';

	-- A code name that is typed in full says that something is there; nothing else of the dossier does.
	drop policy scope_fence on dossiers;
	execute format('create policy scope_fence on dossiers as restrictive for all using (%1$s) with check (%1$s)',
		$e$case current_setting('app.scope', true) when 'staff' then true when 'clock' then true when 'admittance' then true else false end$e$);
	execute format('create policy admittance_reads on dossiers for select to passerelle_app using (%s)', admittance);

	-- Beds are taken whoever lies in them, the journal tells what was done, and alerts and decoys are for those who look into them.
	for hanging, dossier in select c.relname, case when a.attnotnull then 'dossier_id' else 'coalesce(dossier_id, tenant_id)' end from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'dossier_id' and not a.attisdropped
		where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
			and c.relname not in ('restrictions', 'admissions', 'emergency_accesses', 'dossiers', 'housing_stays', 'bed_holds', 'journal_entries', 'alerts', 'decoys')
		order by c.relname
	loop
		execute format('create policy admission_fence on %1$I as restrictive for all using (%2$s) with check (%2$s)', hanging, format(admission, dossier));
	end loop;
	execute format('create policy admission_fence on dossiers as restrictive for all using (%1$s) with check (%1$s)',
		format($e$case current_setting('app.scope', true) when 'admittance' then true else %s end$e$, format(admission, 'dossier_id')));
	-- Until it is bound who is barred, it can be read who is.
	foreach hanging in array array['restrictions', 'admissions'] loop
		execute format('create policy admission_fence on %1$I as restrictive for all using (%2$s) with check (%2$s)', hanging, format(unbound, format(admission, 'dossier_id')));
	end loop;
end $$;

grant select, insert, delete on restrictions, admissions to passerelle_app;
grant update (version) on restrictions to passerelle_app;
grant execute on function admit(text, text), barred_dossiers() to passerelle_app;
grant select on emergency_accesses to passerelle_app;
grant insert (tenant_id, emergency_access_id, dossier_id, member_id, code_name, reason, words) on emergency_accesses to passerelle_app;
grant update (responsible_saw_at, responsible_saw_by, coordination_saw_at, coordination_saw_by) on emergency_accesses to passerelle_app;
grant select (tenant_id, emergency_access_id, dossier_id, words), update (words) on emergency_accesses to passerelle_rotation;

-- An inbox is read off its indexes alone: they hold what the fences compare.
drop index referrals_new, referrals_in_progress, referrals_settled;
create index referrals_new on referrals (tenant_id, office_id, (case urgency when 'urgent' then 0 when 'soon' then 1 else 2 end),
	(case when answer_by is null then 'infinity'::date else answer_by end), sent_at, referral_id)
	include (visible_until, revoked_at, reference, service, urgency, answer_by, state, taken_by_name, answered_at, closed_at, office_news_at, dossier_id)
	where state = 'sent';
create index referrals_in_progress on referrals (tenant_id, office_id, (case urgency when 'urgent' then 0 when 'soon' then 1 else 2 end),
	(case when answer_by is null then 'infinity'::date else answer_by end), sent_at, referral_id)
	include (visible_until, revoked_at, reference, service, urgency, answer_by, state, taken_by_name, answered_at, closed_at, office_news_at, dossier_id)
	where state in ('taken', 'accepted');
create index referrals_settled on referrals (tenant_id, office_id, (case when closed_at is null then answered_at else closed_at end) desc, referral_id desc)
	include (visible_until, revoked_at, reference, service, urgency, answer_by, state, taken_by_name, answered_at, closed_at, sent_at, office_news_at, dossier_id)
	where state in ('declined', 'closed');
