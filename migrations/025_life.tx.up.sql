-- What leads to an independent life: the person's own project and its steps (internal/projects), a voluntary return
-- (internal/returns), and what victim assistance is asked for (internal/claims). What is said in words is sealed; codes and days lie in
-- clear, since lists, statistics and rules need them. The days of the offence say what was done to whom, and are sealed.

create table projects (
	tenant_id  uuid        not null,
	dossier_id uuid        not null,
	version    integer     not null,
	project    bytea       not null,
	written_at timestamptz not null,
	constraint projects_pkey primary key (tenant_id, dossier_id, version),
	constraint projects_are_of_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint projects_count_their_versions_from_one check (version >= 1)
);
comment on table projects is 'A person''s life project in her or his own words. Each version is kept; the highest is the current one.';
comment on column projects.project is 'Sealed under the keyset of the dossier.';

create table project_steps (
	tenant_id  uuid        not null,
	step_id    uuid        not null,
	dossier_id uuid        not null,
	kind       text        not null,
	state      text        not null,
	due_on     date,
	begun_on   date,
	ended_on   date,
	level      text        not null default '',
	exam_on    date,
	percent    integer,
	sector     text        not null default '',
	asked_on   date,
	decided_on date,
	decision   text        not null default '',
	version    integer     not null,
	updated_at timestamptz not null,
	details    bytea       not null,
	constraint project_steps_pkey primary key (tenant_id, step_id),
	constraint project_steps_are_of_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint project_steps_are_told_by_codes check (kind ~ '^[a-z_]{1,40}$' and state ~ '^[a-z_]{1,40}$' and level ~ '^([abc][12])?$'
		and sector ~ '^[a-z_]{0,40}$' and decision ~ '^[a-z_]{0,40}$'),
	constraint project_steps_end_after_they_begin check (ended_on >= begun_on),
	constraint project_steps_are_decided_after_they_are_asked check (decided_on >= asked_on),
	constraint project_steps_take_up_to_all_of_the_time check (percent between 1 and 100)
);
create index project_steps_of_a_dossier on project_steps (tenant_id, dossier_id, state, due_on);
comment on table project_steps is 'A step of a life project: a course, work, a request for income support. State says whether it is open, done or dropped.';
comment on column project_steps.details is 'Sealed under the keyset of the dossier.';

create table returns (
	tenant_id     uuid    not null,
	return_id     uuid    not null,
	dossier_id    uuid    not null,
	considered_on date    not null,
	programme     text    not null default '',
	planned_on    date,
	decided_on    date,
	abandoned_on  date,
	departed_on   date,
	concluded_on  date,
	version       integer not null,
	details       bytea   not null,
	constraint returns_pkey primary key (tenant_id, return_id),
	constraint returns_are_known_with_their_dossier unique (tenant_id, dossier_id, return_id),
	constraint returns_are_of_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint returns_name_their_programme_by_a_code check (programme ~ '^[a-z_]{0,40}$'),
	constraint returns_are_decided_once_considered check (decided_on >= considered_on),
	constraint returns_depart_once_decided check (departed_on is null or decided_on is not null and departed_on >= decided_on),
	constraint returns_are_concluded_once_departed check (concluded_on is null or departed_on is not null and concluded_on >= departed_on),
	constraint returns_are_abandoned_before_departure check (abandoned_on is null or departed_on is null)
);
create unique index returns_are_considered_one_at_a_time on returns (tenant_id, dossier_id) where abandoned_on is null and concluded_on is null;
comment on table returns is 'A voluntary return: considered, decided by the person, abandoned or departed, and concluded. At most one of a dossier is under way.';
comment on column returns.details is 'Sealed under the keyset of the dossier.';

create table return_contacts (
	tenant_id    uuid  not null,
	contact_id   uuid  not null,
	dossier_id   uuid  not null,
	return_id    uuid  not null,
	contacted_on date  not null,
	channel      text  not null,
	note         bytea not null,
	constraint return_contacts_pkey primary key (tenant_id, contact_id),
	constraint return_contacts_follow_a_return foreign key (tenant_id, dossier_id, return_id) references returns (tenant_id, dossier_id, return_id) on delete cascade,
	constraint return_contacts_name_their_channel_by_a_code check (channel ~ '^[a-z_]{1,40}$')
);
create index return_contacts_of_a_dossier on return_contacts (tenant_id, dossier_id, contacted_on);
comment on table return_contacts is 'How somebody who has returned is: contacts after the departure. What was written down stays.';
comment on column return_contacts.note is 'Sealed under the keyset of the dossier.';

