-- What is known at the door, before a tenant is chosen: who the cantons are, whom they let in, and who is in.
-- No row of a dossier is ever reachable from here. Scopes: docs/architecture.md, "The fences".

create table tenants (
	tenant_id  uuid        not null,
	slug       text        not null,
	name       text        not null,
	canton     text        not null,
	created_at timestamptz not null default now(),
	constraint tenants_pkey primary key (tenant_id),
	constraint tenants_have_a_slug_of_their_own unique (slug),
	constraint tenants_lie_in_a_canton check (canton ~ '^[A-Z]{2}$')
);
comment on table tenants is 'A canton''s NGO: the wall between tenants is drawn along tenant_id everywhere.';

create table connections (
	connection_id uuid   not null,
	tenant_id     uuid,
	slug          text   not null,
	name          text   not null,
	kind          text   not null,
	issuer        text   not null,
	client_id     text   not null,
	client_secret text   not null default '',
	email_domains text[] not null default '{}',
	constraint connections_pkey primary key (connection_id),
	constraint connections_have_a_slug_of_their_own unique (slug),
	constraint connections_serve_staff_or_offices check (kind in ('staff', 'office')),
	constraint connections_of_staff_belong_to_a_tenant check (kind <> 'staff' or tenant_id is not null),
	constraint connections_belong_to_a_known_tenant foreign key (tenant_id) references tenants (tenant_id)
);
comment on table connections is 'An OpenID provider through which people of one tenant, or of partner organisations, sign in.';

create table identities (
	identity_id    uuid        not null,
	connection_id  uuid        not null,
	issuer         text        not null,
	subject        text        not null,
	display_name   text        not null default '',
	display_email  text        not null default '',
	first_seen_at  timestamptz not null default now(),
	constraint identities_pkey primary key (identity_id),
	constraint identities_are_one_subject_of_one_issuer unique (connection_id, issuer, subject),
	constraint identities_came_through_a_connection foreign key (connection_id) references connections (connection_id)
);
comment on table identities is 'Who a provider says that someone is: (connection, issuer, subject). Name and e-mail are for display and decide nothing.';

create table members (
	tenant_id        uuid        not null,
	member_id        uuid        not null,
	name             text        not null,
	email            text        not null,
	role             text        not null,
	connection_id    uuid        not null,
	expected_subject text        not null,
	identity_id      uuid,
	joined_at        timestamptz not null default now(),
	ended_at         timestamptz,
	constraint members_pkey primary key (tenant_id, member_id),
	constraint members_are_expected_once unique (tenant_id, connection_id, expected_subject),
	constraint members_have_a_staff_role check (role in ('caseworker', 'coordinator', 'auditor')),
	constraint members_belong_to_a_tenant foreign key (tenant_id) references tenants (tenant_id),
	constraint members_sign_in_through_a_connection foreign key (connection_id) references connections (connection_id),
	constraint members_are_an_identity foreign key (identity_id) references identities (identity_id)
);
create index members_by_identity on members (identity_id);
comment on table members is 'The staff of an NGO. A membership waits for its expected subject and is bound at the first sign-in.';

create table offices (
	tenant_id  uuid        not null,
	office_id  uuid        not null,
	name       text        not null,
	kind       text        not null,
	place      text        not null default '',
	created_at timestamptz not null default now(),
	closed_at  timestamptz,
	constraint offices_pkey primary key (tenant_id, office_id),
	constraint offices_are_of_a_known_kind check (kind in ('income_support', 'job_placement', 'training', 'medical', 'legal_aid', 'social', 'shelter', 'return_counselling')),
	constraint offices_belong_to_a_tenant foreign key (tenant_id) references tenants (tenant_id)
);
comment on table offices is 'A service that receives referrals. Its kind sets the ceiling of what it may ever be sent (policies/disclosure.csv).';

create table office_members (
	tenant_id        uuid        not null,
	office_member_id uuid        not null,
	office_id        uuid        not null,
	name             text        not null,
	email            text        not null,
	connection_id    uuid        not null,
	expected_subject text        not null,
	identity_id      uuid,
	joined_at        timestamptz not null default now(),
	ended_at         timestamptz,
	constraint office_members_pkey primary key (tenant_id, office_member_id),
	constraint office_members_are_expected_once unique (tenant_id, office_id, connection_id, expected_subject),
	constraint office_members_belong_to_an_office foreign key (tenant_id, office_id) references offices (tenant_id, office_id),
	constraint office_members_sign_in_through_a_connection foreign key (connection_id) references connections (connection_id),
	constraint office_members_are_an_identity foreign key (identity_id) references identities (identity_id)
);
create index office_members_by_office on office_members (tenant_id, office_id);
create index office_members_by_identity on office_members (identity_id);
comment on table office_members is 'The people of an office. Somebody who works for offices of two cantons has a row in each.';

