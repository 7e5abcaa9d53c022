-- Where people live (internal/housing): the places, who holds a bed, who lives in one, and what was considered before a
-- stay went on. Pages and lists know a place by its code name; its address is sealed under a keyset of its own, and that of
-- an own flat, which is nobody else's, under the dossier's.

create table places (
	tenant_id            uuid        not null,
	place_id             uuid        not null,
	kind                 text        not null,
	code_name            text        not null,
	beds                 integer     not null,
	genders              text[]      not null default '{}',
	minors               boolean     not null,
	children             boolean     not null,
	couples              boolean     not null,
	accessible           boolean     not null,
	languages            text[]      not null default '{}',
	opens_on             date        not null,
	closes_on            date,
	address              bytea,
	address_forgotten_at timestamptz,
	version              integer     not null default 1,
	constraint places_pkey primary key (tenant_id, place_id),
	constraint places_belong_to_a_tenant foreign key (tenant_id) references tenants (tenant_id),
	constraint places_keep_their_kind unique (tenant_id, place_id, kind),
	constraint places_are_of_a_known_kind check (kind in ('shelter', 'network', 'transition', 'emergency')),
	constraint places_have_beds check (beds between 1 and 60),
	constraint places_close_after_they_open check (closes_on >= opens_on),
	constraint places_forget_their_address_for_good check (address_forgotten_at is null or address is null)
);
create unique index places_have_a_code_name_of_their_own on places (tenant_id, lower(code_name));
comment on table places is 'Where people are housed, by code name: beds, who may live there, and from when until when.';
comment on column places.address is 'Sealed under the keyset of the lodging.';

create table place_showings (
	tenant_id  uuid        not null,
	showing_id uuid        not null,
	place_id   uuid        not null,
	person_id  uuid        not null,
	reason     text        not null,
	shown_at   timestamptz not null default now(),
	constraint place_showings_pkey primary key (tenant_id, showing_id),
	constraint place_showings_are_of_a_place foreign key (tenant_id, place_id) references places (tenant_id, place_id),
	constraint place_showings_name_codes_alone check (reason ~ '^[a-z_]{1,40}$')
);
create index place_showings_newest on place_showings (tenant_id, place_id, shown_at desc);
comment on table place_showings is 'Who had the address of which place shown, when and why. The journal knows it as well, and names no place.';

create table bed_holds (
	tenant_id  uuid    not null,
	hold_id    uuid    not null,
	dossier_id uuid    not null,
	place_id   uuid    not null,
	beds       integer not null,
	from_on    date    not null,
	until_on   date    not null,
	held_by    uuid    not null,
	constraint bed_holds_pkey primary key (tenant_id, hold_id),
	constraint bed_holds_are_for_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint bed_holds_are_in_a_place foreign key (tenant_id, place_id) references places (tenant_id, place_id),
	constraint bed_holds_are_of_beds check (beds between 1 and 12),
	constraint bed_holds_end_after_they_begin check (until_on >= from_on)
);
create index bed_holds_of_a_place on bed_holds (tenant_id, place_id, until_on);
create index bed_holds_of_a_dossier on bed_holds (tenant_id, dossier_id);
comment on table bed_holds is 'Beds that are kept for somebody. After its last day a hold counts no more, with nothing having to run.';

