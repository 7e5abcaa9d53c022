-- A tenant's directory says by itself who is to work here, and who no longer does (SCIM 2.0). It announces people, who wait for
-- whoever administers, and ends memberships; it gives none. It has a scope of its own, directory, in which app.person_id names the
-- connection and no person.

create table provisionings (
	tenant_id     uuid        not null,
	connection_id uuid        not null,
	subject_from  text        not null,
	set_by        uuid        not null,
	set_at        timestamptz not null,
	constraint provisionings_pkey primary key (tenant_id, connection_id),
	constraint provisionings_are_of_a_connection foreign key (tenant_id, connection_id) references connections (tenant_id, connection_id),
	constraint provisionings_are_set_by_a_member foreign key (tenant_id, set_by) references members (tenant_id, member_id),
	constraint provisionings_know_a_subject_by_one_attribute check (subject_from in ('external_id', 'user_name', 'by_hand'))
);
comment on table provisionings is 'By which attribute a directory calls people what the provider calls them at sign-in; or that an admin says it of each.';

create table provisioning_tokens (
	tenant_id     uuid        not null,
	token_id      uuid        not null,
	connection_id uuid        not null,
	token_hash    bytea       not null,
	made_by       uuid        not null,
	made_at       timestamptz not null,
	valid_until   timestamptz,
	used_at       timestamptz,
	constraint provisioning_tokens_pkey primary key (tenant_id, token_id),
	constraint provisioning_tokens_are_unlike unique (tenant_id, token_hash),
	constraint provisioning_tokens_are_of_a_connection foreign key (tenant_id, connection_id) references connections (tenant_id, connection_id),
	constraint provisioning_tokens_are_made_by_a_member foreign key (tenant_id, made_by) references members (tenant_id, member_id)
);
create unique index provisioning_tokens_stay_one_at_a_time on provisioning_tokens (tenant_id, connection_id) where valid_until is null;
create index provisioning_tokens_of_a_connection on provisioning_tokens (tenant_id, connection_id, made_at desc);
comment on table provisioning_tokens is 'What a directory shows. Only the SHA-256 is kept; the one before lasts for a day once there is another.';

create table provisioned_people (
	tenant_id     uuid        not null,
	person_id     uuid        not null,
	connection_id uuid        not null,
	external_id   text        not null,
	user_name     text        not null,
	given_name    text        not null,
	family_name   text        not null,
	display_name  text        not null,
	email         text        not null,
	active        boolean     not null,
	subject       text,
	made_at       timestamptz not null,
	changed_at    timestamptz not null,
	constraint provisioned_people_pkey primary key (tenant_id, person_id),
	constraint provisioned_people_are_one_subject unique (tenant_id, connection_id, subject),
	constraint provisioned_people_are_of_a_connection foreign key (tenant_id, connection_id) references connections (tenant_id, connection_id)
);
-- Names differ in more than capitals.
create unique index provisioned_people_are_named_once on provisioned_people (tenant_id, connection_id, lower(user_name));
create index provisioned_people_by_age on provisioned_people (tenant_id, connection_id, made_at, person_id);
comment on table provisioned_people is 'Whom a directory has announced, in its words. They decide nothing and link nobody.';
comment on column provisioned_people.subject is 'What the provider calls the person at sign-in, where that is known. A membership ends by it and by nothing else.';

create table provisioned_groups (
	tenant_id     uuid        not null,
	group_id      uuid        not null,
	connection_id uuid        not null,
	external_id   text        not null,
	name          text        not null,
	made_at       timestamptz not null,
	changed_at    timestamptz not null,
	constraint provisioned_groups_pkey primary key (tenant_id, group_id),
	constraint provisioned_groups_are_named_once unique (tenant_id, connection_id, name),
	constraint provisioned_groups_are_of_a_connection foreign key (tenant_id, connection_id) references connections (tenant_id, connection_id)
);
comment on table provisioned_groups is 'The groups of a directory, by name alone. Who is in one is kept only while it proposes a role.';