create table claims (
	tenant_id     uuid    not null,
	claim_id      uuid    not null,
	dossier_id    uuid    not null,
	kind          text    not null,
	asked_on      date,
	decided_on    date,
	decision      text    not null default '',
	granted_until date,
	version       integer not null,
	details       bytea   not null,
	constraint claims_pkey primary key (tenant_id, claim_id),
	constraint claims_are_of_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint claims_are_told_by_codes check (kind ~ '^[a-z_]{1,40}$' and decision ~ '^[a-z_]{0,40}$'),
	constraint claims_are_decided_after_they_are_asked check (decided_on >= asked_on),
	constraint claims_are_granted_from_when_they_are_asked check (granted_until >= asked_on)
);
create index claims_of_a_dossier on claims (tenant_id, dossier_id, kind);
comment on table claims is 'What is asked of victim assistance (LAVI), and what came of it.';
comment on column claims.details is 'Sealed under the keyset of the dossier.';

create table payers (
	tenant_id  uuid    not null,
	payer_id   uuid    not null,
	dossier_id uuid    not null,
	payer      text    not null,
	from_on    date    not null,
	until_on   date,
	version    integer not null,
	note       bytea   not null,
	constraint payers_pkey primary key (tenant_id, payer_id),
	constraint payers_are_of_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint payers_are_told_by_a_code check (payer ~ '^[a-z_]{1,40}$'),
	constraint payers_pay_until_after_they_begin check (until_on >= from_on)
);
create index payers_of_a_dossier on payers (tenant_id, dossier_id, from_on);
comment on table payers is 'Who pays a person''s shelter and support from when until when.';
comment on column payers.note is 'Sealed under the keyset of the dossier.';

create table offences (
	tenant_id  uuid    not null,
	dossier_id uuid    not null,
	version    integer not null,
	offence    bytea   not null,
	constraint offences_pkey primary key (tenant_id, dossier_id),
	constraint offences_are_of_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade
);
comment on table offences is 'When the offence was committed in Switzerland and when it became known: what the time limits of claims count from.';
comment on column offences.offence is 'Sealed under the keyset of the dossier.';

do $$
declare
	tenant constant text := $sql$tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid$sql$;
	staff constant text := $sql$current_setting('app.scope', true) = 'staff'$sql$;
	t text;
begin
	foreach t in array array['projects', 'project_steps', 'returns', 'return_contacts', 'claims', 'payers', 'offences'] loop
		execute format('alter table %I enable row level security', t);
		execute format('alter table %I force row level security', t);
		execute format('create policy tenant_fence on %I as restrictive for all using (%s) with check (%s)', t, tenant, tenant);
		execute format('create policy scope_fence on %I as restrictive for all using (%s) with check (%s)', t, staff, staff);
		execute format('create policy staff on %I for all to passerelle_app using (%s) with check (%s)', t, staff, staff);
		execute format('create policy rotation on %I for all to passerelle_rotation using (true) with check (true)', t);
		execute format('grant select, insert on %I to passerelle_app', t);
	end loop;
end $$;

grant update (kind, state, due_on, begun_on, ended_on, level, exam_on, percent, sector, asked_on, decided_on, decision, version, updated_at, details)
	on project_steps to passerelle_app;
grant update (considered_on, programme, planned_on, decided_on, abandoned_on, departed_on, concluded_on, version, details) on returns to passerelle_app;
grant update (kind, asked_on, decided_on, decision, granted_until, version, details) on claims to passerelle_app;
grant update (payer, from_on, until_on, version, note) on payers to passerelle_app;
grant delete on payers to passerelle_app;
grant update (version, offence) on offences to passerelle_app;

grant select (tenant_id, dossier_id, version, project), update (project) on projects to passerelle_rotation;
grant select (tenant_id, step_id, dossier_id, details), update (details) on project_steps to passerelle_rotation;
grant select (tenant_id, return_id, dossier_id, details), update (details) on returns to passerelle_rotation;
grant select (tenant_id, contact_id, dossier_id, note), update (note) on return_contacts to passerelle_rotation;
grant select (tenant_id, claim_id, dossier_id, details), update (details) on claims to passerelle_rotation;
grant select (tenant_id, payer_id, dossier_id, note), update (note) on payers to passerelle_rotation;
grant select (tenant_id, dossier_id, offence), update (offence) on offences to passerelle_rotation;
