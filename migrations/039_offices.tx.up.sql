-- The directory of those to whom a tenant refers: organisations, regions and authorities, each with the time for which it is
-- and what came after it, and of each office what it offers, when it is open, how much it can take, and how one reaches it when it
-- does not work here. Regions merge while counters stay: an office is not rewritten when its region goes, one follows the region to
-- what came after it. Agreements with offices, and when somebody has to think of their end.

create table bodies (
	tenant_id         uuid        not null,
	body_id           uuid        not null,
	kind              text        not null,
	name              text        not null,
	website           text        not null default '',
	authority_id      uuid,
	authority_kind    text        not null generated always as ('authority') stored,
	valid_from        date,
	valid_until       date,
	ends_on           date        not null generated always as (coalesce(valid_until, 'infinity'::date)) stored,
	successor_id      uuid,
	successor_ends_on date,
	version           integer     not null default 1,
	changed_at        timestamptz not null,
	changed_by        uuid        not null,
	constraint bodies_pkey primary key (tenant_id, body_id),
	constraint bodies_are_known_by_their_kind unique (tenant_id, body_id, kind),
	constraint bodies_are_known_by_their_end unique (tenant_id, kind, body_id, ends_on),
	constraint bodies_are_of_a_known_kind check (kind in ('organisation', 'region', 'authority')),
	constraint bodies_have_a_name check (name <> ''),
	constraint bodies_end_after_they_begin check (valid_until >= valid_from),
	constraint bodies_with_an_authority_are_regions check (authority_id is null or kind = 'region'),
	-- What comes after ends later, so that no chain comes back to where it began, whoever writes at the same time.
	constraint bodies_are_followed_by_what_ends_later check ((successor_id is null) = (successor_ends_on is null)
		and (successor_id is null or (valid_until is not null and successor_ends_on > valid_until))),
	constraint bodies_belong_to_a_tenant foreign key (tenant_id) references tenants (tenant_id),
	constraint bodies_answer_to_an_authority foreign key (tenant_id, authority_id, authority_kind) references bodies (tenant_id, body_id, kind),
	constraint bodies_are_followed_by_their_kind foreign key (tenant_id, kind, successor_id, successor_ends_on)
		references bodies (tenant_id, kind, body_id, ends_on) on update cascade
);
create index bodies_by_name on bodies (tenant_id, kind, name, body_id);
create index bodies_by_authority on bodies (tenant_id, authority_id) where authority_id is not null;
create index bodies_by_successor on bodies (tenant_id, successor_id) where successor_id is not null;
comment on table bodies is 'Organisations, regions and authorities of the directory: for how long each is one, and what came after it.';
comment on column bodies.ends_on is 'The last day, or infinity. A successor names it with its key, so that it follows when it changes.';

alter table offices
	add column organisation_id   uuid,
	add column organisation_kind text        not null generated always as ('organisation') stored,
	add column authority_id      uuid,
	add column authority_kind    text        not null generated always as ('authority') stored,
	add column valid_from        date,
	add column ends_at           timestamptz not null generated always as (coalesce(closed_at, 'infinity'::timestamptz)) stored,
	add column successor_id      uuid,
	add column successor_ends_at timestamptz,
	add column services          text[]      not null default '{}',
	add column languages         text[]      not null default '{}',
	add column hours             jsonb       not null default '[]',
	add column capacity          integer,
	add column capacity_unit     text        not null default '',
	add column capacity_said_on  date,
	add column capacity_said_by  text        not null default '',
	add column phone             text        not null default '',
	add column secure_mail       text        not null default '',
	add column post_address      text        not null default '',
	add column website           text        not null default '',
	add column contact           text        not null default '',
	add column reach_note        text        not null default '',
	add column version           integer     not null default 1,
	add column changed_at        timestamptz,
	add column changed_by        uuid,
	add constraint offices_are_known_by_their_end unique (tenant_id, office_id, ends_at),
	add constraint offices_have_a_name check (name <> ''),
	add constraint offices_are_followed_by_what_closes_later check ((successor_id is null) = (successor_ends_at is null)
		and (successor_id is null or (closed_at is not null and successor_ends_at > closed_at))),
	add constraint offices_tell_when_their_capacity_was_said check ((capacity is null) = (capacity_said_on is null)
		and (capacity is null) = (capacity_unit = '') and (capacity is null) = (capacity_said_by = '')),
	add constraint offices_count_what_is_free check (capacity between 0 and 9999 and capacity_unit in ('', 'places', 'appointments')),
	add constraint offices_list_their_hours check (jsonb_typeof(hours) = 'array'),
	-- Whoever looks for a woman who hides looks into directories: where a shelter stands is nothing for one.
	add constraint offices_that_shelter_have_no_address check (kind <> 'shelter' or post_address = ''),
	add constraint offices_are_of_an_organisation foreign key (tenant_id, organisation_id, organisation_kind) references bodies (tenant_id, body_id, kind),
	add constraint offices_answer_to_an_authority foreign key (tenant_id, authority_id, authority_kind) references bodies (tenant_id, body_id, kind),
	add constraint offices_are_followed_by_an_office foreign key (tenant_id, successor_id, successor_ends_at)
		references offices (tenant_id, office_id, ends_at) on update cascade;