create table provisioned_memberships (
	tenant_id     uuid not null,
	group_id      uuid not null,
	person_id     uuid not null,
	connection_id uuid not null,
	group_name    text not null,
	constraint provisioned_memberships_pkey primary key (tenant_id, group_id, person_id),
	constraint provisioned_memberships_are_of_a_group foreign key (tenant_id, group_id) references provisioned_groups (tenant_id, group_id) on delete cascade,
	constraint provisioned_memberships_are_of_a_person foreign key (tenant_id, person_id) references provisioned_people (tenant_id, person_id) on delete cascade,
	constraint provisioned_memberships_propose_a_role foreign key (tenant_id, group_name) references role_proposals (tenant_id, group_name) on delete cascade
);
create index provisioned_memberships_of_a_person on provisioned_memberships (tenant_id, person_id);
create index provisioned_memberships_by_proposal on provisioned_memberships (tenant_id, group_name);
comment on table provisioned_memberships is 'Who is in a group that proposes a role. It goes with the proposal.';

create table provisioning_acts (
	tenant_id     uuid        not null,
	act_id        uuid        not null,
	connection_id uuid        not null,
	at            timestamptz not null,
	deed          text        not null,
	about_id      uuid,
	reason        text        not null,
	constraint provisioning_acts_pkey primary key (tenant_id, act_id),
	constraint provisioning_acts_are_of_a_connection foreign key (tenant_id, connection_id) references connections (tenant_id, connection_id),
	constraint provisioning_acts_name_codes_alone check (deed ~ '^[a-z_]{1,30}$' and reason ~ '^[a-z_]{0,30}$')
);
create index provisioning_acts_by_time on provisioning_acts (tenant_id, connection_id, at desc, act_id);
comment on table provisioning_acts is 'What came from a directory within the last days, and what was refused, in codes. The journal has an entry of each.';

-- Whoever waits because the directory says so, whether she or he has signed in or not.
alter table applications add column announced_at timestamptz;

do $$
declare
	t text;
	fence text;
	widened record;
	here constant text := $e$tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid$e$;
	door constant text := $e$current_setting('app.scope', true) = 'signin'$e$;
	admin constant text := $e$current_setting('app.scope', true) = 'admin'$e$;
	directory constant text := $e$current_setting('app.scope', true) = 'directory'$e$;
	own constant text := $e$current_setting('app.scope', true) = 'directory' and connection_id = nullif(current_setting('app.person_id', true), '')::uuid$e$;
	admin_case constant text := $e$case current_setting('app.scope', true) when 'admin' then true else false end$e$;
	directory_case constant text := $e$case current_setting('app.scope', true) when 'directory' then true else false end$e$;
