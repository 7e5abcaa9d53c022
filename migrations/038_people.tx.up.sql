-- People: who is invited, who waits at the door, who was given which role by whom, and whose work was handed over. Whoever administers
-- does it in a scope of its own, in which no dossier exists.

-- A membership may be known to end on a day ahead: ended_at is from when on it is no more.
alter table members
	add column seen_at  timestamptz,
	add column ended_as text not null default '',
	add constraint members_leave_or_are_shut_out check (ended_as in ('', 'left', 'disabled'));
alter table office_members
	add column seen_at  timestamptz,
	add column ended_as text not null default '',
	add constraint office_members_leave_or_are_shut_out check (ended_as in ('', 'left', 'disabled'));

create table invitations (
	tenant_id     uuid        not null,
	invitation_id uuid        not null,
	name          text        not null,
	email         text        not null,
	role          text        not null,
	office_id     uuid,
	connection_id uuid        not null,
	language      text        not null,
	code_hash     bytea,
	invited_by    uuid        not null,
	invited_at    timestamptz not null,
	expires_at    timestamptz,
	-- How often it was renewed; when sending its e-mail began, and when that was done.
	letter        integer     not null default 0,
	begun_at      timestamptz,
	sent_at       timestamptz,
	withdrawn_at  timestamptz,
	withdrawn_by  uuid,
	redeemed_at   timestamptz,
	identity_id   uuid,
	constraint invitations_pkey primary key (tenant_id, invitation_id),
	constraint invitations_have_a_code_of_their_own unique (tenant_id, code_hash),
	constraint invitations_are_for_a_role check (role in ('caseworker', 'coordinator', 'auditor', 'statistician', 'admin', 'office_member', 'office_lead')),
	constraint invitations_to_an_office_name_it check ((office_id is not null) = (role in ('office_member', 'office_lead'))),
	constraint invitations_are_to_an_office_of_the_tenant foreign key (tenant_id, office_id) references offices (tenant_id, office_id),
	constraint invitations_lead_through_a_connection foreign key (connection_id) references connections (connection_id),
	constraint invitations_are_in_a_language_of_pages check (language in ('fr', 'de', 'it', 'en')),
	constraint invitations_with_a_code_expire check ((code_hash is null) = (expires_at is null)),
	constraint invitations_are_sent_once_begun check (sent_at is null or begun_at is not null),
	constraint invitations_are_withdrawn_by_somebody check ((withdrawn_at is null) = (withdrawn_by is null)),
	constraint invitations_are_redeemed_by_somebody check ((redeemed_at is null) = (identity_id is null)),
	constraint invitations_are_redeemed_or_withdrawn check (redeemed_at is null or withdrawn_at is null),
	constraint invitations_are_redeemed_by_an_identity foreign key (identity_id) references identities (identity_id)
);
create index invitations_waiting on invitations (tenant_id, invited_at desc) where redeemed_at is null and withdrawn_at is null;
comment on table invitations is 'That somebody may join in a role, by a code used once, of which only the SHA-256 is kept. The e-mail says where the code went, and links nobody.';

create table applications (
	tenant_id      uuid        not null,
	application_id uuid        not null,
	identity_id    uuid        not null,
	connection_id  uuid        not null,
	subject        text        not null,
	name           text        not null,
	email          text        not null,
	groups         text[]      not null default '{}',
	first_at       timestamptz not null,
	last_at        timestamptz not null,
	refused_at     timestamptz,
	accepted_at    timestamptz,
	answered_by    uuid,
	constraint applications_pkey primary key (tenant_id, application_id),
	constraint applications_are_made_once unique (tenant_id, identity_id),
	constraint applications_are_of_an_identity foreign key (identity_id) references identities (identity_id),
	constraint applications_came_through_a_connection foreign key (connection_id) references connections (connection_id),
	constraint applications_have_one_answer check (refused_at is null or accepted_at is null),
	constraint applications_are_answered_by_somebody check ((answered_by is null) = (refused_at is null and accepted_at is null))
);
comment on table applications is 'Somebody who signed in through a tenant''s connection and has no place there. Name, e-mail and groups are the provider''s words.';

