-- Notes under a professional secret (internal/confidences): what doctors, psychologists and lawyers write binds them and not the organisation
-- (CP 321). On a dossier a profession has a circle, whose members are named one by one; whoever is not in it never reads a note of it,
-- whatever her or his role. Which circles somebody is in is found out by enter_circles, in the transactions alone that ask for notes.

create table member_professions (
	tenant_id  uuid        not null,
	member_id  uuid        not null,
	profession text        not null,
	granted_by uuid        not null,
	granted_at timestamptz not null,
	constraint member_professions_pkey primary key (tenant_id, member_id, profession),
	constraint member_professions_are_of_a_member foreign key (tenant_id, member_id) references members (tenant_id, member_id),
	constraint member_professions_are_granted_by_a_member foreign key (tenant_id, granted_by) references members (tenant_id, member_id),
	constraint member_professions_are_granted_by_somebody_else check (granted_by <> member_id),
	constraint member_professions_are_known check (profession in ('medical', 'psychological', 'legal'))
);
comment on table member_professions is 'Who of the staff is bound by the secret of a profession, as an administrator has written down.';

create table circles (
	tenant_id  uuid        not null,
	circle_id  uuid        not null,
	dossier_id uuid        not null,
	profession text        not null,
	opened_by  uuid        not null,
	opened_at  timestamptz not null,
	closed_by  uuid,
	closed_at  timestamptz,
	constraint circles_pkey primary key (tenant_id, circle_id),
	constraint circles_are_of_one_dossier unique (tenant_id, circle_id, dossier_id),
	constraint circles_are_of_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint circles_are_opened_by_a_member foreign key (tenant_id, opened_by) references members (tenant_id, member_id),
	constraint circles_are_closed_by_a_member foreign key (tenant_id, closed_by) references members (tenant_id, member_id),
	constraint circles_are_closed_by_somebody check ((closed_at is null) = (closed_by is null)),
	constraint circles_are_of_a_known_profession check (profession in ('medical', 'psychological', 'legal'))
);
create unique index circles_are_open_once on circles (tenant_id, dossier_id, profession) where closed_at is null;
create index circles_of_a_dossier on circles (tenant_id, dossier_id, opened_at, circle_id);
comment on table circles is 'That those of a profession keep notes on a dossier which nobody else reads, and since when. Whoever sees the dossier sees that there is one.';

create table circle_members (
	tenant_id  uuid        not null,
	circle_id  uuid        not null,
	dossier_id uuid        not null,
	member_id  uuid        not null,
	named_by   uuid        not null,
	named_at   timestamptz not null,
	constraint circle_members_pkey primary key (tenant_id, circle_id, member_id),
	constraint circle_members_are_of_a_circle foreign key (tenant_id, circle_id, dossier_id) references circles (tenant_id, circle_id, dossier_id) on delete cascade,
	constraint circle_members_are_members foreign key (tenant_id, member_id) references members (tenant_id, member_id),
	constraint circle_members_are_named_by_a_member foreign key (tenant_id, named_by) references members (tenant_id, member_id)
);
create index circle_members_of_somebody on circle_members (tenant_id, member_id, circle_id);
comment on table circle_members is 'Who is in a circle. Whoever sees the dossier sees whom to ask.';

create table successions (
	tenant_id     uuid        not null,
	succession_id uuid        not null,
	circle_id     uuid        not null,
	dossier_id    uuid        not null,
	successor_id  uuid        not null,
	named_by      uuid        not null,
	words         bytea       not null,
	named_at      timestamptz not null,
	constraint successions_pkey primary key (tenant_id, succession_id),
	constraint successions_are_of_a_circle foreign key (tenant_id, circle_id, dossier_id) references circles (tenant_id, circle_id, dossier_id) on delete cascade,
	constraint successions_are_to_a_member foreign key (tenant_id, successor_id) references members (tenant_id, member_id),
	constraint successions_are_decided_by_a_member foreign key (tenant_id, named_by) references members (tenant_id, member_id),
	constraint successions_are_decided_by_somebody_else check (named_by <> successor_id)
);
create index successions_of_a_circle on successions (tenant_id, circle_id, named_at, succession_id);
comment on table successions is 'To whom somebody who coordinates has handed on a circle in which nobody was left, and why.';
comment on column successions.words is 'Sealed under the keyset of the dossier: why, in words.';