create table housing_stays (
	tenant_id      uuid    not null,
	stay_id        uuid    not null,
	dossier_id     uuid    not null,
	place_id       uuid,
	kind           text    not null,
	beds           integer not null,
	begins_on      date    not null,
	planned_end_on date,
	leaves_on      date,
	help_ended_on  date,
	ended_on       date,
	went_to        text    not null default '',
	particulars    bytea   not null,
	address        bytea,
	version        integer not null default 1,
	constraint housing_stays_pkey primary key (tenant_id, stay_id),
	constraint housing_stays_are_of_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint housing_stays_are_of_the_kind_of_their_place foreign key (tenant_id, place_id, kind) references places (tenant_id, place_id, kind),
	constraint housing_stays_are_in_a_place_or_an_own_flat check ((kind = 'own_flat') = (place_id is null)),
	constraint housing_stays_in_a_place_leave_the_address_to_it check (kind = 'own_flat' or address is null),
	constraint housing_stays_take_beds check (beds between 1 and 12),
	constraint housing_stays_end_after_they_begin check (ended_on >= begins_on),
	constraint housing_stays_say_where_to_when_they_end check ((ended_on is null) = (went_to = '')),
	constraint housing_stays_name_where_to_by_a_code check (went_to ~ '^[a-z_]{0,40}$')
);
create unique index housing_stays_run_one_at_a_time on housing_stays (tenant_id, dossier_id) where ended_on is null;
create index housing_stays_of_a_dossier on housing_stays (tenant_id, dossier_id, begins_on);
create index housing_stays_running on housing_stays (tenant_id, place_id) where ended_on is null;
create index housing_stays_by_end on housing_stays (tenant_id, ended_on);
comment on table housing_stays is 'Who lives or lived where, from when until when. An own flat is no place: it is nobody else''s.';
comment on column housing_stays.particulars is 'Sealed under the keyset of the dossier.';
comment on column housing_stays.address is 'Sealed under the keyset of the dossier.';

create table housing_evaluations (
	tenant_id       uuid  not null,
	evaluation_id   uuid  not null,
	dossier_id      uuid  not null,
	stay_id         uuid  not null,
	evaluated_on    date  not null,
	decision        text  not null,
	prolonged_until date,
	document        bytea not null,
	evaluated_by    uuid  not null,
	constraint housing_evaluations_pkey primary key (tenant_id, evaluation_id),
	constraint housing_evaluations_are_of_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint housing_evaluations_are_of_a_stay foreign key (tenant_id, stay_id) references housing_stays (tenant_id, stay_id) on delete cascade,
	constraint housing_evaluations_come_to_a_known_decision check (decision in ('open', 'prolonged', 'solution_found', 'not_prolonged')),
	constraint housing_evaluations_that_prolong_say_until_when check ((decision = 'prolonged') = (prolonged_until is not null))
);
create index housing_evaluations_of_a_dossier on housing_evaluations (tenant_id, dossier_id, evaluated_on desc);
create index housing_evaluations_of_a_stay on housing_evaluations (tenant_id, stay_id);
comment on table housing_evaluations is 'What was considered before a stay in a protected place ended, and what was decided. Written once.';
comment on column housing_evaluations.document is 'Sealed under the keyset of the dossier.';

do $$
declare
	tenant constant text := $sql$tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid$sql$;
	staff constant text := $sql$current_setting('app.scope', true) = 'staff'$sql$;
	t text;
begin
	foreach t in array array['places', 'place_showings', 'bed_holds', 'housing_stays', 'housing_evaluations'] loop
		execute format('alter table %I enable row level security', t);
		execute format('alter table %I force row level security', t);
		execute format('create policy tenant_fence on %I as restrictive for all using (%s) with check (%s)', t, tenant, tenant);
		execute format('create policy scope_fence on %I as restrictive for all using (%s) with check (%s)', t, staff, staff);
		execute format('create policy staff on %I for all to passerelle_app using (%s) with check (%s)', t, staff, staff);
	end loop;
	foreach t in array array['places', 'housing_stays', 'housing_evaluations'] loop
		execute format('create policy rotation on %I for all to passerelle_rotation using (true) with check (true)', t);
	end loop;
end $$;

grant select, insert on places, place_showings, bed_holds, housing_stays, housing_evaluations to passerelle_app;
grant update (code_name, beds, genders, minors, children, couples, accessible, languages, opens_on, closes_on, address, address_forgotten_at, version) on places to passerelle_app;
grant update (beds, begins_on, planned_end_on, leaves_on, help_ended_on, ended_on, went_to, particulars, address, version) on housing_stays to passerelle_app;
grant delete on bed_holds to passerelle_app;
grant select (tenant_id, place_id, address), update (address) on places to passerelle_rotation;
grant select (tenant_id, stay_id, dossier_id, particulars, address), update (particulars, address) on housing_stays to passerelle_rotation;
grant select (tenant_id, evaluation_id, dossier_id, document), update (document) on housing_evaluations to passerelle_rotation;
