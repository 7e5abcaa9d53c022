-- Connections are set up and changed by the tenant's own administrators. What this installation shows to a provider is
-- sealed; a change is written, tried, proposed by one, approved by another, waits, and takes effect at the door.

-- A secret comes in here from those who set an installation up, who have no key. The application seals it as soon as it
-- finds it, before it is ever used, and leaves this empty.
comment on column connections.client_secret is 'Handed in by those who set up the installation, and emptied by the application, which seals it.';

alter table connections
	add column secret_id   uuid,
	add column scopes      text[]      not null default '{openid,profile,email}',
	add column name_claim  text        not null default 'name',
	add column email_claim text        not null default 'email',
	-- What those write who set up an installation is live at once; what an administrator writes is not.
	add column live_at     timestamptz default now(),
	add column ended_at    timestamptz,
	add constraint connections_are_live_with_a_provider check (live_at is null or issuer <> '' and client_id <> ''),
	add constraint connections_have_one_tenant unique (tenant_id, connection_id);
grant insert (connection_id, tenant_id, slug, name, kind, issuer, client_id, live_at) on connections to passerelle_app;
grant update (name, issuer, client_id, client_secret, secret_id, scopes, name_claim, email_claim, email_domains, live_at, ended_at) on connections to passerelle_app;
create policy admin_adds on connections for insert to passerelle_app
	with check (current_setting('app.scope', true) = 'admin' and live_at is null and issuer = '' and client_id = '' and client_secret = '' and secret_id is null);

create table connection_secrets (
	secret_id     uuid        not null,
	connection_id uuid        not null,
	secret        bytea       not null,
	made_at       timestamptz not null,
	constraint connection_secrets_pkey primary key (secret_id),
	constraint connection_secrets_are_of_a_connection foreign key (connection_id) references connections (connection_id)
);
create index connection_secrets_of_a_connection on connection_secrets (connection_id);
comment on table connection_secrets is 'What this installation shows to a provider. It is opened at the moment when a code is redeemed, and nowhere else.';
comment on column connection_secrets.secret is 'Sealed under the keyset of the connection.';

create table connection_changes (
	tenant_id       uuid        not null,
	change_id       uuid        not null,
	connection_id   uuid        not null,
	kind            text        not null,
	name            text        not null,
	issuer          text        not null,
	client_id       text        not null,
	secret_id       uuid,
	scopes          text[]      not null,
	name_claim      text        not null,
	email_claim     text        not null,
	email_domains   text[]      not null,
	keeps_subjects  boolean     not null,
	version         integer     not null,
	tried_version   integer,
	written_by      uuid        not null,
	written_at      timestamptz not null,
	proposed_by     uuid,
	proposed_at     timestamptz,
	approved_by     uuid,
	approved_at     timestamptz,
	takes_effect_at timestamptz,
	took_effect_at  timestamptz,
	withdrawn_by    uuid,
	withdrawn_at    timestamptz,
	constraint connection_changes_pkey primary key (tenant_id, change_id),
	constraint connection_changes_are_of_a_connection foreign key (tenant_id, connection_id) references connections (tenant_id, connection_id),
	constraint connection_changes_are_written_by_a_member foreign key (tenant_id, written_by) references members (tenant_id, member_id),
	constraint connection_changes_are_proposed_by_a_member foreign key (tenant_id, proposed_by) references members (tenant_id, member_id),
	constraint connection_changes_are_approved_by_a_member foreign key (tenant_id, approved_by) references members (tenant_id, member_id),
	constraint connection_changes_are_withdrawn_by_a_member foreign key (tenant_id, withdrawn_by) references members (tenant_id, member_id),
	constraint connection_changes_set_or_end check (kind in ('set', 'end')),
	constraint connection_changes_are_proposed_by_somebody check ((proposed_at is null) = (proposed_by is null)),
	constraint connection_changes_are_withdrawn_by_somebody check ((withdrawn_at is null) = (withdrawn_by is null)),
	constraint connection_changes_are_tried_before_they_are_proposed check (proposed_at is null or kind = 'end' or tried_version is not distinct from version),
	constraint connection_changes_take_two check (approved_at is null and approved_by is null
		or approved_at is not null and approved_by is not null and proposed_by is not null and approved_by <> proposed_by and approved_by <> written_by),
	constraint connection_changes_wait_once_approved check ((approved_at is null) = (takes_effect_at is null) and takes_effect_at >= approved_at),
	constraint connection_changes_take_effect_once_approved check (took_effect_at is null or approved_at is not null and withdrawn_at is null)
);
create unique index connection_changes_are_open_one_at_a_time on connection_changes (tenant_id, connection_id) where took_effect_at is null and withdrawn_at is null;
create index connection_changes_of_a_connection on connection_changes (tenant_id, connection_id, written_at desc);
comment on table connection_changes is 'What a connection is to become: written and tried by one administrator, proposed, approved by another, and done at the door once the delay is over.';