create table signin_attempts (
	state_hash    bytea       not null,
	connection_id uuid        not null,
	browser_hash  bytea       not null,
	nonce         text        not null,
	pkce_verifier text        not null,
	return_to     text        not null default '',
	expires_at    timestamptz not null,
	constraint signin_attempts_pkey primary key (state_hash),
	constraint signin_attempts_go_through_a_connection foreign key (connection_id) references connections (connection_id)
);
comment on table signin_attempts is 'A sign-in under way: one use, ten minutes, found only by the hash of its state (RFC 6749 10.12).';

create table sessions (
	session_hash     bytea       not null,
	identity_id      uuid        not null,
	tenant_id        uuid,
	member_id        uuid,
	office_member_id uuid,
	csrf_token       text        not null,
	created_at       timestamptz not null default now(),
	seen_at          timestamptz not null default now(),
	expires_at       timestamptz not null,
	revoked_at       timestamptz,
	constraint sessions_pkey primary key (session_hash),
	constraint sessions_are_of_an_identity foreign key (identity_id) references identities (identity_id),
	constraint sessions_act_as_a_member foreign key (tenant_id, member_id) references members (tenant_id, member_id),
	constraint sessions_act_as_an_office_member foreign key (tenant_id, office_member_id) references office_members (tenant_id, office_member_id),
	constraint sessions_act_as_one_person check (member_id is null or office_member_id is null),
	constraint sessions_of_a_membership_name_its_tenant check ((member_id is null and office_member_id is null) or tenant_id is not null)
);
create index sessions_by_identity on sessions (identity_id);
comment on table sessions is 'Who is signed in. Only the SHA-256 of the cookie is kept: a stolen row opens nothing.';

-- Fences. The restrictive one says to whom a row may ever show, whatever else opens the table: permissive policies are
-- OR-ed, restrictive ones are not. Every table of the door opens to the sign-in scope; some also to the tenant's people.
do $$
declare
	door constant text := $e$current_setting('app.scope', true) = 'signin'$e$;
	here constant text := $e$tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid$e$;
	staff constant text := $e$current_setting('app.scope', true) = 'staff'$e$;
	own_office constant text := $e$current_setting('app.scope', true) = 'office' and office_id = nullif(current_setting('app.office_id', true), '')::uuid$e$;
	fence record;
begin
	for fence in select * from (values
		('connections', door), ('identities', door), ('signin_attempts', door), ('sessions', door),
		('tenants', format($e$%s or (%s and current_setting('app.scope', true) in ('staff', 'office'))$e$, door, here)),
		('members', format('%s or (%s and %s)', door, here, staff)),
		('offices', format('%s or (%s and (%s or (%s)))', door, here, staff, own_office)),
		('office_members', format('%s or (%s and (%s or (%s)))', door, here, staff, own_office))
	) as fences (table_name, expression) loop
		execute format('alter table %I enable row level security', fence.table_name);
		execute format('alter table %I force row level security', fence.table_name);
		execute format('create policy door_fence on %I as restrictive for all using (%s) with check (%s)', fence.table_name, fence.expression, fence.expression);
		execute format('create policy door on %I for all to passerelle_app using (%s) with check (%s)', fence.table_name, door, door);
	end loop;
end $$;

create policy staff on tenants for select to passerelle_app using (current_setting('app.scope', true) = 'staff');
create policy office on tenants for select to passerelle_app using (current_setting('app.scope', true) = 'office');
create policy staff on members for select to passerelle_app using (current_setting('app.scope', true) = 'staff');
create policy staff on offices for select to passerelle_app using (current_setting('app.scope', true) = 'staff');
create policy office on offices for select to passerelle_app using (current_setting('app.scope', true) = 'office');
create policy staff on office_members for select to passerelle_app using (current_setting('app.scope', true) = 'staff');
create policy office on office_members for select to passerelle_app using (current_setting('app.scope', true) = 'office');

grant select on tenants, connections, offices to passerelle_app;
grant select, insert, update on identities to passerelle_app;
grant select on members, office_members to passerelle_app;
grant update (identity_id, ended_at) on members, office_members to passerelle_app;
grant select, insert, delete on signin_attempts to passerelle_app;
grant select, insert, update, delete on sessions to passerelle_app;
