-- The schema after all migrations: written by `go test ./migrations -update`, read as a diff, changed by hand never.
set check_function_bodies = off;
alter default privileges revoke execute on functions from public;

CREATE OR REPLACE FUNCTION console.refuse_to_change_acts()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	raise exception 'what was done stays' using errcode = 'check_violation', constraint = 'acts_stay';
end $function$;

create table acts (
	act_id uuid not null,
	operator_id uuid,
	about_id uuid,
	tenant_id uuid,
	action text not null,
	reason text not null default ''::text,
	acted_at timestamp with time zone not null default now(),
	constraint acts_pkey PRIMARY KEY (act_id)
);
comment on table acts is 'What those who run the installation have done, and who; without an operator, by a command. It only grows.';
CREATE INDEX acts_by_tenant ON acts USING btree (tenant_id, acted_at DESC, act_id DESC);
CREATE INDEX acts_by_time ON acts USING btree (acted_at DESC, act_id DESC);
alter table acts enable row level security;
alter table acts force row level security;
create policy scope_fence on acts as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END);
create policy platform on acts as permissive for all to passerelle_platform
	using (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END);
CREATE TRIGGER acts_stay BEFORE DELETE OR UPDATE ON acts FOR EACH ROW EXECUTE FUNCTION refuse_to_change_acts();
alter table acts enable always trigger acts_stay;
CREATE TRIGGER acts_stay_all BEFORE TRUNCATE ON acts FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_acts();
alter table acts enable always trigger acts_stay_all;
grant select on acts to passerelle_platform;
grant insert (act_id, operator_id, about_id, tenant_id, action, reason) on acts to passerelle_platform;
grant insert (act_id, operator_id, about_id, tenant_id, action, reason) on acts to passerelle_transfer;

create table attempts (
	state_hash bytea not null,
	browser_hash bytea not null,
	nonce text not null,
	pkce_verifier text not null,
	return_to text not null,
	expires_at timestamp with time zone not null,
	constraint attempts_pkey PRIMARY KEY (state_hash)
);
comment on table attempts is 'Somebody on the way to the provider of the console: what the answer is compared with, once.';
alter table attempts enable row level security;
alter table attempts force row level security;
create policy scope_fence on attempts as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END);
create policy platform on attempts as permissive for all to passerelle_platform
	using (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END);
grant delete, insert, select on attempts to passerelle_platform;

create table challenges (
	challenge_id uuid not null,
	session_id uuid not null,
	purpose text not null,
	ceremony jsonb not null,
	expires_at timestamp with time zone not null,
	constraint challenges_pkey PRIMARY KEY (challenge_id),
	constraint challenges_register_or_confirm CHECK (purpose = ANY (ARRAY['register'::text, 'confirm'::text]))
);
comment on table challenges is 'A registration or a confirmation under way: one use, five minutes, in the session that asked for it.';
CREATE INDEX challenges_by_session ON challenges USING btree (session_id);
alter table challenges enable row level security;
alter table challenges force row level security;
create policy scope_fence on challenges as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END);
create policy platform on challenges as permissive for all to passerelle_platform
	using (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END);
grant delete, insert, select on challenges to passerelle_platform;

create table operators (
	operator_id uuid not null,
	name text not null,
	email text not null,
	issuer text,
	subject text,
	code_hash bytea,
	code_expires_at timestamp with time zone,
	added_at timestamp with time zone not null default now(),
	arrived_at timestamp with time zone,
	removed_at timestamp with time zone,
	constraint operators_pkey PRIMARY KEY (operator_id),
	constraint operators_are_expected_by_a_subject_or_a_code CHECK (subject IS NOT NULL OR code_hash IS NOT NULL OR removed_at IS NOT NULL),
	constraint operators_are_known_by_issuer_and_subject CHECK (subject IS NULL OR length(subject) >= 1 AND length(subject) <= 255),
	constraint operators_have_a_name CHECK (length(name) >= 1 AND length(name) <= 100),
	constraint operators_have_an_e_mail CHECK (length(email) >= 3 AND length(email) <= 254),
	constraint operators_have_codes_that_end CHECK ((code_hash IS NULL) = (code_expires_at IS NULL))
);
comment on table operators is 'Who runs the installation. The provider vouches for issuer and subject; name and e-mail are display text.';
CREATE UNIQUE INDEX operators_are_one_person_each ON operators USING btree (issuer, subject) WHERE removed_at IS NULL AND subject IS NOT NULL;
CREATE UNIQUE INDEX operators_have_codes_that_differ ON operators USING btree (code_hash) WHERE code_hash IS NOT NULL;
alter table operators enable row level security;
alter table operators force row level security;
create policy scope_fence on operators as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END);
create policy platform on operators as permissive for all to passerelle_platform
	using (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END);
