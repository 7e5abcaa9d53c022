-- A second factor of our own. A provider says who somebody is; that it is really she or he who now looks at an address or takes
-- a file out of the house, a passkey says, which the person registered here and which no provider can lend to anybody.

-- When the person, asked to, signed in to the provider anew for this session, and when she or he last confirmed in it.
alter table sessions add column fresh_at timestamptz, add column confirmed_at timestamptz;
alter table signin_attempts add column fresh boolean not null default false;

create table passkeys (
	tenant_id       uuid        not null,
	passkey_id      uuid        not null,
	identity_id     uuid        not null,
	credential_id   bytea       not null,
	public_key      bytea       not null,
	sign_count      bigint      not null,
	transports      text[]      not null default '{}',
	backup_eligible boolean     not null,
	backed_up       boolean     not null,
	name            text        not null,
	added_at        timestamptz not null,
	used_at         timestamptz,
	constraint passkeys_pkey primary key (tenant_id, passkey_id),
	constraint passkeys_are_registered_once unique (tenant_id, credential_id),
	constraint passkeys_belong_to_a_tenant foreign key (tenant_id) references tenants (tenant_id),
	constraint passkeys_are_of_an_identity foreign key (identity_id) references identities (identity_id),
	constraint passkeys_have_a_name check (length(name) between 1 and 60),
	constraint passkeys_count_from_nothing check (sign_count between 0 and 4294967295),
	constraint passkeys_are_no_longer_than_the_standard_lets_them check (length(credential_id) between 16 and 1023 and length(public_key) between 16 and 4096)
);
create index passkeys_by_identity on passkeys (tenant_id, identity_id, added_at);
comment on table passkeys is 'What somebody confirms with, registered to her or his account in one tenant: what a tenant''s admins replace opens nothing of another''s.';

create table passkey_challenges (
	tenant_id    uuid        not null,
	challenge_id uuid        not null,
	identity_id  uuid        not null,
	session_hash bytea       not null,
	purpose      text        not null,
	ceremony     jsonb       not null,
	expires_at   timestamptz not null,
	constraint passkey_challenges_pkey primary key (tenant_id, challenge_id),
	constraint passkey_challenges_belong_to_a_tenant foreign key (tenant_id) references tenants (tenant_id),
	constraint passkey_challenges_are_of_an_identity foreign key (identity_id) references identities (identity_id),
	constraint passkey_challenges_register_or_confirm check (purpose in ('register', 'confirm'))
);
create index passkey_challenges_by_age on passkey_challenges (tenant_id, identity_id, expires_at);
comment on table passkey_challenges is 'A registration or a confirmation under way: one use, five minutes, in the session that asked for it.';

create table passkey_recoveries (
	tenant_id          uuid        not null,
	recovery_id        uuid        not null,
	identity_id        uuid        not null,
	person_id          uuid        not null,
	office_id          uuid,
	asked_at           timestamptz not null,
	first_by           uuid,
	first_identity_id  uuid,
	first_reason       text,
	first_at           timestamptz,
	second_by          uuid,
	second_identity_id uuid,
	second_reason      text,
	second_at          timestamptz,
	refused_by         uuid,
	refused_reason     text,
	refused_at         timestamptz,
	withdrawn_at       timestamptz,
	used_at            timestamptz,
	constraint passkey_recoveries_pkey primary key (tenant_id, recovery_id),
	constraint passkey_recoveries_belong_to_a_tenant foreign key (tenant_id) references tenants (tenant_id),
	constraint passkey_recoveries_are_of_an_identity foreign key (identity_id) references identities (identity_id),
	constraint passkey_recoveries_are_granted_with_a_reason check (
		num_nulls(first_by, first_identity_id, first_reason, first_at) in (0, 4) and num_nulls(second_by, second_identity_id, second_reason, second_at) in (0, 4)
		and num_nulls(refused_by, refused_reason, refused_at) in (0, 3)
		and length(first_reason) between 1 and 500 and length(second_reason) between 1 and 500 and length(refused_reason) between 1 and 500),
	constraint passkey_recoveries_are_granted_by_one_after_the_other check (second_at is null or first_at is not null),
	constraint passkey_recoveries_are_granted_by_two_others check (
		first_identity_id is distinct from identity_id and second_identity_id is distinct from identity_id
		and (second_identity_id is null or second_identity_id <> first_identity_id)),
	constraint passkey_recoveries_end_one_way check (num_nonnulls(refused_at, withdrawn_at, used_at) <= 1),
	constraint passkey_recoveries_are_used_once_granted check (used_at is null or second_at is not null)
);
-- Somebody asks once at a time.
create unique index passkey_recoveries_wait_one_at_a_time on passkey_recoveries (tenant_id, identity_id)
	where refused_at is null and withdrawn_at is null and used_at is null;
create index passkey_recoveries_by_time on passkey_recoveries (tenant_id, asked_at desc, recovery_id);
comment on table passkey_recoveries is 'Somebody who has lost her or his passkeys asks two admins to let a new one be registered. Each says why; neither is the person.';

-- What the admins say they say in their own name, and the person nothing for them. Who they are, beside which member, the
-- database looks up itself: somebody who is a caseworker and an admin is one person.
create function keep_passkey_recoveries_apart() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
	me constant uuid := nullif(current_setting('app.person_id', true), '')::uuid;
	account uuid;