create index offices_by_organisation on offices (tenant_id, organisation_id) where organisation_id is not null;
create index offices_by_authority on offices (tenant_id, authority_id) where authority_id is not null;
create index offices_by_successor on offices (tenant_id, successor_id) where successor_id is not null;
comment on column offices.ends_at is 'When it closed, or infinity. A predecessor names it with the key, so that no chain comes back to where it began.';

create table office_regions (
	tenant_id   uuid        not null,
	office_id   uuid        not null,
	valid_from  date        not null,
	region_id   uuid        not null,
	region_kind text        not null generated always as ('region') stored,
	recorded_at timestamptz not null,
	recorded_by uuid        not null,
	constraint office_regions_pkey primary key (tenant_id, office_id, valid_from),
	constraint office_regions_are_of_an_office foreign key (tenant_id, office_id) references offices (tenant_id, office_id) on delete cascade,
	constraint office_regions_are_regions foreign key (tenant_id, region_id, region_kind) references bodies (tenant_id, body_id, kind)
);
create index office_regions_by_region on office_regions (tenant_id, region_id);
comment on table office_regions is 'From which day on an office belonged to which region, until the next one. That regions merge is told by the regions.';

create table agreements (
	tenant_id    uuid        not null,
	agreement_id uuid        not null,
	office_id    uuid        not null,
	subject      text        not null,
	valid_from   date        not null,
	valid_until  date,
	document     text        not null default '',
	filed_at     text        not null default '',
	contact      text        not null default '',
	remind_days  integer,
	version      integer     not null default 1,
	changed_at   timestamptz not null,
	changed_by   uuid        not null,
	constraint agreements_pkey primary key (tenant_id, agreement_id),
	constraint agreements_are_with_an_office foreign key (tenant_id, office_id) references offices (tenant_id, office_id),
	constraint agreements_are_about_something check (subject <> ''),
	constraint agreements_end_after_they_begin check (valid_until >= valid_from),
	constraint agreements_are_reminded_of_before_their_end check (remind_days is null or (valid_until is not null and remind_days between 0 and 730))
);
create index agreements_by_office on agreements (tenant_id, office_id, valid_from desc, agreement_id);
create index agreements_ending on agreements (tenant_id, valid_until, agreement_id) where remind_days is not null;
comment on table agreements is 'What was agreed with an office, from when until when, where the paper is filed, and how long before the end somebody has to think of it.';

do $$
declare
	tenant constant text := $sql$tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid$sql$;
	keepers constant text := $sql$case current_setting('app.scope', true) when 'staff' then true when 'admin' then true else false end$sql$;
	t text;
begin
	foreach t in array array['bodies', 'office_regions', 'agreements'] loop
		execute format('alter table %I enable row level security', t);
		execute format('alter table %I force row level security', t);
		execute format('create policy tenant_fence on %I as restrictive for all using (%s) with check (%s)', t, tenant, tenant);
		execute format('create policy scope_fence on %I as restrictive for all using (%s) with check (%s)', t, keepers, keepers);
		execute format('create policy keepers on %I for all to passerelle_app using (%s) with check (%s)', t, keepers, keepers);
	end loop;
	execute format('create policy keepers_add on offices for insert to passerelle_app with check (%s)', keepers);
	execute format('create policy keepers_change on offices for update to passerelle_app using (%s) with check (%s)', keepers, keepers);
	execute format('create policy keepers_remove on offices for delete to passerelle_app using (%s)', keepers);
end $$;

-- Once a week the clock counts the agreements that end.
alter policy scope_fence on agreements
	using (case current_setting('app.scope', true) when 'staff' then true when 'admin' then true when 'clock' then true else false end)
	with check (case current_setting('app.scope', true) when 'staff' then true when 'admin' then true when 'clock' then true else false end);
create policy clock_reads on agreements for select to passerelle_app
	using (case current_setting('app.scope', true) when 'clock' then true else false end);

-- An office's kind is granted to nobody: it sets the ceiling under which people have consented.
grant insert, delete on offices to passerelle_app;
grant update (name, place, closed_at, organisation_id, authority_id, valid_from, successor_id, successor_ends_at, services, languages, hours,
	capacity, capacity_unit, capacity_said_on, capacity_said_by, phone, secure_mail, post_address, website, contact, reach_note, version, changed_at, changed_by)
	on offices to passerelle_app;
grant select, insert, delete on bodies to passerelle_app;
grant update (name, website, authority_id, valid_from, valid_until, successor_id, successor_ends_on, version, changed_at, changed_by) on bodies to passerelle_app;
grant select, insert, delete on office_regions to passerelle_app;
grant update (region_id, recorded_at, recorded_by) on office_regions to passerelle_app;
grant select, insert, delete on agreements to passerelle_app;
grant update (subject, valid_from, valid_until, document, filed_at, contact, remind_days, version, changed_at, changed_by) on agreements to passerelle_app;