create table notes (
	tenant_id   uuid        not null,
	note_id     uuid        not null,
	circle_id   uuid        not null,
	dossier_id  uuid        not null,
	noted_on    date        not null,
	contents    bytea       not null,
	author_id   uuid        not null,
	recorded_at timestamptz not null,
	version     integer     not null,
	written_by  uuid        not null,
	written_at  timestamptz not null,
	struck_by   uuid,
	struck_at   timestamptz,
	constraint notes_pkey primary key (tenant_id, note_id),
	constraint notes_are_of_one_circle unique (tenant_id, note_id, circle_id, dossier_id),
	constraint notes_are_of_a_circle foreign key (tenant_id, circle_id, dossier_id) references circles (tenant_id, circle_id, dossier_id) on delete cascade,
	constraint notes_are_of_a_member foreign key (tenant_id, author_id) references members (tenant_id, member_id),
	constraint notes_are_written_by_a_member foreign key (tenant_id, written_by) references members (tenant_id, member_id),
	constraint notes_are_struck_by_a_member foreign key (tenant_id, struck_by) references members (tenant_id, member_id),
	constraint notes_are_struck_by_somebody check ((struck_at is null) = (struck_by is null)),
	constraint notes_count_their_versions_from_one check (version >= 1)
);
create index notes_of_a_circle on notes (tenant_id, circle_id, noted_on desc, recorded_at desc, note_id desc);
comment on table notes is 'What those of a circle have written, for nobody but them.';
comment on column notes.contents is 'Sealed under the keyset of the dossier.';

create table note_versions (
	tenant_id  uuid        not null,
	note_id    uuid        not null,
	version    integer     not null,
	circle_id  uuid        not null,
	dossier_id uuid        not null,
	noted_on   date        not null,
	contents   bytea       not null,
	written_by uuid        not null,
	written_at timestamptz not null,
	constraint note_versions_pkey primary key (tenant_id, note_id, version),
	constraint note_versions_are_of_a_note foreign key (tenant_id, note_id, circle_id, dossier_id) references notes (tenant_id, note_id, circle_id, dossier_id) on delete cascade,
	constraint note_versions_were_written_by_a_member foreign key (tenant_id, written_by) references members (tenant_id, member_id)
);
comment on table note_versions is 'What a note said before it was corrected.';
comment on column note_versions.contents is 'Sealed under the keyset of the dossier.';

-- circle_holders are those of a circle who work here, in a role that accompanies, and are of its profession: nobody else of it counts.
create function circle_holders(circle uuid) returns table (member_id uuid) language sql stable as $$
	select i.member_id from public.circles c
	join public.circle_members i on i.tenant_id = c.tenant_id and i.circle_id = c.circle_id
	join public.members m on m.tenant_id = i.tenant_id and m.member_id = i.member_id and m.role in ('caseworker', 'coordinator') and (m.ended_at is null or m.ended_at > now())
	join public.member_professions p on p.tenant_id = i.tenant_id and p.member_id = i.member_id and p.profession = c.profession
	where c.circle_id = circle
$$;

-- enter_circles binds, for the rest of the transaction, the circles that whoever asks is in. Nothing else binds any, so that whatever does not
-- ask for notes is shown none.
create function enter_circles() returns text language plpgsql as $$
begin
	if current_setting('app.scope', true) is distinct from 'staff' then
		raise exception 'only the staff is in circles' using errcode = 'invalid_transaction_state';
	end if;
	return set_config('app.circles', coalesce((select array_agg(i.circle_id) from public.circle_members i
		where i.member_id = nullif(current_setting('app.person_id', true), '')::uuid and i.member_id in (select h.member_id from public.circle_holders(i.circle_id) h)), '{}')::text, true);
end $$;

-- Whoever is in a circle names others of the profession; whoever opens it is the first in it; where nobody is left, somebody who
-- coordinates hands it on, and never to herself or himself.
create function refuse_whom_nobody_within_names() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
	person constant uuid := nullif(current_setting('app.person_id', true), '')::uuid;
	circle record;
	successor record;
	held boolean;
	named boolean;
begin
	select * into circle from public.circles c where c.tenant_id = new.tenant_id and c.circle_id = new.circle_id;
	select m.* into successor from public.members m join public.member_professions p on p.tenant_id = m.tenant_id and p.member_id = m.member_id and p.profession = circle.profession
	where m.tenant_id = new.tenant_id and m.member_id = new.member_id and m.role in ('caseworker', 'coordinator') and (m.ended_at is null or m.ended_at > now());
	if not found then
		raise exception 'nobody of this profession is named' using errcode = 'check_violation', constraint = 'circles_are_of_one_profession';
	end if;
	held := exists (select from public.circle_holders(new.circle_id));
	named := exists (select from public.circle_members i where i.tenant_id = new.tenant_id and i.circle_id = new.circle_id);
	if new.named_by = person and (case
		when held then person in (select h.member_id from public.circle_holders(new.circle_id) h)
		when not named then circle.opened_by = person and new.member_id = person
		else exists (select from public.successions s where s.tenant_id = new.tenant_id and s.circle_id = new.circle_id and s.successor_id = new.member_id and s.named_by = person)
			and exists (select from public.members m where m.tenant_id = new.tenant_id and m.member_id = person and m.role = 'coordinator' and (m.ended_at is null or m.ended_at > now())
				and (m.connection_id, m.expected_subject) is distinct from (successor.connection_id, successor.expected_subject))
	end) then
		return new;
	end if;
	raise exception 'nobody within names them' using errcode = 'check_violation', constraint = 'circles_are_joined_from_within';