create table role_proposals (
	tenant_id  uuid not null,
	group_name text not null,
	role       text not null,
	constraint role_proposals_pkey primary key (tenant_id, group_name),
	constraint role_proposals_belong_to_a_tenant foreign key (tenant_id) references tenants (tenant_id),
	constraint role_proposals_name_no_admin check (role in ('caseworker', 'coordinator', 'auditor', 'statistician'))
);
comment on table role_proposals is 'Which role is proposed for members of a group at the provider. A proposal gives nothing.';

create table member_acts (
	tenant_id  uuid        not null,
	act_id     uuid        not null,
	at         timestamptz not null,
	by_id      uuid        not null,
	by_name    text        not null,
	by_role    text        not null,
	deed       text        not null,
	about_id   uuid        not null,
	about_name text        not null,
	role       text        not null,
	office_id  uuid,
	detail     text        not null,
	constraint member_acts_pkey primary key (tenant_id, act_id),
	constraint member_acts_name_codes check (deed ~ '^[a-z_]{1,30}$' and role ~ '^[a-z_]{0,30}$' and by_role ~ '^[a-z_]{1,30}$')
);
create index member_acts_by_time on member_acts (tenant_id, at desc, act_id desc);
create index member_acts_about on member_acts (tenant_id, about_id, at desc);
comment on table member_acts is 'Who invited, admitted, shut out or gave a role to whom, when. Only added to; the journal has an entry of each.';
create trigger member_acts_stay before update or delete on member_acts for each row execute function refuse_to_change_the_journal();
create trigger member_acts_stay_all before truncate on member_acts for each statement execute function refuse_to_change_the_journal();
alter table member_acts enable always trigger member_acts_stay;
alter table member_acts enable always trigger member_acts_stay_all;

create table handovers (
	tenant_id   uuid    not null,
	handover_id uuid    not null,
	from_id     uuid    not null,
	asked_by    uuid,
	asked_at    timestamptz,
	to_id       uuid,
	done_by     uuid,
	done_at     timestamptz,
	dossiers    integer not null default 0,
	tasks       integer not null default 0,
	referrals   integer not null default 0,
	constraint handovers_pkey primary key (tenant_id, handover_id),
	constraint handovers_are_from_a_member foreign key (tenant_id, from_id) references members (tenant_id, member_id),
	constraint handovers_are_to_a_member foreign key (tenant_id, to_id) references members (tenant_id, member_id),
	constraint handovers_are_to_somebody_else check (from_id <> to_id),
	constraint handovers_are_asked_for_by_somebody check ((asked_at is null) = (asked_by is null)),
	constraint handovers_are_done_by_somebody check ((done_at is null) = (done_by is null) and (done_at is null) = (to_id is null))
);
create unique index handovers_are_open_once on handovers (tenant_id, from_id) where done_at is null;
create index handovers_by_member on handovers (tenant_id, from_id);
comment on table handovers is 'That the work of a member was to go to a colleague, and did: how many dossiers, tasks and referrals, and none of which.';

do $$
declare
	door constant text := $e$current_setting('app.scope', true) = 'signin'$e$;
	here constant text := $e$tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid$e$;
	admin constant text := $e$current_setting('app.scope', true) = 'admin'$e$;
	own_office constant text := $e$current_setting('app.scope', true) = 'office' and office_id = nullif(current_setting('app.office_id', true), '')::uuid$e$;
	admin_case constant text := $e$case current_setting('app.scope', true) when 'admin' then true else false end$e$;
	both_case constant text := $e$case current_setting('app.scope', true) when 'staff' then true when 'admin' then true else false end$e$;
	fence record;