begin
	foreach t in array array['provisionings', 'provisioning_tokens', 'provisioned_people', 'provisioned_groups', 'provisioned_memberships', 'provisioning_acts'] loop
		execute format('alter table %I enable row level security', t);
		execute format('alter table %I force row level security', t);
		fence := case when t in ('provisionings', 'provisioning_tokens') then format('%s or (%s and %s)', door, here, admin) else format('%s and (%s or (%s))', here, admin, own) end;
		execute format('create policy door_fence on %I as restrictive for all using (%s) with check (%s)', t, fence, fence);
	end loop;
	foreach t in array array['provisionings', 'provisioning_tokens'] loop
		execute format('create policy admin on %I for all to passerelle_app using (%s) with check (%s)', t, admin_case, admin_case);
	end loop;
	execute format('create policy door on provisionings for select to passerelle_app using (%s)', door);
	execute format('create policy door on provisioning_tokens for select to passerelle_app using (%s)', door);
	execute format('create policy door_uses on provisioning_tokens for update to passerelle_app using (%s) with check (%s)', door, door);
	foreach t in array array['provisioned_people', 'provisioned_groups', 'provisioned_memberships', 'provisioning_acts'] loop
		execute format('create policy directory on %I for all to passerelle_app using (%s) with check (%s)', t, directory_case, directory_case);
		execute format('create policy admin on %I for select to passerelle_app using (%s)', t, admin_case);
	end loop;
	execute format('create policy admin_matches on provisioned_people for update to passerelle_app using (%s) with check (%s)', admin, admin);

	-- Of the door, a directory comes at those who came through its connection, and counts who administers.
	for widened in select * from (values
		('identities', 'door_fence', own),
		('applications', 'door_fence', format('%s and %s', here, own)),
		('members', 'door_fence', format($e$%s and %s and (connection_id = nullif(current_setting('app.person_id', true), '')::uuid or role = 'admin')$e$, here, directory)),
		('office_members', 'door_fence', format('%s and %s', here, own)),
		('journal_entries', 'scope_fence', format($e$%s and role = 'directory' and person_id = nullif(current_setting('app.person_id', true), '')::uuid and dossier_id is null$e$, directory))
	) as fences (table_name, name, expression) loop
		select pg_get_expr(polqual, polrelid) into strict fence from pg_policy where polrelid = widened.table_name::regclass and polname = widened.name;
		fence := format('%s or (%s)', fence, widened.expression);
		execute format('alter policy %I on %I using (%s) with check (%s)', widened.name, widened.table_name, fence, fence);
	end loop;
	-- What a directory did is told to those who administer.
	select replace(pg_get_expr(polqual, polrelid), $e$ARRAY['admin'::text, 'platform'::text]$e$, $e$ARRAY['admin'::text, 'platform'::text, 'directory'::text]$e$) into strict fence
		from pg_policy where polrelid = 'journal_entries'::regclass and polname = 'scope_fence';
	execute format('alter policy scope_fence on journal_entries using (%s) with check (%s)', fence, fence);
	for widened in select * from (values
		('role_proposals', $e$case current_setting('app.scope', true) when 'admin' then true when 'directory' then true else false end$e$),
		('member_acts', $e$case current_setting('app.scope', true) when 'staff' then true when 'admin' then true when 'directory' then by_role = 'directory' else false end$e$)
	) as fences (table_name, expression) loop
		execute format('alter policy scope_fence on %I using (%s) with check (%s)', widened.table_name, widened.expression, widened.expression);
	end loop;

	execute format('create policy directory on identities for all to passerelle_app using (%s) with check (%s)', directory_case, directory_case);
	execute format('create policy directory on applications for all to passerelle_app using (%s) with check (%s and accepted_at is null)', directory_case, directory);
	foreach t in array array['members', 'office_members'] loop
		execute format('create policy directory on %I for select to passerelle_app using (%s)', t, directory_case);
		execute format('create policy directory_ends on %I for update to passerelle_app using (%s) with check (%s and ended_as = ''disabled'')', t, directory, own);
	end loop;
	execute format('create policy directory on role_proposals for select to passerelle_app using (%s)', directory_case);
	execute format('create policy directory_notes on member_acts for insert to passerelle_app
		with check (%s and by_role = ''directory'' and deed = ''disabled'' and by_id = nullif(current_setting(''app.person_id'', true), '''')::uuid)', directory);
	execute format('create policy directory_writes on journal_entries for insert to passerelle_app with check (%s)', directory);
end $$;

grant select, insert on provisionings, provisioning_tokens, provisioned_people, provisioned_groups, provisioned_memberships, provisioning_acts to passerelle_app;
grant update (subject_from, set_by, set_at) on provisionings to passerelle_app;
grant update (valid_until, used_at) on provisioning_tokens to passerelle_app;
grant update (external_id, user_name, given_name, family_name, display_name, email, active, subject, changed_at) on provisioned_people to passerelle_app;
grant update (external_id, name, changed_at) on provisioned_groups to passerelle_app;
grant delete on provisioned_people, provisioned_groups, provisioned_memberships, provisioning_acts, applications to passerelle_app;
grant insert (announced_at), update (announced_at) on applications to passerelle_app;
