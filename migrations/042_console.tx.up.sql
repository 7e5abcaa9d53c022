-- The console of those who run the installation: who they are, how they sign in there and confirm, and what they have done. It lies
-- in a schema of its own, which nobody may use but the role passerelle_platform; nothing of a tenant stands in it, but to which
-- tenant something was done.
create schema console;
grant usage on schema console to passerelle_platform;

create table console.operators (
	operator_id     uuid        not null,
	name            text        not null,
	email           text        not null,
	issuer          text,
	subject         text,
	code_hash       bytea,
	code_expires_at timestamptz,
	added_at        timestamptz not null default now(),
	arrived_at      timestamptz,
	removed_at      timestamptz,
	constraint operators_pkey primary key (operator_id),
	constraint operators_have_a_name check (length(name) between 1 and 100),
	constraint operators_have_an_e_mail check (length(email) between 3 and 254),
	constraint operators_are_known_by_issuer_and_subject check (subject is null or length(subject) between 1 and 255),
	constraint operators_are_expected_by_a_subject_or_a_code check (subject is not null or code_hash is not null or removed_at is not null),
	constraint operators_have_codes_that_end check ((code_hash is null) = (code_expires_at is null))
);
create unique index operators_are_one_person_each on console.operators (issuer, subject) where removed_at is null and subject is not null;
create unique index operators_have_codes_that_differ on console.operators (code_hash) where code_hash is not null;
comment on table console.operators is 'Who runs the installation. The provider vouches for issuer and subject; name and e-mail are display text.';

create table console.attempts (
	state_hash    bytea       not null,
	browser_hash  bytea       not null,
	nonce         text        not null,
	pkce_verifier text        not null,
	return_to     text        not null,
	expires_at    timestamptz not null,
	constraint attempts_pkey primary key (state_hash)
);
comment on table console.attempts is 'Somebody on the way to the provider of the console: what the answer is compared with, once.';

create table console.sessions (
	session_id   uuid        not null,
	token_hash   bytea       not null,
	csrf         text        not null,
	operator_id  uuid,
	issuer       text        not null,
	subject      text        not null,
	name         text        not null,
	browser      text        not null,
	system       text        not null,
	created_at   timestamptz not null,
	seen_at      timestamptz not null,
	expires_at   timestamptz not null,
	bound_at     timestamptz,
	confirmed_at timestamptz,
	revoked_at   timestamptz,
	constraint sessions_pkey primary key (session_id),
	constraint sessions_are_opened_by_one_token unique (token_hash),
	constraint sessions_are_of_an_operator foreign key (operator_id) references console.operators (operator_id),
	constraint sessions_are_confirmed_by_operators check (confirmed_at is null or operator_id is not null)
);
create index sessions_by_operator on console.sessions (operator_id, created_at);
create index sessions_by_age on console.sessions (expires_at);
comment on table console.sessions is 'Somebody signed in at the console. Only the SHA-256 of the token is kept; nobody is let in who has not confirmed with a passkey.';

create table console.passkeys (
	passkey_id      uuid        not null,
	operator_id     uuid        not null,
	credential_id   bytea       not null,
	public_key      bytea       not null,
	sign_count      bigint      not null,
	transports      text[]      not null default '{}',
	backup_eligible boolean     not null,
	backed_up       boolean     not null,
	added_at        timestamptz not null,
	used_at         timestamptz,
	constraint passkeys_pkey primary key (passkey_id),
	constraint passkeys_are_registered_once unique (credential_id),
	constraint passkeys_are_of_an_operator foreign key (operator_id) references console.operators (operator_id),
	constraint passkeys_count_from_nothing check (sign_count between 0 and 4294967295)
);
create index passkeys_by_operator on console.passkeys (operator_id, added_at);
comment on table console.passkeys is 'What those who run the installation confirm with.';

create table console.challenges (
	challenge_id uuid        not null,
	session_id   uuid        not null,
	purpose      text        not null,
	ceremony     jsonb       not null,
	expires_at   timestamptz not null,
	constraint challenges_pkey primary key (challenge_id),
	constraint challenges_are_of_a_session foreign key (session_id) references console.sessions (session_id) on delete cascade,
	constraint challenges_register_or_confirm check (purpose in ('register', 'confirm'))
);
create index challenges_by_session on console.challenges (session_id);
comment on table console.challenges is 'A registration or a confirmation under way: one use, five minutes, in the session that asked for it.';

create table console.acts (
	act_id      uuid        not null,
	operator_id uuid,
	about_id    uuid,
	tenant_id   uuid,
	action      text        not null,
	reason      text        not null default '',
	acted_at    timestamptz not null default now(),
	constraint acts_pkey primary key (act_id),
	constraint acts_are_of_an_operator foreign key (operator_id) references console.operators (operator_id),
	-- A tenant may be deleted one day: that it was, and by whom, stays.
	constraint acts_are_about_an_operator foreign key (about_id) references console.operators (operator_id)
);
create index acts_by_time on console.acts (acted_at desc, act_id desc);
create index acts_by_tenant on console.acts (tenant_id, acted_at desc, act_id desc);
comment on table console.acts is 'What those who run the installation have done, and who; without an operator, by a command. It only grows.';
create function console.refuse_to_change_acts() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
	raise exception 'what was done stays' using errcode = 'check_violation', constraint = 'acts_stay';
end $$;
create trigger acts_stay before update or delete on console.acts for each row execute function console.refuse_to_change_acts();
create trigger acts_stay_all before truncate on console.acts for each statement execute function console.refuse_to_change_acts();
alter table console.acts enable always trigger acts_stay, enable always trigger acts_stay_all;

do $$
declare
	mine constant text := $e$case current_setting('app.scope', true) when 'platform' then true else false end$e$;
	t text;
begin
	foreach t in array array['operators', 'attempts', 'sessions', 'passkeys', 'challenges', 'acts'] loop
		execute format('alter table console.%I enable row level security', t);
		execute format('alter table console.%I force row level security', t);
		execute format('create policy scope_fence on console.%I as restrictive for all using (%s) with check (%s)', t, mine, mine);
		execute format('create policy platform on console.%I for all to passerelle_platform using (%s) with check (%s)', t, mine, mine);
	end loop;
end $$;
grant select on console.operators, console.attempts, console.sessions, console.passkeys, console.challenges, console.acts to passerelle_platform;
grant insert (operator_id, name, email, issuer, subject, code_hash, code_expires_at) on console.operators to passerelle_platform;
grant update (issuer, subject, code_hash, code_expires_at, arrived_at, removed_at) on console.operators to passerelle_platform;
grant insert, delete on console.attempts, console.passkeys, console.challenges to passerelle_platform;
grant insert, delete on console.sessions to passerelle_platform;
grant update (operator_id, token_hash, seen_at, bound_at, confirmed_at, revoked_at) on console.sessions to passerelle_platform;
grant update (sign_count, backed_up, used_at) on console.passkeys to passerelle_platform;
grant insert (act_id, operator_id, about_id, tenant_id, action, reason) on console.acts to passerelle_platform;