end $$;
create trigger circle_members_are_named_from_within before insert on circle_members for each row execute function refuse_whom_nobody_within_names();

create function refuse_to_leave_a_circle_to_nobody() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
	if exists (select from public.circles c where c.tenant_id = old.tenant_id and c.circle_id = old.circle_id and c.closed_at is null)
		and not exists (select from public.circle_holders(old.circle_id)) then
		raise exception 'somebody stays in an open circle' using errcode = 'check_violation', constraint = 'circles_that_are_open_keep_somebody';
	end if;
	return null;
end $$;
create trigger circle_members_leave_somebody after delete on circle_members for each row execute function refuse_to_leave_a_circle_to_nobody();

do $$
declare
	tenant constant text := $e$tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid$e$;
	staff constant text := $e$case current_setting('app.scope', true) when 'staff' then true else false end$e$;
	admin constant text := $e$case current_setting('app.scope', true) when 'admin' then true else false end$e$;
	either constant text := $e$case current_setting('app.scope', true) when 'staff' then true when 'admin' then true else false end$e$;
	admission constant text := $e$(dossier_id = any (nullif(current_setting('app.barred', true), '')::uuid[])) is false$e$;
	within constant text := $e$circle_id = any (nullif(current_setting('app.circles', true), '')::uuid[])$e$;
	-- Whoever seals anew opens nothing: the contents are exchanged as they lie.
	fence constant text := $e$case when current_user = 'passerelle_rotation' then true else circle_id = any (nullif(current_setting('app.circles', true), '')::uuid[]) end$e$;
	own constant text := $e$nullif(current_setting('app.person_id', true), '')::uuid$e$;
	confided name;
begin
	foreach confided in array array['member_professions', 'circles', 'circle_members', 'successions', 'notes', 'note_versions'] loop
		execute format('alter table %I enable row level security', confided);
		execute format('alter table %I force row level security', confided);
		execute format('create policy tenant_fence on %1$I as restrictive for all using (%2$s) with check (%2$s)', confided, tenant);
		execute format('create policy scope_fence on %1$I as restrictive for all using (%2$s) with check (%2$s)', confided, case confided when 'member_professions' then either else staff end);
		if confided <> 'member_professions' then
			execute format('create policy admission_fence on %1$I as restrictive for all using (%2$s) with check (%2$s)', confided, admission);
		end if;
	end loop;
	execute format('create policy both_read on member_professions for select to passerelle_app using (%s)', either);
	execute format('create policy admin_grants on member_professions for insert to passerelle_app with check (%s)', admin);
	execute format('create policy admin_withdraws on member_professions for delete to passerelle_app using (%s)', admin);

	execute format('create policy staff_reads on circles for select to passerelle_app using (%s)', staff);
	execute format('create policy staff_opens on circles for insert to passerelle_app with check ((%s) and opened_by = %s)', staff, own);
	execute format('create policy members_close on circles for update to passerelle_app using ((%1$s) and %2$s) with check ((%1$s) and %2$s)', staff, within);
	execute format('create policy staff_reads on circle_members for select to passerelle_app using (%s)', staff);
	execute format('create policy staff_names on circle_members for insert to passerelle_app with check (%s)', staff);
	execute format('create policy members_remove on circle_members for delete to passerelle_app using ((%s) and %s)', staff, within);
	execute format('create policy staff_reads on successions for select to passerelle_app using (%s)', staff);
	execute format('create policy staff_hands_on on successions for insert to passerelle_app with check ((%s) and named_by = %s)', staff, own);
	create policy rotation on successions for all to passerelle_rotation using (true) with check (true);

	foreach confided in array array['notes', 'note_versions'] loop
		execute format('create policy circle_fence on %1$I as restrictive for all using (%2$s) with check (%2$s)', confided, fence);
		execute format('create policy staff on %1$I for all to passerelle_app using (%2$s) with check (%2$s)', confided, staff);
		execute format('create policy rotation on %I for all to passerelle_rotation using (true) with check (true)', confided);
	end loop;
end $$;

grant select, insert, delete on member_professions to passerelle_app;
grant select, insert on circles to passerelle_app;
grant update (closed_by, closed_at) on circles to passerelle_app;
grant select, insert, delete on circle_members to passerelle_app;
grant select, insert on successions to passerelle_app;
grant select, insert on notes, note_versions to passerelle_app;
grant update (noted_on, contents, version, written_by, written_at, struck_by, struck_at) on notes to passerelle_app;
grant execute on function circle_holders(uuid), enter_circles() to passerelle_app;
grant select (tenant_id, succession_id, dossier_id, words), update (words) on successions to passerelle_rotation;
grant select (tenant_id, note_id, dossier_id, contents), update (contents) on notes to passerelle_rotation;
grant select (tenant_id, note_id, version, dossier_id, contents), update (contents) on note_versions to passerelle_rotation;
