-- What protects the person: whether she or he is a child, and who acts for a child (internal/minors); how great the danger is,
-- and what is done about it (internal/risks); what speaks for being a victim (internal/identifications). What was found is
-- added to and never overwritten: who looks back sees what was known when. Everything told is sealed; codes, days and
-- numbers lie in clear.

create table age_records (
	tenant_id     uuid        not null,
	age_record_id uuid        not null,
	dossier_id    uuid        not null,
	finding       text        not null,
	found_on      date        not null,
	particulars   bytea       not null,
	written_by    uuid        not null,
	written_at    timestamptz not null,
	constraint age_records_pkey primary key (tenant_id, age_record_id),
	constraint age_records_are_of_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint age_records_are_written_by_a_member foreign key (tenant_id, written_by) references members (tenant_id, member_id),
	constraint age_records_name_a_finding check (finding in ('disputed', 'of_age', 'minor', 'unclear'))
);
create index age_records_by_dossier on age_records (tenant_id, dossier_id, found_on desc, written_at desc, age_record_id);
comment on table age_records is 'That the age of somebody is disputed, or what an assessment of it found. The last one counts.';
comment on column age_records.particulars is 'Sealed under the keyset of the dossier.';

create table guardians (
	tenant_id   uuid        not null,
	guardian_id uuid        not null,
	dossier_id  uuid        not null,
	role        text        not null,
	since       date        not null,
	until       date,
	particulars bytea       not null,
	version     integer     not null,
	written_by  uuid        not null,
	written_at  timestamptz not null,
	constraint guardians_pkey primary key (tenant_id, guardian_id),
	constraint guardians_are_of_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint guardians_are_written_by_a_member foreign key (tenant_id, written_by) references members (tenant_id, member_id),
	constraint guardians_have_a_role check (role in ('curator', 'person_of_trust')),
	constraint guardians_end_after_they_begin check (until >= since)
);
create index guardians_by_dossier on guardians (tenant_id, dossier_id, since desc, guardian_id);
comment on table guardians is 'Who acts for a child: the curator whom the protection authority appointed, and the person of trust.';
comment on column guardians.particulars is 'Sealed under the keyset of the dossier.';

create table protection_reports (
	tenant_id            uuid        not null,
	protection_report_id uuid        not null,
	dossier_id           uuid        not null,
	reported_on          date        not null,
	answered_on          date,
	particulars          bytea       not null,
	version              integer     not null,
	written_by           uuid        not null,
	written_at           timestamptz not null,
	constraint protection_reports_pkey primary key (tenant_id, protection_report_id),
	constraint protection_reports_are_of_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint protection_reports_are_written_by_a_member foreign key (tenant_id, written_by) references members (tenant_id, member_id),
	constraint protection_reports_are_answered_after_they_are_made check (answered_on >= reported_on)
);
create index protection_reports_by_dossier on protection_reports (tenant_id, dossier_id, reported_on desc, protection_report_id);
comment on table protection_reports is 'What was reported to the child protection authority (CC 314c, 314d), and what it answered.';
comment on column protection_reports.particulars is 'Sealed under the keyset of the dossier.';

create table risk_assessments (
	tenant_id          uuid        not null,
	risk_assessment_id uuid        not null,
	dossier_id         uuid        not null,
	kind               text        not null,
	level              text        not null,
	child_scale        smallint,
	assessed_on        date        not null,
	review_on          date,
	particulars        bytea       not null,
	written_by         uuid        not null,
	written_at         timestamptz not null,
	constraint risk_assessments_pkey primary key (tenant_id, risk_assessment_id),
	constraint risk_assessments_are_of_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint risk_assessments_are_written_by_a_member foreign key (tenant_id, written_by) references members (tenant_id, member_id),
	constraint risk_assessments_have_a_kind check (kind in ('here', 'on_return')),
	constraint risk_assessments_have_a_level check (level in ('low', 'moderate', 'high', 'acute')),
	constraint risk_assessments_of_a_child_go_from_1_to_5 check (child_scale between 1 and 5),
	constraint risk_assessments_are_reviewed_after_they_are_made check (review_on >= assessed_on),
	constraint risk_assessments_here_are_reviewed check ((kind = 'here') = (review_on is not null))
);
create index risk_assessments_by_dossier on risk_assessments (tenant_id, dossier_id, kind, assessed_on desc, written_at desc, risk_assessment_id);
comment on table risk_assessments is 'How great the danger is, here or after a return, as somebody found it on a day. A new one never replaces the one before.';
comment on column risk_assessments.particulars is 'Sealed under the keyset of the dossier.';

create table safety_plans (
	tenant_id   uuid        not null,
	dossier_id  uuid        not null,
	particulars bytea       not null,
	version     integer     not null,
	written_by  uuid        not null,
	written_at  timestamptz not null,
	constraint safety_plans_pkey primary key (tenant_id, dossier_id),
	constraint safety_plans_are_of_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint safety_plans_are_written_by_a_member foreign key (tenant_id, written_by) references members (tenant_id, member_id)
);
comment on table safety_plans is 'What the person does when it becomes dangerous, and what we do before, until when.';
comment on column safety_plans.particulars is 'Sealed under the keyset of the dossier.';