begin
	for fence in select * from (values
		('applications', 'door_fence', format('%s or (%s and %s)', door, here, admin)),
		('invitations', 'tenant_fence', here), ('invitations', 'scope_fence', format('%s or (%s)', admin, own_office)),
		('role_proposals', 'tenant_fence', here), ('role_proposals', 'scope_fence', admin_case),
		('member_acts', 'tenant_fence', here), ('member_acts', 'scope_fence', both_case),
		('handovers', 'tenant_fence', here), ('handovers', 'scope_fence', both_case)
	) as fences (table_name, name, expression) loop
		execute format('alter table %I enable row level security', fence.table_name);
		execute format('alter table %I force row level security', fence.table_name);
		execute format('create policy %I on %I as restrictive for all using (%s) with check (%s)', fence.name, fence.table_name, fence.expression, fence.expression);
	end loop;
	execute format('create policy door on applications for all to passerelle_app using (%s) with check (%s)', door, door);
	execute format('create policy admin on applications for select to passerelle_app using (%s)', admin_case);
	execute format('create policy admin_answers on applications for update to passerelle_app using (%s) with check (answered_by = nullif(current_setting(''app.person_id'', true), '''')::uuid)', admin);
	execute format('create policy admin on invitations for all to passerelle_app using (%s) with check (%s)', admin_case, admin_case);
	execute format('create policy office on invitations for select to passerelle_app using (case current_setting(''app.scope'', true) when ''office'' then true else false end)');
	execute format('create policy admin on role_proposals for all to passerelle_app using (%s) with check (%s)', admin_case, admin_case);
	execute format('create policy both_read on member_acts for select to passerelle_app using (%s)', both_case);
	execute format('create policy both_read on handovers for select to passerelle_app using (%s)', both_case);
	execute format('create policy both_write on handovers for insert to passerelle_app with check (%s)', both_case);
	execute format('create policy admin_names on members for insert to passerelle_app with check (%s)', admin);
	execute format('create policy admin_changes on members for update to passerelle_app using (%s) with check (%s)', admin, admin);
	execute format('create policy admin_names on office_members for insert to passerelle_app with check (%s)', admin);
	execute format('create policy admin_changes on office_members for update to passerelle_app using (%s) with check (%s)', admin, admin);
end $$;
-- What is done about people is in the journal, whoever does it in the scope of administration: somebody joins, the lead of an office
-- invites.
do $$
declare
	fence text;
	people constant text := $e$current_setting('app.scope', true) = 'admin' and action ~ '^member_' and dossier_id is null$e$;
begin
	select pg_get_expr(polqual, polrelid) into strict fence from pg_policy where polrelid = 'journal_entries'::regclass and polname = 'scope_fence';
	fence := format('%s or %s', fence, people);
	execute format('alter policy scope_fence on journal_entries using (%s) with check (%s)', fence, fence);
end $$;
-- In the name of whoever does it; and who coordinates notes that work was handed over, nothing else.
create policy admin_notes on member_acts for insert to passerelle_app
	with check (current_setting('app.scope', true) = 'admin' and by_id = nullif(current_setting('app.person_id', true), '')::uuid);
create policy staff_notes on member_acts for insert to passerelle_app
	with check (current_setting('app.scope', true) = 'staff' and deed = 'handed_over' and by_id = nullif(current_setting('app.person_id', true), '')::uuid);
create policy staff_hands_over on handovers for update to passerelle_app
	using (current_setting('app.scope', true) = 'staff' and done_at is null)
	with check (done_by = nullif(current_setting('app.person_id', true), '')::uuid);

grant select on invitations, applications, role_proposals, member_acts, handovers to passerelle_app;
grant insert (tenant_id, invitation_id, name, email, role, office_id, connection_id, language, invited_by, invited_at) on invitations to passerelle_app;
grant update (code_hash, expires_at, letter, begun_at, sent_at, withdrawn_at, withdrawn_by, redeemed_at, identity_id) on invitations to passerelle_app;
grant insert (tenant_id, application_id, identity_id, connection_id, subject, name, email, groups, first_at, last_at) on applications to passerelle_app;
grant update (name, email, groups, last_at, refused_at, accepted_at, answered_by) on applications to passerelle_app;
grant insert, delete on role_proposals to passerelle_app;
grant update (role) on role_proposals to passerelle_app;
grant insert on member_acts to passerelle_app;
grant insert (tenant_id, handover_id, from_id, asked_by, asked_at) on handovers to passerelle_app;
grant update (to_id, done_by, done_at, dossiers, tasks, referrals) on handovers to passerelle_app;
grant insert (tenant_id, member_id, name, email, role, connection_id, expected_subject, identity_id, joined_at) on members to passerelle_app;
grant update (seen_at, role, ended_at, ended_as) on members to passerelle_app;
grant insert (tenant_id, office_member_id, office_id, name, email, role, connection_id, expected_subject, identity_id, joined_at) on office_members to passerelle_app;
grant update (seen_at, role, ended_at, ended_as) on office_members to passerelle_app;
