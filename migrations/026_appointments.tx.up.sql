-- Appointments, of a dossier or of a member alone; interpreters, whom a dossier may exclude, and their bookings; letters.
-- Places, languages and reasons are sealed: where somebody will be on Thursday is what a trafficker would pay for. What
-- calendars and lists need lies in clear: when, for how long, what sort, and who goes along.

create table interpreters (
	tenant_id      uuid        not null,
	interpreter_id uuid        not null,
	particulars    bytea       not null,
	active_until   date,
	added_by       uuid        not null,
	added_at       timestamptz not null,
	version        integer     not null default 1,
	constraint interpreters_pkey primary key (tenant_id, interpreter_id),
	constraint interpreters_are_added_by_a_member foreign key (tenant_id, added_by) references members (tenant_id, member_id)
);
comment on table interpreters is 'The directory of those whom the NGO calls in to interpret.';
comment on column interpreters.particulars is 'Sealed under the keyset of the directory.';

create table exclusions (
	tenant_id    uuid        not null,
	exclusion_id uuid        not null,
	dossier_id   uuid        not null,
	terms        bytea       not null,
	recorded_by  uuid        not null,
	recorded_at  timestamptz not null,
	lifted_by    uuid,
	lifted_at    timestamptz,
	constraint exclusions_pkey primary key (tenant_id, exclusion_id),
	constraint exclusions_are_of_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint exclusions_are_recorded_by_a_member foreign key (tenant_id, recorded_by) references members (tenant_id, member_id),
	constraint exclusions_are_lifted_by_a_member foreign key (tenant_id, lifted_by) references members (tenant_id, member_id),
	constraint exclusions_are_lifted_by_somebody check ((lifted_at is null) = (lifted_by is null))
);
create index exclusions_of_a_dossier on exclusions (tenant_id, dossier_id, recorded_at desc);
comment on table exclusions is 'Who must not interpret for a person, or rather should not: people of a region, a community or a gender, or somebody named.';
comment on column exclusions.terms is 'Sealed under the keyset of the dossier.';

create table appointments (
	tenant_id      uuid        not null,
	appointment_id uuid        not null,
	dossier_id     uuid,
	member_id      uuid        not null,
	kind           text        not null,
	starts_at      timestamptz not null,
	minutes        integer     not null,
	reminder       text        not null,
	outcome        text,
	series_id      uuid        not null,
	calendar_uid   uuid        not null default gen_random_uuid(),
	changed_by     uuid        not null,
	changed_at     timestamptz not null,
	version        integer     not null default 1,
	constraint appointments_pkey primary key (tenant_id, appointment_id),
	constraint appointments_may_be_of_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint appointments_are_a_members foreign key (tenant_id, member_id) references members (tenant_id, member_id),
	constraint appointments_are_changed_by_a_member foreign key (tenant_id, changed_by) references members (tenant_id, member_id),
	constraint appointments_take_some_time check (minutes between 5 and 720),
	constraint appointments_name_codes_alone check (kind ~ '^[a-z_]{1,40}$' and reminder ~ '^[a-z_]{1,40}$' and outcome ~ '^[a-z_]{1,40}$')
);
create index appointments_of_a_dossier on appointments (tenant_id, dossier_id, starts_at, appointment_id);
create index appointments_of_a_member on appointments (tenant_id, member_id, starts_at, appointment_id);
create index appointments_unwritten on appointments (tenant_id, member_id, starts_at) where outcome is null and dossier_id is not null;
comment on table appointments is 'When somebody of the staff meets somebody: for a dossier, or of the member''s own.';

create table meeting_places (
	tenant_id      uuid  not null,
	appointment_id uuid  not null,
	dossier_id     uuid  not null,
	place          bytea not null,
	constraint meeting_places_pkey primary key (tenant_id, appointment_id),
	constraint meeting_places_are_of_an_appointment foreign key (tenant_id, appointment_id) references appointments (tenant_id, appointment_id) on delete cascade,
	constraint meeting_places_are_of_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade
);
create index meeting_places_of_a_dossier on meeting_places (tenant_id, dossier_id);
comment on table meeting_places is 'Where an appointment of a dossier is. What is a member''s own has no place.';
comment on column meeting_places.place is 'Sealed under the keyset of the dossier.';

