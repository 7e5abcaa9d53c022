-- The rights of a person as one accompanies them: the recovery and reflection period, the titles of stay, the criminal
-- proceedings. Of each thing one sealed document says everything; the columns in clear repeat what lists and statistics
-- are made of.

create table reflections (
	tenant_id       uuid        not null,
	reflection_id   uuid        not null,
	dossier_id      uuid        not null,
	kind            text        not null,
	requested_on    date,
	decision        text        not null,
	decided_on      date,
	until_on        date,
	ended_on        date,
	end_reason      text        not null,
	particulars     bytea       not null,
	version         integer     not null,
	recorded_at     timestamptz not null,
	changed_at      timestamptz not null,
	changed_by      uuid        not null,
	changed_by_name text        not null,
	constraint reflections_pkey primary key (tenant_id, reflection_id),
	constraint reflections_belong_to_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint reflections_have_a_kind check (kind in ('period', 'pause')),
	constraint reflections_are_granted_or_refused check (decision in ('', 'granted', 'refused')),
	constraint reflections_decided_have_a_day check ((decision = '') = (decided_on is null)),
	constraint reflections_end_for_a_reason check ((end_reason = '') = (ended_on is null)),
	constraint reflections_name_codes_alone check (end_reason ~ '^[a-z_]{0,40}$')
);
create index reflections_of_dossier on reflections (tenant_id, dossier_id, recorded_at desc, reflection_id);
comment on table reflections is 'A recovery and reflection period (OASA 35), or the pause of somebody who needs no decision for it: asked, decided, extended, ended.';
comment on column reflections.particulars is 'Sealed under the keyset of the dossier.';

create table stays (
	tenant_id            uuid        not null,
	stay_id              uuid        not null,
	dossier_id           uuid        not null,
	kind                 text        not null,
	canton               text        not null,
	legal_ground         text        not null,
	valid_from           date,
	valid_until          date,
	renewal_requested_on date,
	opinion              text        not null,
	approval             text        not null,
	ended_on             date,
	particulars          bytea       not null,
	version              integer     not null,
	recorded_at          timestamptz not null,
	changed_at           timestamptz not null,
	changed_by           uuid        not null,
	changed_by_name      text        not null,
	constraint stays_pkey primary key (tenant_id, stay_id),
	constraint stays_belong_to_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint stays_name_codes_alone check (kind ~ '^[a-z_]{1,40}$' and canton ~ '^([A-Z]{2})?$' and legal_ground ~ '^[a-z_]{0,40}$'),
	constraint stays_end_after_they_begin check (valid_until >= valid_from),
	constraint stays_are_opined_on_by_a_code check (opinion in ('', 'favourable', 'unfavourable')),
	constraint stays_are_approved_by_a_code check (approval in ('', 'approved', 'refused'))
);
create index stays_of_dossier on stays (tenant_id, dossier_id, recorded_at desc, stay_id);
comment on table stays is 'A title of stay of a person, or that there is none; what the canton holds of it and what the SEM decided are two things.';
comment on column stays.particulars is 'Sealed under the keyset of the dossier.';

create table presences (
	tenant_id       uuid        not null,
	dossier_id      uuid        not null,
	particulars     bytea       not null,
	version         integer     not null,
	changed_at      timestamptz not null,
	changed_by      uuid        not null,
	changed_by_name text        not null,
	constraint presences_pkey primary key (tenant_id, dossier_id),
	constraint presences_are_of_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade
);
comment on table presences is 'What the law of foreigners asks of a person whatever the title: since when in Switzerland, where inquiries run, an asylum request and its decision.';
comment on column presences.particulars is 'Sealed under the keyset of the dossier.';

create table proceedings (
	tenant_id       uuid        not null,
	proceeding_id   uuid        not null,
	dossier_id      uuid        not null,
	stage           text        not null,
	complaint       text        not null,
	opened_on       date,
	closed_on       date,
	particulars     bytea       not null,
	version         integer     not null,
	recorded_at     timestamptz not null,
	changed_at      timestamptz not null,
	changed_by      uuid        not null,
	changed_by_name text        not null,
	constraint proceedings_pkey primary key (tenant_id, proceeding_id),
	constraint proceedings_belong_to_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint proceedings_stand_at_a_stage check (stage ~ '^[a-z_]{0,40}$'),
	constraint proceedings_tell_of_a_complaint_by_a_code check (complaint in ('', 'filed', 'not_filed')),
	constraint proceedings_close_after_they_open check (closed_on >= opened_on)
);
create index proceedings_of_dossier on proceedings (tenant_id, dossier_id, recorded_at desc, proceeding_id);
comment on table proceedings is 'Criminal proceedings about what was done to a person: complaint, stages, hearings, remedies, rights.';
comment on column proceedings.particulars is 'Sealed under the keyset of the dossier.';

do $$
declare
	tenant constant text := $sql$tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid$sql$;
	staff constant text := $sql$current_setting('app.scope', true) = 'staff'$sql$;
	t text;
begin
	foreach t in array array['reflections', 'stays', 'presences', 'proceedings'] loop
		execute format('alter table %I enable row level security', t);
		execute format('alter table %I force row level security', t);
		execute format('create policy tenant_fence on %I as restrictive for all using (%s) with check (%s)', t, tenant, tenant);
		execute format('create policy scope_fence on %I as restrictive for all using (%s) with check (%s)', t, staff, staff);
		execute format('create policy staff on %I for all to passerelle_app using (%s) with check (%s)', t, staff, staff);
		execute format('create policy rotation on %I for all to passerelle_rotation using (true) with check (true)', t);
		execute format('grant select, insert on %I to passerelle_app', t);
		execute format('grant update (particulars, version, changed_at, changed_by, changed_by_name) on %I to passerelle_app', t);
		execute format('grant update (particulars) on %I to passerelle_rotation', t);
	end loop;
end $$;

grant update (kind, requested_on, decision, decided_on, until_on, ended_on, end_reason) on reflections to passerelle_app;
grant update (kind, canton, legal_ground, valid_from, valid_until, renewal_requested_on, opinion, approval, ended_on) on stays to passerelle_app;
grant update (stage, complaint, opened_on, closed_on) on proceedings to passerelle_app;
grant select (tenant_id, reflection_id, dossier_id, particulars) on reflections to passerelle_rotation;
grant select (tenant_id, stay_id, dossier_id, particulars) on stays to passerelle_rotation;
grant select (tenant_id, dossier_id, particulars) on presences to passerelle_rotation;
grant select (tenant_id, proceeding_id, dossier_id, particulars) on proceedings to passerelle_rotation;
