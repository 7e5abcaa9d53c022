-- Files that leave the house. Who asks for one says why; where it would tell of many people, somebody else has to grant it. The file is made
-- when it is taken, once, by whoever asked, within a day, and is kept nowhere.

create table exports (
	tenant_id   uuid        not null,
	export_id   uuid        not null,
	subject     text        not null,
	format      text        not null,
	reason      text        not null,
	people      integer     not null,
	asked_by    uuid        not null,
	asked_at    timestamptz not null,
	expires_at  timestamptz not null,
	answered_by uuid,
	answered_at timestamptz,
	granted     boolean     not null default false,
	taken_at    timestamptz,
	constraint exports_pkey primary key (tenant_id, export_id),
	constraint exports_are_asked_for_by_a_member foreign key (tenant_id, asked_by) references members (tenant_id, member_id),
	constraint exports_are_answered_by_a_member foreign key (tenant_id, answered_by) references members (tenant_id, member_id),
	constraint exports_name_codes_alone check (subject ~ '^[a-z]{1,20}$' and format in ('csv', 'xlsx', 'pdf') and reason ~ '^[a-z_]{1,40}$'),
	constraint exports_tell_of_somebody check (people > 0),
	constraint exports_last_a_day check (expires_at <= asked_at + interval '24 hours'),
	constraint exports_take_two check (answered_by <> asked_by),
	constraint exports_are_answered_at_a_moment check ((answered_by is null) = (answered_at is null) and (answered_at is not null or not granted)),
	constraint exports_of_many_are_granted check (taken_at is null or people <= 50 or granted)
);
create index exports_by_time on exports (tenant_id, asked_at desc, export_id);
comment on table exports is 'Files that somebody asked for: of what, of how many people, why, who else granted it, and whether it was taken.';

-- Whoever answers does so in their own name, once; whoever asked takes it, once, in time.
create function refuse_to_export_for_another() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
	me constant uuid := nullif(current_setting('app.person_id', true), '')::uuid;
begin
	if (new.answered_by, new.answered_at, new.granted) is distinct from (old.answered_by, old.answered_at, old.granted)
		and (old.answered_by is not null or new.answered_by is distinct from me) then
		raise exception 'an export is answered once, by whoever answers' using errcode = 'check_violation', constraint = 'exports_are_answered_once';
	end if;
	if new.taken_at is distinct from old.taken_at and (old.taken_at is not null or old.asked_by is distinct from me or new.taken_at >= old.expires_at) then
		raise exception 'an export is taken once, in time, by whoever asked for it' using errcode = 'check_violation', constraint = 'exports_are_taken_once';
	end if;
	return new;
end $$;
create trigger exports_are_nobody_elses before update on exports for each row execute function refuse_to_export_for_another();

do $$
declare
	tenant constant text := $sql$tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid$sql$;
	here constant text := $sql$case current_setting('app.scope', true) when 'staff' then true when 'admin' then true else false end$sql$;
begin
	alter table exports enable row level security;
	alter table exports force row level security;
	execute format('create policy tenant_fence on exports as restrictive for all using (%s) with check (%s)', tenant, tenant);
	execute format('create policy scope_fence on exports as restrictive for all using (%s) with check (%s)', here, here);
	execute format('create policy both_read on exports for select to passerelle_app using (%s)', here);
	execute format('create policy both_answer on exports for update to passerelle_app using (%s) with check (%s)', here, here);
end $$;
create policy staff_asks on exports for insert to passerelle_app
	with check (current_setting('app.scope', true) = 'staff' and asked_by = nullif(current_setting('app.person_id', true), '')::uuid and answered_by is null and taken_at is null);

grant select, insert on exports to passerelle_app;
grant update (answered_by, answered_at, granted, taken_at) on exports to passerelle_app;