create table bookings (
	tenant_id      uuid        not null,
	booking_id     uuid        not null,
	appointment_id uuid        not null,
	dossier_id     uuid        not null,
	interpreter_id uuid        not null,
	terms          bytea       not null,
	state          text        not null,
	booked_by      uuid        not null,
	booked_at      timestamptz not null,
	changed_at     timestamptz not null,
	constraint bookings_pkey primary key (tenant_id, booking_id),
	constraint bookings_are_for_an_appointment foreign key (tenant_id, appointment_id) references appointments (tenant_id, appointment_id) on delete cascade,
	constraint bookings_are_of_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint bookings_are_of_an_interpreter foreign key (tenant_id, interpreter_id) references interpreters (tenant_id, interpreter_id),
	constraint bookings_are_made_by_a_member foreign key (tenant_id, booked_by) references members (tenant_id, member_id),
	constraint bookings_name_codes_alone check (state ~ '^[a-z_]{1,40}$')
);
create unique index bookings_of_an_appointment_run_one_at_a_time on bookings (tenant_id, appointment_id) where state in ('requested', 'confirmed');
create index bookings_of_a_dossier on bookings (tenant_id, dossier_id, booked_at desc);
create index bookings_of_an_appointment on bookings (tenant_id, appointment_id, booked_at desc);
comment on table bookings is 'An interpreter asked to come to an appointment, and what came of it. What the interpreter is told is in the terms, and nothing else is.';
comment on column bookings.terms is 'Sealed under the keyset of the dossier.';

create table letters (
	tenant_id  uuid        not null,
	letter_id  uuid        not null,
	dossier_id uuid        not null,
	template   text        not null,
	language   text        not null,
	contents   bytea       not null,
	written_by uuid        not null,
	written_at timestamptz not null,
	constraint letters_pkey primary key (tenant_id, letter_id),
	constraint letters_are_of_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint letters_are_written_by_a_member foreign key (tenant_id, written_by) references members (tenant_id, member_id),
	constraint letters_name_codes_alone check (template ~ '^[a-z_]{1,40}$' and language ~ '^[a-z]{2}$')
);
create index letters_of_a_dossier on letters (tenant_id, dossier_id, written_at desc);
comment on table letters is 'What was written for a person to a service, as it was produced: it never changes.';
comment on column letters.contents is 'Sealed under the keyset of the dossier.';

do $$
declare
	tenant constant text := $sql$tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid$sql$;
	staff constant text := $sql$current_setting('app.scope', true) = 'staff'$sql$;
	t text;
begin
	foreach t in array array['interpreters', 'exclusions', 'appointments', 'meeting_places', 'bookings', 'letters'] loop
		execute format('alter table %I enable row level security', t);
		execute format('alter table %I force row level security', t);
		execute format('create policy tenant_fence on %I as restrictive for all using (%s) with check (%s)', t, tenant, tenant);
		execute format('create policy scope_fence on %I as restrictive for all using (%s) with check (%s)', t, staff, staff);
		execute format('create policy staff on %I for all to passerelle_app using (%s) with check (%s)', t, staff, staff);
		if t <> 'appointments' then
			execute format('create policy rotation on %I for all to passerelle_rotation using (true) with check (true)', t);
		end if;
	end loop;
end $$;

grant select, insert on interpreters, exclusions, appointments, meeting_places, bookings, letters to passerelle_app;
grant update (particulars, active_until, version) on interpreters to passerelle_app;
grant update (lifted_by, lifted_at) on exclusions to passerelle_app;
grant update (member_id, kind, starts_at, minutes, reminder, outcome, changed_by, changed_at, version) on appointments to passerelle_app;
grant update (place) on meeting_places to passerelle_app;
grant update (state, changed_at) on bookings to passerelle_app;
grant select (tenant_id, interpreter_id, particulars), update (particulars) on interpreters to passerelle_rotation;
grant select (tenant_id, exclusion_id, dossier_id, terms), update (terms) on exclusions to passerelle_rotation;
grant select (tenant_id, appointment_id, dossier_id, place), update (place) on meeting_places to passerelle_rotation;
grant select (tenant_id, booking_id, dossier_id, terms), update (terms) on bookings to passerelle_rotation;
grant select (tenant_id, letter_id, dossier_id, contents), update (contents) on letters to passerelle_rotation;