begin
	if num_nonnulls(old.refused_at, old.withdrawn_at, old.used_at) > 0 then
		raise exception 'a recovery that has ended stays as it is' using errcode = 'check_violation', constraint = 'passkey_recoveries_stay';
	end if;
	if current_setting('app.scope', true) = 'admin' then
		if (new.withdrawn_at, new.used_at) is distinct from (old.withdrawn_at, old.used_at)
			or old.first_by is not null and (new.first_by, new.first_reason, new.first_at) is distinct from (old.first_by, old.first_reason, old.first_at)
			or old.second_by is not null and (new.second_by, new.second_reason, new.second_at) is distinct from (old.second_by, old.second_reason, old.second_at)
			or new.first_by is distinct from old.first_by and new.first_by is distinct from me
			or new.second_by is distinct from old.second_by and new.second_by is distinct from me
			or new.refused_by is distinct from old.refused_by and new.refused_by is distinct from me then
			raise exception 'an admin says what is hers or his to say, once' using errcode = 'check_violation', constraint = 'passkey_recoveries_are_granted_in_ones_own_name';
		end if;
		select identity_id into account from members where member_id = me and role = 'admin' and ended_at is null;
		if account is null then
			raise exception 'nobody grants without being known' using errcode = 'check_violation', constraint = 'passkey_recoveries_are_granted_in_ones_own_name';
		end if;
		if new.first_by is distinct from old.first_by then
			new.first_identity_id := account;
		end if;
		if new.second_by is distinct from old.second_by then
			new.second_identity_id := account;
		end if;
	elsif (new.first_by, new.first_identity_id, new.first_reason, new.first_at, new.second_by, new.second_identity_id, new.second_reason, new.second_at, new.refused_by, new.refused_reason, new.refused_at)
		is distinct from (old.first_by, old.first_identity_id, old.first_reason, old.first_at, old.second_by, old.second_identity_id, old.second_reason, old.second_at, old.refused_by, old.refused_reason, old.refused_at) then
		raise exception 'nobody grants a recovery but an admin' using errcode = 'check_violation', constraint = 'passkey_recoveries_are_granted_by_admins';
	end if;
	return new;
end $$;
create trigger passkey_recoveries_are_kept_apart before update on passkey_recoveries for each row execute function keep_passkey_recoveries_apart();

-- Fences. Passkeys exist for the account that they are of, while it shows its second factor, and for nothing else.
do $$
declare
	tenant constant text := $e$tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid$e$;
	own constant text := $e$current_setting('app.scope', true) = 'factor' and identity_id = nullif(current_setting('app.identity_id', true), '')::uuid$e$;
	own_or_admin constant text := $e$current_setting('app.scope', true) = 'admin' or $e$ || own;
	fence record;
begin
	for fence in select * from (values ('passkeys', own), ('passkey_challenges', own), ('passkey_recoveries', own_or_admin)) as fences (t, sees) loop
		execute format('alter table %I enable row level security', fence.t);
		execute format('alter table %I force row level security', fence.t);
		execute format('create policy tenant_fence on %I as restrictive for all using (%s) with check (%s)', fence.t, tenant, tenant);
		execute format('create policy scope_fence on %I as restrictive for all using (%s) with check (%s)', fence.t, fence.sees, fence.sees);
	end loop;
end $$;
create policy own on passkeys for all to passerelle_app
	using (current_setting('app.scope', true) = 'factor') with check (current_setting('app.scope', true) = 'factor');
create policy own on passkey_challenges for all to passerelle_app
	using (current_setting('app.scope', true) = 'factor') with check (current_setting('app.scope', true) = 'factor');
create policy both_read on passkey_recoveries for select to passerelle_app using (current_setting('app.scope', true) in ('factor', 'admin'));
create policy own_asks on passkey_recoveries for insert to passerelle_app with check (
	current_setting('app.scope', true) = 'factor' and person_id = nullif(current_setting('app.person_id', true), '')::uuid);
create policy both_change on passkey_recoveries for update to passerelle_app
	using (current_setting('app.scope', true) in ('factor', 'admin')) with check (current_setting('app.scope', true) in ('factor', 'admin'));

grant select, insert, delete on passkeys, passkey_challenges to passerelle_app;
grant update (sign_count, backed_up, used_at) on passkeys to passerelle_app;
grant select on passkey_recoveries to passerelle_app;
grant insert (tenant_id, recovery_id, identity_id, person_id, office_id, asked_at) on passkey_recoveries to passerelle_app;
grant update (first_by, first_reason, first_at, second_by, second_reason, second_at, refused_by, refused_reason, refused_at, withdrawn_at, used_at) on passkey_recoveries to passerelle_app;

-- What somebody who administers a tenant, or reads its figures, had typed is kept as everybody's is.
alter policy scope_fence on parked_forms
	using (current_setting('app.scope', true) in ('staff', 'office', 'admin', 'figures') and person_id = nullif(current_setting('app.person_id', true), '')::uuid)
	with check (current_setting('app.scope', true) in ('staff', 'office', 'admin', 'figures') and person_id = nullif(current_setting('app.person_id', true), '')::uuid);
alter policy own on parked_forms
	using (current_setting('app.scope', true) in ('staff', 'office', 'admin', 'figures'))
	with check (current_setting('app.scope', true) in ('staff', 'office', 'admin', 'figures'));

-- Whoever shows a second factor leaves entries in her or his own name, about no dossier, and reads none. Whatever else the fence
-- says, it goes on saying.
do $$
declare
	fence text;
	own constant text := $e$current_setting('app.scope', true) = 'factor' and person_id = nullif(current_setting('app.person_id', true), '')::uuid and dossier_id is null$e$;
begin
	select pg_get_expr(polqual, polrelid) into strict fence from pg_policy where polrelid = 'journal_entries'::regclass and polname = 'scope_fence';
	fence := format('%s or %s', own, fence);
	execute format('alter policy scope_fence on journal_entries using (%s) with check (%s)', fence, fence);
end $$;
create policy factor_writes on journal_entries for insert to passerelle_app with check (
	current_setting('app.scope', true) = 'factor' and office_id is not distinct from nullif(current_setting('app.office_id', true), '')::uuid);