-- What was tried is what is proposed, what was proposed is what is approved, and what is over stays as it was.
create function refuse_to_change_what_was_proposed() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
	if old.took_effect_at is not null or old.withdrawn_at is not null then
		raise exception 'a change of a connection that is over stays as it was' using errcode = 'check_violation', constraint = 'connection_changes_stay_once_over';
	end if;
	if (new.name, new.issuer, new.client_id, new.secret_id, new.scopes, new.name_claim, new.email_claim, new.email_domains, new.keeps_subjects, new.kind, new.connection_id)
		is distinct from
		(old.name, old.issuer, old.client_id, old.secret_id, old.scopes, old.name_claim, old.email_claim, old.email_domains, old.keeps_subjects, old.kind, old.connection_id)
		and (old.proposed_at is not null or new.version is not distinct from old.version) then
		raise exception 'what was tried and proposed is what is approved' using errcode = 'check_violation', constraint = 'connection_changes_stay_as_proposed';
	end if;
	if old.approved_at is not null and (new.approved_at, new.approved_by, new.takes_effect_at, new.proposed_by) is distinct from (old.approved_at, old.approved_by, old.takes_effect_at, old.proposed_by) then
		raise exception 'what was approved is not approved again' using errcode = 'check_violation', constraint = 'connection_changes_are_approved_once';
	end if;
	return new;
end $$;
create trigger connection_changes_stay before update on connection_changes for each row execute function refuse_to_change_what_was_proposed();

create table connection_trials (
	tenant_id     uuid        not null,
	trial_id      uuid        not null,
	connection_id uuid        not null,
	change_id     uuid        not null,
	version       integer     not null,
	member_id     uuid        not null,
	tried_at      timestamptz not null,
	outcome       text        not null,
	report        bytea       not null,
	constraint connection_trials_pkey primary key (tenant_id, trial_id),
	constraint connection_trials_are_of_a_change foreign key (tenant_id, change_id) references connection_changes (tenant_id, change_id),
	constraint connection_trials_are_of_a_member foreign key (tenant_id, member_id) references members (tenant_id, member_id),
	constraint connection_trials_are_kept_once unique (tenant_id, change_id, member_id),
	constraint connection_trials_name_codes_alone check (outcome ~ '^[a-z_]{0,40}$')
);
comment on table connection_trials is 'The last trial of a change by each administrator: how it went, and sealed what the provider said. It goes when the change is over.';
comment on column connection_trials.report is 'Sealed under the keyset of the connection.';

