-- The path of an accompaniment: what bodies found on whether the person is a victim, which phase a person has set and why,
-- when the accompaniment was closed, reopened and followed up, and which dates somebody has decided to do without.

alter table dossiers
	add column phase_set boolean not null default false,
	add column closed_at timestamptz,
	add column aftercare_at timestamptz,
	drop constraint dossiers_are_in_a_known_phase,
	add constraint dossiers_are_in_a_known_phase check (phase in ('first_contact', 'identification', 'reflection', 'proceedings', 'integration', 'independent', 'return', 'closed', 'aftercare')),
	add constraint dossiers_that_are_closed_say_so check (closed_at is null or phase in ('closed', 'aftercare')),
	add constraint aftercare_follows_a_closing check (aftercare_at is null or aftercare_at >= closed_at);
-- What stands there was chosen by people. The owner is held by the fence like everybody else, and bound to no tenant.
alter table dossiers no force row level security;
update dossiers set phase_set = true where phase <> 'first_contact';
alter table dossiers force row level security;
comment on column dossiers.phase_set is 'A person has set the phase; otherwise it follows from the facts.';
comment on column dossiers.closed_at is 'Since when the accompaniment is closed; a closed dossier takes no changes.';
comment on column dossiers.aftercare_at is 'Since when somebody looks after the person again, the dossier staying closed.';
grant update (phase_set, closed_at, aftercare_at) on dossiers to passerelle_app;

create table findings (
	tenant_id    uuid        not null,
	finding_id   uuid        not null,
	dossier_id   uuid        not null,
	body         text        not null,
	verdict      text        not null,
	found_on     date        not null,
	words        bytea       not null,
	recorded_by  uuid        not null,
	recorded_at  timestamptz not null,
	corrects     uuid,
	withdrawn_at timestamptz,
	withdrawn_by uuid,
	constraint findings_pkey primary key (tenant_id, finding_id),
	constraint findings_of_one_dossier_are_told_apart unique (tenant_id, dossier_id, finding_id),
	constraint findings_are_of_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint findings_correct_one_of_the_same_dossier foreign key (tenant_id, dossier_id, corrects) references findings (tenant_id, dossier_id, finding_id) on delete cascade,
	constraint findings_are_corrected_once unique (tenant_id, corrects),
	constraint findings_are_by_a_known_body check (body in ('ngo', 'police_justice', 'sem', 'court', 'victim_assistance')),
	constraint findings_are_what_their_body_can_find check (case body when 'ngo' then verdict in ('presumed', 'identified', 'not_trafficking', 'unclear', 'contact_lost')
		else verdict in ('indications', 'recognised', 'not_recognised', 'pending') end),
	constraint findings_withdrawn_say_by_whom check ((withdrawn_at is null) = (withdrawn_by is null))
);
create index findings_by_dossier on findings (tenant_id, dossier_id, found_on desc, finding_id);
comment on table findings is 'What a body found on whether the person is a victim of trafficking, on a day. Several stand side by side; what was wrong is corrected or withdrawn, and stays.';
comment on column findings.words is 'Sealed under the keyset of the dossier.';

create table phase_settings (
	tenant_id  uuid        not null,
	setting_id uuid        not null,
	dossier_id uuid        not null,
	phase      text        not null,
	words      bytea       not null,
	set_by     uuid        not null,
	set_at     timestamptz not null,
	ended_at   timestamptz,
	constraint phase_settings_pkey primary key (tenant_id, setting_id),
	constraint phase_settings_are_of_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint phase_settings_leave_closing_to_the_closing check (phase in ('first_contact', 'identification', 'reflection', 'proceedings', 'integration', 'independent', 'return'))
);
create index phase_settings_by_dossier on phase_settings (tenant_id, dossier_id, set_at desc);
create unique index phase_settings_hold_one_at_a_time on phase_settings (tenant_id, dossier_id) where ended_at is null;
comment on table phase_settings is 'Which phase a person has set against what follows from the facts, and why; it holds until it is ended.';
comment on column phase_settings.words is 'Sealed under the keyset of the dossier.';

create table closures (
	tenant_id    uuid        not null,
	closure_id   uuid        not null,
	dossier_id   uuid        not null,
	reason       text        not null,
	words        bytea       not null,
	closed_by    uuid        not null,
	closed_at    timestamptz not null,
	aftercare_by uuid,
	aftercare_at timestamptz,
	reopened_by  uuid,
	reopened_at  timestamptz,
	constraint closures_pkey primary key (tenant_id, closure_id),
	constraint closures_are_of_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint closures_have_a_known_reason check (reason in ('independent', 'return', 'other_service', 'contact_lost', 'not_trafficking', 'own_wish', 'death', 'moved', 'other')),
	constraint closures_say_who_began_aftercare check ((aftercare_at is null) = (aftercare_by is null)),
	constraint closures_say_who_reopened check ((reopened_at is null) = (reopened_by is null))
);
create index closures_by_dossier on closures (tenant_id, dossier_id, closed_at desc);
create unique index closures_close_once on closures (tenant_id, dossier_id) where reopened_at is null;
comment on table closures is 'When and why an accompaniment was closed, followed up and reopened.';
comment on column closures.words is 'Sealed under the keyset of the dossier.';

create table waivers (
	tenant_id  uuid        not null,
	dossier_id uuid        not null,
	rule       text        not null,
	about      text        not null,
	words      bytea       not null,
	waived_by  uuid        not null,
	waived_at  timestamptz not null,
	constraint waivers_pkey primary key (tenant_id, dossier_id, rule, about),
	constraint waivers_are_of_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint waivers_name_codes_alone check (rule ~ '^[a-z0-9_]{1,60}$' and about ~ '^[a-z0-9_:-]{0,80}$')
);
comment on table waivers is 'Which date of a dossier somebody has decided to do without, and why. Taken back, it is no row.';
comment on column waivers.words is 'Sealed under the keyset of the dossier.';

do $$
declare
	tenant constant text := $sql$tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid$sql$;
	staff constant text := $sql$current_setting('app.scope', true) = 'staff'$sql$;
	t text;
begin
	foreach t in array array['findings', 'phase_settings', 'closures', 'waivers'] loop
		execute format('alter table %I enable row level security', t);
		execute format('alter table %I force row level security', t);
		execute format('create policy tenant_fence on %I as restrictive for all using (%s) with check (%s)', t, tenant, tenant);
		execute format('create policy scope_fence on %I as restrictive for all using (%s) with check (%s)', t, staff, staff);
		execute format('create policy staff on %I for all to passerelle_app using (%s) with check (%s)', t, staff, staff);
		execute format('create policy rotation on %I for all to passerelle_rotation using (true) with check (true)', t);
	end loop;
end $$;

grant select, insert on findings, phase_settings, closures to passerelle_app;
grant select, insert, delete on waivers to passerelle_app;
grant update (words, withdrawn_at, withdrawn_by) on findings to passerelle_app;
grant update (ended_at) on phase_settings to passerelle_app;
grant update (words, aftercare_by, aftercare_at, reopened_by, reopened_at) on closures to passerelle_app;
grant select (tenant_id, dossier_id, finding_id, words), update (words) on findings to passerelle_rotation;
grant select (tenant_id, dossier_id, setting_id, words), update (words) on phase_settings to passerelle_rotation;
grant select (tenant_id, dossier_id, closure_id, words), update (words) on closures to passerelle_rotation;
grant select (tenant_id, dossier_id, rule, about, words), update (words) on waivers to passerelle_rotation;