create table indicator_sets (
	tenant_id  uuid        not null,
	digest     text        not null,
	name       text        not null,
	edition    text        not null,
	definition text        not null,
	loaded_by  uuid        not null,
	loaded_at  timestamptz not null,
	constraint indicator_sets_pkey primary key (tenant_id, digest),
	constraint indicator_sets_are_loaded_by_a_member foreign key (tenant_id, loaded_by) references members (tenant_id, member_id),
	constraint indicator_sets_are_known_by_their_digest check (digest ~ '^[0-9a-f]{64}$')
);
create index indicator_sets_by_name on indicator_sets (tenant_id, name, loaded_at desc);
comment on table indicator_sets is 'A list of indicators as it was loaded, or as it was used for the first time. None is ever changed: an assessment goes on saying what was asked.';

create table identifications (
	tenant_id         uuid        not null,
	identification_id uuid        not null,
	dossier_id        uuid        not null,
	set_digest        text        not null,
	assessed_on       date        not null,
	particulars       bytea       not null,
	written_by        uuid        not null,
	written_at        timestamptz not null,
	constraint identifications_pkey primary key (tenant_id, identification_id),
	constraint identifications_name_their_dossier unique (tenant_id, dossier_id, identification_id),
	constraint identifications_are_of_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint identifications_answer_a_set foreign key (tenant_id, set_digest) references indicator_sets (tenant_id, digest),
	constraint identifications_are_written_by_a_member foreign key (tenant_id, written_by) references members (tenant_id, member_id)
);
create index identifications_by_dossier on identifications (tenant_id, dossier_id, assessed_on desc, written_at desc, identification_id);
comment on table identifications is 'What somebody found that speaks for being a victim: answers to a set of indicators, a judgement in words, the view of the person. A new one never replaces the one before.';
comment on column identifications.particulars is 'Sealed under the keyset of the dossier.';

create table second_readings (
	tenant_id         uuid        not null,
	identification_id uuid        not null,
	dossier_id        uuid        not null,
	particulars       bytea       not null,
	read_by           uuid        not null,
	read_at           timestamptz not null,
	constraint second_readings_pkey primary key (tenant_id, identification_id),
	constraint second_readings_are_of_an_identification foreign key (tenant_id, dossier_id, identification_id)
		references identifications (tenant_id, dossier_id, identification_id) on delete cascade,
	constraint second_readings_are_by_a_member foreign key (tenant_id, read_by) references members (tenant_id, member_id)
);
comment on table second_readings is 'What another member than the writer made of an identification.';
comment on column second_readings.particulars is 'Sealed under the keyset of the dossier.';

do $$
declare
	tenant constant text := $sql$tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid$sql$;
	staff constant text := $sql$current_setting('app.scope', true) = 'staff'$sql$;
	t text;
begin
	foreach t in array array['age_records', 'guardians', 'protection_reports', 'risk_assessments', 'safety_plans', 'indicator_sets', 'identifications', 'second_readings'] loop
		execute format('alter table %I enable row level security', t);
		execute format('alter table %I force row level security', t);
		execute format('create policy tenant_fence on %I as restrictive for all using (%s) with check (%s)', t, tenant, tenant);
		execute format('create policy scope_fence on %I as restrictive for all using (%s) with check (%s)', t, staff, staff);
		execute format('create policy staff on %I for all to passerelle_app using (%s) with check (%s)', t, staff, staff);
		execute format('grant select, insert on %I to passerelle_app', t);
	end loop;
	foreach t in array array['age_records', 'guardians', 'protection_reports', 'risk_assessments', 'safety_plans', 'identifications', 'second_readings'] loop
		execute format('create policy rotation on %I for all to passerelle_rotation using (true) with check (true)', t);
		execute format('grant update (particulars) on %I to passerelle_rotation', t);
	end loop;
end $$;

grant update (until, particulars, version, written_by, written_at) on guardians to passerelle_app;
grant update (answered_on, particulars, version, written_by, written_at) on protection_reports to passerelle_app;
grant update (particulars, version, written_by, written_at) on safety_plans to passerelle_app;
grant select (tenant_id, age_record_id, dossier_id, particulars) on age_records to passerelle_rotation;
grant select (tenant_id, guardian_id, dossier_id, particulars) on guardians to passerelle_rotation;
grant select (tenant_id, protection_report_id, dossier_id, particulars) on protection_reports to passerelle_rotation;
grant select (tenant_id, risk_assessment_id, dossier_id, particulars) on risk_assessments to passerelle_rotation;
grant select (tenant_id, dossier_id, particulars) on safety_plans to passerelle_rotation;
grant select (tenant_id, identification_id, dossier_id, particulars) on identifications to passerelle_rotation;
grant select (tenant_id, identification_id, dossier_id, particulars) on second_readings to passerelle_rotation;