create table connection_settings (
	tenant_id   uuid        not null,
	delay_hours integer     not null,
	next_hours  integer,
	next_from   timestamptz,
	version     integer     not null,
	set_by      uuid        not null,
	set_at      timestamptz not null,
	constraint connection_settings_pkey primary key (tenant_id),
	constraint connection_settings_belong_to_a_tenant foreign key (tenant_id) references tenants (tenant_id),
	constraint connection_settings_are_set_by_a_member foreign key (tenant_id, set_by) references members (tenant_id, member_id),
	constraint connection_settings_wait_two_weeks_at_most check (delay_hours between 0 and 336 and next_hours between 0 and 336),
	constraint connection_settings_are_lowered_from_a_moment_on check ((next_hours is null) = (next_from is null))
);
comment on table connection_settings is 'How long a change of a connection waits once it is approved. A shorter delay waits for as long as the old one was.';

-- A trial under way says what it tries, and for whom: its answer opens no session.
alter table signin_attempts
	add column change_id      uuid,
	add column change_version integer,
	add column tried_by       uuid,
	add constraint signin_attempts_try_a_change_for_somebody check ((change_id is null) = (tried_by is null) and (change_id is null) = (change_version is null));

do $$
declare
	t text;
	door constant text := $e$current_setting('app.scope', true) = 'signin'$e$;
	here constant text := $e$tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid$e$;
	either constant text := $e$case current_setting('app.scope', true) when 'admin' then true when 'signin' then true else false end$e$;
	administration constant text := $e$case current_setting('app.scope', true) when 'admin' then true else false end$e$;
begin
	foreach t in array array['connection_secrets', 'connection_changes', 'connection_trials', 'connection_settings'] loop
		execute format('alter table %I enable row level security', t);
		execute format('alter table %I force row level security', t);
	end loop;
	execute format('create policy door_fence on connection_secrets as restrictive for all using (%s) with check (%s)', door, door);
	execute format('create policy door on connection_secrets for all to passerelle_app using (%s) with check (%s)', door, door);
	foreach t in array array['connection_changes', 'connection_trials', 'connection_settings'] loop
		execute format('create policy tenant_fence on %I as restrictive for all using (%s) with check (%s)', t, here, here);
		execute format('create policy scope_fence on %I as restrictive for all using (%s) with check (%s)', t,
			case t when 'connection_settings' then administration else either end, case t when 'connection_settings' then administration else either end);
	end loop;
	execute format('create policy both_see on connection_changes for select to passerelle_app using (%s)', either);
	execute format('create policy admin_writes on connection_changes for insert to passerelle_app with check (%s and proposed_at is null and approved_at is null and took_effect_at is null)', administration);
	execute format('create policy both_change on connection_changes for update to passerelle_app using (%s) with check (%s or took_effect_at is null)', either, door);
	execute format('create policy both_see on connection_trials for select to passerelle_app using (%s)', either);
	execute format('create policy door_tries on connection_trials for insert to passerelle_app with check (%s)', door);
	execute format('create policy both_forget on connection_trials for delete to passerelle_app using (%s)', either);
	execute format('create policy admin on connection_settings for all to passerelle_app using (%s) with check (%s)', administration, administration);
	create policy rotation on connection_secrets for all to passerelle_rotation using (true) with check (true);
	create policy rotation on connection_trials for all to passerelle_rotation using (true) with check (true);
end $$;

grant select, insert, delete on connection_secrets to passerelle_app;
grant select, insert on connection_changes to passerelle_app;
grant update (name, issuer, client_id, secret_id, scopes, name_claim, email_claim, email_domains, keeps_subjects, version, tried_version, written_by, written_at, proposed_by, proposed_at,
	approved_by, approved_at, takes_effect_at, took_effect_at, withdrawn_by, withdrawn_at) on connection_changes to passerelle_app;
grant select, insert, delete on connection_trials to passerelle_app;
grant select, insert on connection_settings to passerelle_app;
grant update (delay_hours, next_hours, next_from, version, set_by, set_at) on connection_settings to passerelle_app;
grant select (secret_id, connection_id, secret), update (secret) on connection_secrets to passerelle_rotation;
grant select (tenant_id, trial_id, connection_id, report), update (report) on connection_trials to passerelle_rotation;