grant select on operators to passerelle_platform;
grant insert (operator_id, name, email, issuer, subject, code_hash, code_expires_at) on operators to passerelle_platform;
grant update (issuer, subject, code_hash, code_expires_at, arrived_at, removed_at) on operators to passerelle_platform;

create table passkeys (
	passkey_id uuid not null,
	operator_id uuid not null,
	credential_id bytea not null,
	public_key bytea not null,
	sign_count bigint not null,
	transports text[] not null default '{}'::text[],
	backup_eligible boolean not null,
	backed_up boolean not null,
	added_at timestamp with time zone not null,
	used_at timestamp with time zone,
	constraint passkeys_pkey PRIMARY KEY (passkey_id),
	constraint passkeys_are_registered_once UNIQUE (credential_id),
	constraint passkeys_count_from_nothing CHECK (sign_count >= 0 AND sign_count <= '4294967295'::bigint)
);
comment on table passkeys is 'What those who run the installation confirm with.';
CREATE INDEX passkeys_by_operator ON passkeys USING btree (operator_id, added_at);
alter table passkeys enable row level security;
alter table passkeys force row level security;
create policy scope_fence on passkeys as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END);
create policy platform on passkeys as permissive for all to passerelle_platform
	using (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END);
grant delete, insert, select on passkeys to passerelle_platform;
grant update (sign_count, backed_up, used_at) on passkeys to passerelle_platform;

create table sessions (
	session_id uuid not null,
	token_hash bytea not null,
	csrf text not null,
	operator_id uuid,
	issuer text not null,
	subject text not null,
	name text not null,
	browser text not null,
	system text not null,
	created_at timestamp with time zone not null,
	seen_at timestamp with time zone not null,
	expires_at timestamp with time zone not null,
	bound_at timestamp with time zone,
	confirmed_at timestamp with time zone,
	revoked_at timestamp with time zone,
	constraint sessions_pkey PRIMARY KEY (session_id),
	constraint sessions_are_opened_by_one_token UNIQUE (token_hash),
	constraint sessions_are_confirmed_by_operators CHECK (confirmed_at IS NULL OR operator_id IS NOT NULL)
);
comment on table sessions is 'Somebody signed in at the console. Only the SHA-256 of the token is kept; nobody is let in who has not confirmed with a passkey.';
CREATE INDEX sessions_by_age ON sessions USING btree (expires_at);
CREATE INDEX sessions_by_operator ON sessions USING btree (operator_id, created_at);
alter table sessions enable row level security;
alter table sessions force row level security;
create policy scope_fence on sessions as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END);
create policy platform on sessions as permissive for all to passerelle_platform
	using (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END);
grant delete, insert, select on sessions to passerelle_platform;
grant update (token_hash, operator_id, seen_at, bound_at, confirmed_at, revoked_at) on sessions to passerelle_platform;
alter table acts add constraint acts_are_about_an_operator
	FOREIGN KEY (about_id) REFERENCES operators(operator_id);
alter table acts add constraint acts_are_of_an_operator
	FOREIGN KEY (operator_id) REFERENCES operators(operator_id);
alter table challenges add constraint challenges_are_of_a_session
	FOREIGN KEY (session_id) REFERENCES sessions(session_id) ON DELETE CASCADE;
alter table passkeys add constraint passkeys_are_of_an_operator
	FOREIGN KEY (operator_id) REFERENCES operators(operator_id);
alter table sessions add constraint sessions_are_of_an_operator
	FOREIGN KEY (operator_id) REFERENCES operators(operator_id);
