-- The schema after all migrations: written by `go test ./migrations -update`, read as a diff, changed by hand never.
set check_function_bodies = off;
alter default privileges revoke execute on functions from public;

CREATE OR REPLACE FUNCTION public.count_erased_dossiers()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	update public.dossier_counts as counted set dossiers = counted.dossiers - gone.n
		from (select tenant_id, count(*) as n from erased group by tenant_id) as gone where counted.tenant_id = gone.tenant_id;
	return null;
end $function$;

CREATE OR REPLACE FUNCTION public.count_new_dossiers()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	insert into public.dossier_counts as counted (tenant_id, dossiers)
		select tenant_id, count(*) from inserted group by tenant_id order by tenant_id
		on conflict (tenant_id) do update set dossiers = counted.dossiers + excluded.dossiers;
	return null;
end $function$;

CREATE OR REPLACE FUNCTION public.end_with_the_referral()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	new.visible_until := (select r.visible_until from public.referrals r where r.tenant_id = new.tenant_id and r.referral_id = new.referral_id);
	return new;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_a_gap_in_the_tree()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	if exists (
		select from (select tenant_id, min(leaf) as first, max(leaf) as last, count(*) as leaves from added group by tenant_id) as batch
		where last - first + 1 <> leaves or first > 0 and not exists (
			select from public.journal_leaves as before where before.tenant_id = batch.tenant_id and before.leaf = batch.first - 1)
	) then
		raise exception 'a leaf follows the one before it' using errcode = 'check_violation', constraint = 'journal_leaves_follow_each_other';
	end if;
	return null;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_another_history()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	if new.checkpoint > 1 and not exists (
			select from public.journal_checkpoints as before where before.tenant_id = new.tenant_id and before.checkpoint = new.checkpoint - 1
			and before.complete_until <= new.complete_until and (before.size < new.size or before.size = new.size and before.root = new.root))
		or new.size > 0 and not exists (select from public.journal_leaves as l where l.tenant_id = new.tenant_id and l.leaf = new.size - 1) then
		raise exception 'a checkpoint goes on from the one before it' using errcode = 'check_violation', constraint = 'journal_checkpoints_go_on_from_each_other';
	end if;
	return new;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_to_change_the_journal()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	raise exception 'the journal is only added to' using errcode = 'insufficient_privilege';
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_to_change_what_was_sent()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	if old.sent_at is not null and (
		(new.sent_at, new.sent_by_name, new.data_classes, new.service, new.urgency, new.answer_by, new.office_id, new.dossier_id, new.consent_id, new.reference, new.created_by, new.created_at)
		is distinct from
		(old.sent_at, old.sent_by_name, old.data_classes, old.service, old.urgency, old.answer_by, old.office_id, old.dossier_id, old.consent_id, old.reference, old.created_by, old.created_at)
		or (new.slice, new.request) is distinct from (old.slice, old.request) and current_user <> 'passerelle_rotation') then
		raise exception 'a referral is frozen once it is sent' using errcode = 'check_violation', constraint = 'referrals_are_frozen_once_sent';
	end if;
	if old.visible_until is not null and new.visible_until > old.visible_until then
		raise exception 'access to a referral is never prolonged' using errcode = 'check_violation', constraint = 'referrals_access_is_never_prolonged';
	end if;
	return new;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_to_delete_what_was_sent()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	if old.sent_at is not null and old.dossier_id is distinct from nullif(current_setting('app.erases', true), '')::uuid then
		raise exception 'only a draft can be thrown away' using errcode = 'check_violation', constraint = 'referrals_once_sent_stay';
	end if;
	return old;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_to_speak_for_the_other_side()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	case current_setting('app.scope', true)
	when 'office' then
		if (new.referral_id, new.visible_until, new.revoked_at, new.acknowledged_at) is distinct from (old.referral_id, old.visible_until, old.revoked_at, old.acknowledged_at)
			or (new.office_news_at is not null and new.office_news_at is distinct from old.office_news_at)
			or (new.state <> old.state and (new.state not in ('taken', 'accepted', 'declined', 'closed') or old.state in ('declined', 'closed', 'revoked'))) then
			raise exception 'an office only answers' using errcode = 'check_violation', constraint = 'referrals_are_answered_and_not_changed_by_an_office';
		end if;
	when 'staff' then
		-- A referral that is being inserted has no old row: it begins as an unanswered draft.
		if (new.taken_by, new.taken_by_name, new.taken_at, new.answered_at, new.decline_reason, new.closed_at, new.outcome)
			is distinct from (old.taken_by, coalesce(old.taken_by_name, ''), old.taken_at, old.answered_at, coalesce(old.decline_reason, ''), old.closed_at, coalesce(old.outcome, ''))
			or new.state not in (coalesce(old.state, 'draft'), case coalesce(old.state, 'draft') when 'draft' then 'sent' else 'revoked' end) then
			raise exception 'only the office answers' using errcode = 'check_violation', constraint = 'referrals_are_answered_by_the_office_alone';
		end if;
		if old.office_news_at is not null and new.office_news_at is null then
			raise exception 'only the office says what it has read' using errcode = 'check_violation', constraint = 'referrals_are_read_by_the_office_alone';
		end if;
	else
		-- The owner, who is bound to no scope.
	end case;
	return new;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_to_take_back_a_withdrawal()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	if old.withdrawn_at is not null and (new.withdrawn_at, new.withdrawn_by) is distinct from (old.withdrawn_at, old.withdrawn_by) then
		raise exception 'a withdrawn consent stays withdrawn' using errcode = 'check_violation', constraint = 'consents_once_withdrawn_stay_withdrawn';
	end if;
	return new;
end $function$;

create table agendas (
	tenant_id uuid not null,
	dossier_id uuid not null,
	rules text not null,
	computed_at timestamp with time zone not null default now(),
	responsible_id uuid not null,
	constraint agendas_pkey PRIMARY KEY (tenant_id, dossier_id),
	constraint agendas_name_the_rules_by_their_digest CHECK (rules ~ '^[0-9a-f]{64}$'::text)
);
comment on table agendas is 'By which rules the deadlines of a dossier were computed last, and when. Its row is locked while they are computed.';
CREATE INDEX agendas_by_rules ON agendas USING btree (tenant_id, rules);
CREATE INDEX agendas_of_a_person ON agendas USING btree (tenant_id, responsible_id, dossier_id);
alter table agendas enable row level security;
alter table agendas force row level security;
create policy scope_fence on agendas as restrictive for all to public
	using (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'clock'::text]))
	with check (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'clock'::text]));
create policy tenant_fence on agendas as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy clock_reads on agendas as permissive for select to passerelle_app
	using (current_setting('app.scope'::text, true) = 'clock'::text);
create policy staff on agendas as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'staff'::text)
	with check (current_setting('app.scope'::text, true) = 'staff'::text);
grant insert, select on agendas to passerelle_app;
grant update (rules, computed_at) on agendas to passerelle_app;

create table alerts (
	tenant_id uuid not null,
	alert_id uuid not null,
	kind text not null,
	person_id uuid not null,
	role text not null,
	office_id uuid,
	dossier_id uuid,
	referral_id uuid,
	opened integer not null default 0,
	usual integer not null default 0,
	since timestamp with time zone not null,
	until timestamp with time zone not null,
	at timestamp with time zone not null,
	acknowledged_at timestamp with time zone,
	acknowledged_by uuid,
	acknowledged_as text not null default ''::text,
	constraint alerts_pkey PRIMARY KEY (tenant_id, alert_id),
	constraint alerts_are_acknowledged_by_somebody CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL)),
	constraint alerts_name_codes_alone CHECK (kind ~ '^[a-z_]{1,40}$'::text AND role ~ '^[a-z_]{1,40}$'::text AND acknowledged_as ~ '^[a-z_]{0,40}$'::text),
	constraint alerts_tell_of_a_time CHECK (since <= until)
);
comment on table alerts is 'What the coordinator has to look into: who read far beyond the usual, opened a decoy, or met what could not be read.';
CREATE UNIQUE INDEX alerts_are_raised_once_an_hour ON alerts USING btree (tenant_id, person_id, kind, date_trunc('hour'::text, (until AT TIME ZONE 'UTC'::text))) WHERE office_id IS NULL OR (kind <> ALL (ARRAY['ceiling'::text, 'decoy'::text]));
CREATE INDEX alerts_in_order ON alerts USING btree (tenant_id, (acknowledged_at IS NOT NULL), at DESC, alert_id DESC);
CREATE INDEX alerts_open ON alerts USING btree (tenant_id) WHERE acknowledged_at IS NULL;
alter table alerts enable row level security;
alter table alerts force row level security;
create policy scope_fence on alerts as restrictive for all to public
	using (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'watch'::text]))
	with check (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'watch'::text]));
create policy tenant_fence on alerts as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy both_read on alerts as permissive for select to passerelle_app
	using (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'watch'::text]));
create policy staff_acknowledges on alerts as permissive for update to passerelle_app
	using (current_setting('app.scope'::text, true) = 'staff'::text AND acknowledged_at IS NULL)
	with check (acknowledged_by = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
create policy watch_raises on alerts as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'watch'::text AND acknowledged_at IS NULL);
grant select on alerts to passerelle_app;
grant insert (tenant_id, alert_id, kind, person_id, role, office_id, dossier_id, referral_id, opened, usual, since, until, at) on alerts to passerelle_app;
grant update (acknowledged_at, acknowledged_by, acknowledged_as) on alerts to passerelle_app;

create table beneficiaries (
	tenant_id uuid not null,
	dossier_id uuid not null,
	particulars bytea not null,
	constraint beneficiaries_pkey PRIMARY KEY (tenant_id, dossier_id)
);
comment on table beneficiaries is 'The person: identity, how to reach her or him safely, and what is known of the exploitation. Never read for a list.';
comment on column beneficiaries.particulars is 'Sealed under the keyset of the dossier: identity, safe contact, and what is known of the exploitation.';
alter table beneficiaries enable row level security;
alter table beneficiaries force row level security;
create policy scope_fence on beneficiaries as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'staff'::text)
	with check (current_setting('app.scope'::text, true) = 'staff'::text);
create policy tenant_fence on beneficiaries as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on beneficiaries as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on beneficiaries as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'staff'::text)
	with check (current_setting('app.scope'::text, true) = 'staff'::text);
grant insert, select, update on beneficiaries to passerelle_app;
grant select (tenant_id, dossier_id, particulars) on beneficiaries to passerelle_rotation;
grant update (particulars) on beneficiaries to passerelle_rotation;

create table connections (
	connection_id uuid not null,
	tenant_id uuid,
	slug text not null,
	name text not null,
	kind text not null,
	issuer text not null,
	client_id text not null,
	client_secret text not null default ''::text,
	email_domains text[] not null default '{}'::text[],
	constraint connections_pkey PRIMARY KEY (connection_id),
	constraint connections_have_a_slug_of_their_own UNIQUE (slug),
	constraint connections_of_staff_belong_to_a_tenant CHECK (kind <> 'staff'::text OR tenant_id IS NOT NULL),
	constraint connections_serve_staff_or_offices CHECK (kind = ANY (ARRAY['staff'::text, 'office'::text]))
);
comment on table connections is 'An OpenID provider through which people of one tenant, or of partner organisations, sign in.';
alter table connections enable row level security;
alter table connections force row level security;
create policy door_fence on connections as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'signin'::text)
	with check (current_setting('app.scope'::text, true) = 'signin'::text);
create policy door on connections as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'signin'::text)
	with check (current_setting('app.scope'::text, true) = 'signin'::text);
grant select on connections to passerelle_app;

create table consents (
	tenant_id uuid not null,
	consent_id uuid not null,
	dossier_id uuid not null,
	office_id uuid not null,
	purpose text not null,
	data_classes text[] not null,
	valid_from date not null,
	valid_until date not null,
	given_how text not null,
	recorded_by uuid not null,
	recorded_at timestamp with time zone not null default now(),
	withdrawn_by uuid,
	withdrawn_at timestamp with time zone,
	interpreter bytea,
	constraint consents_pkey PRIMARY KEY (tenant_id, consent_id),
	constraint consents_name_one_dossier_and_office UNIQUE (tenant_id, consent_id, dossier_id, office_id),
	constraint consents_are_given_orally_or_in_writing CHECK (given_how = ANY (ARRAY['orally'::text, 'in_writing'::text])),
	constraint consents_are_withdrawn_by_somebody CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL)),
	constraint consents_cover_something CHECK (cardinality(data_classes) > 0),
	constraint consents_end_after_they_begin CHECK (valid_until >= valid_from)
);
comment on table consents is 'What the beneficiary agreed to have shared: with one office, for one purpose, these classes of data, from and until. Withdrawal closes what hangs on it in the same transaction.';
comment on column consents.interpreter is 'Sealed under the keyset of the dossier.';
CREATE INDEX consents_by_dossier ON consents USING btree (tenant_id, dossier_id, recorded_at DESC);
alter table consents enable row level security;
alter table consents force row level security;
create policy scope_fence on consents as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'staff'::text)
	with check (current_setting('app.scope'::text, true) = 'staff'::text);
create policy tenant_fence on consents as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on consents as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on consents as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'staff'::text)
	with check (current_setting('app.scope'::text, true) = 'staff'::text);
CREATE TRIGGER consents_once_withdrawn_stay_withdrawn BEFORE UPDATE ON consents FOR EACH ROW EXECUTE FUNCTION refuse_to_take_back_a_withdrawal();
grant insert, select on consents to passerelle_app;
grant update (withdrawn_by, withdrawn_at) on consents to passerelle_app;
grant select (tenant_id, consent_id, dossier_id, interpreter) on consents to passerelle_rotation;
grant update (interpreter) on consents to passerelle_rotation;

create table deadlines (
	tenant_id uuid not null,
	dossier_id uuid not null,
	rule text not null,
	about text not null,
	due_on date not null,
	to_the_month boolean not null,
	presses boolean not null,
	settled_on date,
	warn_on date[] not null default '{}'::date[],
	constraint deadlines_pkey PRIMARY KEY (tenant_id, dossier_id, rule, about),
	constraint deadlines_name_codes_alone CHECK (rule ~ '^[a-z0-9_]{1,60}$'::text AND about ~ '^[a-z0-9_:-]{0,80}$'::text),
	constraint deadlines_of_a_birthday_tell_the_month_alone CHECK (NOT to_the_month OR EXTRACT(day FROM due_on) = 1::numeric)
);
comment on table deadlines is 'Which date follows for a dossier by which rule, about which thing. Computed from the facts whenever one changes; nobody writes into it otherwise.';
CREATE INDEX deadlines_open ON deadlines USING btree (tenant_id, due_on, dossier_id) WHERE settled_on IS NULL AND presses;
alter table deadlines enable row level security;
alter table deadlines force row level security;
create policy scope_fence on deadlines as restrictive for all to public
	using (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'clock'::text]))
	with check (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'clock'::text]));
create policy tenant_fence on deadlines as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy clock_reads on deadlines as permissive for select to passerelle_app
	using (current_setting('app.scope'::text, true) = 'clock'::text);
create policy staff on deadlines as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'staff'::text)
	with check (current_setting('app.scope'::text, true) = 'staff'::text);
grant delete, insert, select on deadlines to passerelle_app;

create table decoys (
	tenant_id uuid not null,
	dossier_id uuid not null,
	marked_by uuid not null,
	marked_at timestamp with time zone not null,
	constraint decoys_pkey PRIMARY KEY (tenant_id, dossier_id)
);
comment on table decoys is 'Dossiers that nobody has a reason to open: who does raises an alert. Who may not mark them sees no difference.';
alter table decoys enable row level security;
alter table decoys force row level security;
create policy scope_fence on decoys as restrictive for all to public
	using (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'watch'::text]))
	with check (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'watch'::text]));
create policy tenant_fence on decoys as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy both_read on decoys as permissive for select to passerelle_app
	using (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'watch'::text]));
create policy staff_marks on decoys as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'staff'::text AND marked_by = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
create policy staff_unmarks on decoys as permissive for delete to passerelle_app
	using (current_setting('app.scope'::text, true) = 'staff'::text);
grant delete, select on decoys to passerelle_app;
grant insert (tenant_id, dossier_id, marked_by, marked_at) on decoys to passerelle_app;

create table digests (
	tenant_id uuid not null,
	digest_id uuid not null,
	member_id uuid not null,
	kind text not null,
	day date not null,
	made_at timestamp with time zone not null default now(),
	begun_at timestamp with time zone,
	sent_at timestamp with time zone,
	constraint digests_pkey PRIMARY KEY (tenant_id, digest_id),
	constraint digests_are_made_once UNIQUE (tenant_id, member_id, kind, day),
	constraint digests_are_daily_or_weekly CHECK (kind = ANY (ARRAY['daily'::text, 'weekly'::text])),
	constraint digests_are_sent_once_begun CHECK (sent_at IS NULL OR begun_at IS NOT NULL)
);
comment on table digests is 'That something waits for somebody on a day, and that an e-mail has said so. It says nothing else.';
alter table digests enable row level security;
alter table digests force row level security;
create policy scope_fence on digests as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'clock'::text)
	with check (current_setting('app.scope'::text, true) = 'clock'::text);
create policy tenant_fence on digests as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy clock on digests as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'clock'::text)
	with check (current_setting('app.scope'::text, true) = 'clock'::text);
grant select on digests to passerelle_app;
grant insert (tenant_id, digest_id, member_id, kind, day) on digests to passerelle_app;
grant update (begun_at, sent_at) on digests to passerelle_app;

create table dossier_counts (
	tenant_id uuid not null,
	dossiers bigint not null,
	constraint dossier_counts_pkey PRIMARY KEY (tenant_id),
	constraint dossier_counts_are_not_negative CHECK (dossiers >= 0)
);
comment on table dossier_counts is 'How many dossiers a tenant has, kept in the transaction that opens one.';
alter table dossier_counts enable row level security;
alter table dossier_counts force row level security;
create policy scope_fence on dossier_counts as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'staff'::text)
	with check (current_setting('app.scope'::text, true) = 'staff'::text);
create policy tenant_fence on dossier_counts as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy staff on dossier_counts as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'staff'::text)
	with check (current_setting('app.scope'::text, true) = 'staff'::text);
grant insert, select, update on dossier_counts to passerelle_app;

create table dossiers (
	tenant_id uuid not null,
	dossier_id uuid not null,
	code_name text not null,
	code_name_key text collate "C" not null generated always as (lower(code_name COLLATE "C")) stored,
	phase text not null default 'first_contact'::text,
	responsible_id uuid not null,
	reached_through text not null default ''::text,
	opened_at timestamp with time zone not null default now(),
	updated_at timestamp with time zone not null default now(),
	version integer not null default 1,
	situation_version integer not null default 1,
	constraint dossiers_pkey PRIMARY KEY (tenant_id, dossier_id),
	constraint dossiers_are_somebodys UNIQUE (tenant_id, dossier_id, responsible_id),
	constraint dossiers_have_a_code_name_of_their_own UNIQUE (tenant_id, code_name_key) INCLUDE (dossier_id, code_name, phase, responsible_id, updated_at),
	constraint dossiers_are_in_a_known_phase CHECK (phase = ANY (ARRAY['first_contact'::text, 'identification'::text, 'reflection'::text, 'proceedings'::text, 'integration'::text, 'independent'::text, 'return'::text, 'aftercare'::text])),
	constraint dossiers_code_names_are_plain_letters CHECK (code_name ~ '^[A-Za-z]{3,24}$'::text)
);
comment on table dossiers is 'A person''s accompaniment. Only the code name appears in lists.';
CREATE INDEX dossiers_recent ON dossiers USING btree (tenant_id, updated_at DESC, dossier_id DESC) INCLUDE (code_name, phase, responsible_id);
CREATE INDEX dossiers_recent_by_phase ON dossiers USING btree (tenant_id, phase, updated_at DESC, dossier_id DESC) INCLUDE (code_name, responsible_id);
CREATE INDEX dossiers_recent_by_responsible ON dossiers USING btree (tenant_id, responsible_id, updated_at DESC, dossier_id DESC) INCLUDE (code_name, phase);
alter table dossiers enable row level security;
alter table dossiers force row level security;
create policy erasure_fence on dossiers as restrictive for delete to public
	using (dossier_id = NULLIF(current_setting('app.erases'::text, true), ''::text)::uuid);
create policy scope_fence on dossiers as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'staff'::text)
	with check (current_setting('app.scope'::text, true) = 'staff'::text);
create policy tenant_fence on dossiers as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy staff on dossiers as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'staff'::text)
	with check (current_setting('app.scope'::text, true) = 'staff'::text);
CREATE TRIGGER dossiers_are_counted AFTER INSERT ON dossiers REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION count_new_dossiers();
CREATE TRIGGER dossiers_are_counted_down AFTER DELETE ON dossiers REFERENCING OLD TABLE AS erased FOR EACH STATEMENT EXECUTE FUNCTION count_erased_dossiers();
grant delete, insert, select on dossiers to passerelle_app;
grant update (code_name, phase, responsible_id, reached_through, updated_at, version, situation_version) on dossiers to passerelle_app;

create table events (
	tenant_id uuid not null,
	event_id uuid not null,
	dossier_id uuid not null,
	referral_id uuid,
	office_id uuid,
	visible_until timestamp with time zone,
	kind text not null,
	at timestamp with time zone not null default clock_timestamp(),
	actor_id uuid not null,
	actor_name text not null,
	office_name text not null default ''::text,
	detail text not null default ''::text,
	constraint events_pkey PRIMARY KEY (tenant_id, event_id),
	constraint events_of_a_referral_end_with_it CHECK ((referral_id IS NULL) = (visible_until IS NULL)),
	constraint events_of_an_office_are_of_a_referral CHECK ((office_id IS NULL) = (referral_id IS NULL))
);
comment on table events is 'What happened in a dossier, as its timeline tells it: written once, in the transaction of the act itself.';
CREATE INDEX events_by_dossier ON events USING btree (tenant_id, dossier_id, at DESC, event_id DESC);
CREATE INDEX events_by_referral ON events USING btree (tenant_id, referral_id, at) WHERE referral_id IS NOT NULL;
alter table events enable row level security;
alter table events force row level security;
create policy scope_fence on events as restrictive for all to public
	using (
CASE current_setting('app.scope'::text, true)
    WHEN 'staff'::text THEN true
    WHEN 'office'::text THEN office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid AND visible_until > now()
    ELSE false
END)
	with check (
CASE current_setting('app.scope'::text, true)
    WHEN 'staff'::text THEN true
    WHEN 'office'::text THEN office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid AND visible_until > now()
    ELSE false
END);
create policy tenant_fence on events as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy both_read on events as permissive for select to passerelle_app
	using (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'office'::text]));
create policy office_writes on events as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'office'::text AND actor_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid AND (kind = ANY (ARRAY['referral_taken'::text, 'referral_accepted'::text, 'referral_declined'::text, 'referral_asked'::text, 'referral_message'::text, 'referral_closed'::text])));
create policy staff_writes on events as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'staff'::text AND actor_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
CREATE TRIGGER events_end_with_their_referral BEFORE INSERT ON events FOR EACH ROW WHEN (new.referral_id IS NOT NULL) EXECUTE FUNCTION end_with_the_referral();
grant insert, select on events to passerelle_app;

create table facts (
	tenant_id uuid not null,
	dossier_id uuid not null,
	source text not null,
	facts bytea not null,
	constraint facts_pkey PRIMARY KEY (tenant_id, dossier_id, source),
	constraint facts_name_their_source_by_a_code CHECK (source ~ '^[a-z_]{1,40}$'::text)
);
comment on table facts is 'What a capability has reported of a dossier: dated facts, all that it knows in one value.';
comment on column facts.facts is 'Sealed under the keyset of the dossier.';
alter table facts enable row level security;
alter table facts force row level security;
create policy scope_fence on facts as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'staff'::text)
	with check (current_setting('app.scope'::text, true) = 'staff'::text);
create policy tenant_fence on facts as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on facts as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on facts as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'staff'::text)
	with check (current_setting('app.scope'::text, true) = 'staff'::text);
grant delete, insert, select on facts to passerelle_app;
grant update (facts) on facts to passerelle_app;
grant select (tenant_id, dossier_id, source, facts) on facts to passerelle_rotation;
grant update (facts) on facts to passerelle_rotation;

create table identities (
	identity_id uuid not null,
	connection_id uuid not null,
	issuer text not null,
	subject text not null,
	display_name text not null default ''::text,
	display_email text not null default ''::text,
	first_seen_at timestamp with time zone not null default now(),
	constraint identities_pkey PRIMARY KEY (identity_id),
	constraint identities_are_one_subject_of_one_issuer UNIQUE (connection_id, issuer, subject)
);
comment on table identities is 'Who a provider says that someone is: (connection, issuer, subject). Name and e-mail are for display and decide nothing.';
alter table identities enable row level security;
alter table identities force row level security;
create policy door_fence on identities as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'signin'::text)
	with check (current_setting('app.scope'::text, true) = 'signin'::text);
create policy door on identities as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'signin'::text)
	with check (current_setting('app.scope'::text, true) = 'signin'::text);
grant insert, select, update on identities to passerelle_app;

create table journal_checkpoints (
	tenant_id uuid not null,
	checkpoint bigint not null,
	size bigint not null,
	root bytea not null,
	complete_until timestamp with time zone not null,
	note text not null,
	at timestamp with time zone not null default now(),
	constraint journal_checkpoints_pkey PRIMARY KEY (tenant_id, checkpoint),
	constraint journal_checkpoints_are_counted_from_one CHECK (checkpoint >= 1),
	constraint journal_checkpoints_hold_a_root CHECK (size >= 0 AND octet_length(root) = 32)
);
comment on table journal_checkpoints is 'What was signed of a tenant''s tree: its size, its root, and until when it holds every entry. Only added to.';
alter table journal_checkpoints enable row level security;
alter table journal_checkpoints force row level security;
create policy scope_fence on journal_checkpoints as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'sequencer'::text)
	with check (current_setting('app.scope'::text, true) = 'sequencer'::text);
create policy tenant_fence on journal_checkpoints as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy sequencer_adds on journal_checkpoints as permissive for insert to passerelle_sequencer
	with check (true);
create policy sequencer_reads on journal_checkpoints as permissive for select to passerelle_sequencer
	using (true);
CREATE TRIGGER journal_checkpoints_go_on_from_each_other BEFORE INSERT ON journal_checkpoints FOR EACH ROW EXECUTE FUNCTION refuse_another_history();
alter table journal_checkpoints enable always trigger journal_checkpoints_go_on_from_each_other;
CREATE TRIGGER journal_checkpoints_stay BEFORE DELETE OR UPDATE ON journal_checkpoints FOR EACH ROW EXECUTE FUNCTION refuse_to_change_the_journal();
alter table journal_checkpoints enable always trigger journal_checkpoints_stay;
CREATE TRIGGER journal_checkpoints_stay_all BEFORE TRUNCATE ON journal_checkpoints FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_the_journal();
alter table journal_checkpoints enable always trigger journal_checkpoints_stay_all;
grant select on journal_checkpoints to passerelle_sequencer;
grant insert (tenant_id, checkpoint, size, root, complete_until, note) on journal_checkpoints to passerelle_sequencer;

create table journal_entries (
	tenant_id uuid not null,
	transaction xid8 not null default pg_current_xact_id(),
	entry_id uuid not null,
	at timestamp with time zone not null default clock_timestamp(),
	person_id uuid not null,
	role text not null,
	office_id uuid,
	action text not null,
	dossier_id uuid,
	referral_id uuid,
	data_classes text[] not null default '{}'::text[],
	reason text not null default ''::text,
	request_id uuid,
	constraint journal_entries_pkey PRIMARY KEY (tenant_id, transaction, entry_id),
	constraint journal_entries_name_codes_alone CHECK (action ~ '^[a-z_]{1,40}$'::text AND reason ~ '^[a-z_]{0,40}$'::text AND role ~ '^[a-z_]{1,40}$'::text AND array_to_string(data_classes, ','::text, '?'::text) ~ '^[a-z_,]{0,200}$'::text),
	constraint journal_entries_of_a_referral_name_its_dossier CHECK (referral_id IS NULL OR dossier_id IS NOT NULL)
);
comment on table journal_entries is 'Who saw or did what, when, with which dossier or referral. Only added to.';
CREATE INDEX journal_entries_by_dossier ON journal_entries USING btree (tenant_id, dossier_id, at DESC, entry_id DESC) WHERE dossier_id IS NOT NULL;
CREATE INDEX journal_entries_by_person ON journal_entries USING btree (tenant_id, person_id, at);
CREATE INDEX journal_entries_by_time ON journal_entries USING btree (tenant_id, at DESC, person_id);
alter table journal_entries enable row level security;
alter table journal_entries force row level security;
create policy scope_fence on journal_entries as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'watch'::text OR current_setting('app.scope'::text, true) = 'staff'::text OR current_setting('app.scope'::text, true) = 'sequencer'::text OR current_setting('app.scope'::text, true) = 'office'::text AND office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid AND person_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid)
	with check (current_setting('app.scope'::text, true) = 'watch'::text OR current_setting('app.scope'::text, true) = 'staff'::text OR current_setting('app.scope'::text, true) = 'sequencer'::text OR current_setting('app.scope'::text, true) = 'office'::text AND office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid AND person_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
create policy tenant_fence on journal_entries as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy both_read on journal_entries as permissive for select to passerelle_app
	using (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'office'::text]));
create policy office_writes on journal_entries as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'office'::text AND referral_id IS NOT NULL);
create policy sequencer on journal_entries as permissive for select to passerelle_sequencer
	using (current_setting('app.scope'::text, true) = 'sequencer'::text);
create policy staff_writes on journal_entries as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'staff'::text AND person_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid AND office_id IS NULL);
create policy watch_reads on journal_entries as permissive for select to passerelle_app
	using (current_setting('app.scope'::text, true) = 'watch'::text);
CREATE TRIGGER journal_entries_stay BEFORE DELETE OR UPDATE ON journal_entries FOR EACH ROW EXECUTE FUNCTION refuse_to_change_the_journal();
alter table journal_entries enable always trigger journal_entries_stay;
CREATE TRIGGER journal_entries_stay_all BEFORE TRUNCATE ON journal_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_the_journal();
alter table journal_entries enable always trigger journal_entries_stay_all;
grant select on journal_entries to passerelle_app;
grant select on journal_entries to passerelle_sequencer;
grant insert (tenant_id, entry_id, person_id, role, office_id, action, dossier_id, referral_id, data_classes, reason, request_id) on journal_entries to passerelle_app;

create table journal_leaves (
	tenant_id uuid not null,
	leaf bigint not null,
	transaction xid8 not null,
	entry_id uuid not null,
	hashes bytea not null,
	constraint journal_leaves_pkey PRIMARY KEY (tenant_id, leaf),
	constraint journal_leaves_take_each_entry_once UNIQUE (tenant_id, transaction, entry_id),
	constraint journal_leaves_are_counted_from_zero CHECK (leaf >= 0),
	constraint journal_leaves_hold_whole_hashes CHECK (octet_length(hashes) >= 32 AND octet_length(hashes) <= 2048 AND (octet_length(hashes) % 32) = 0)
);
comment on table journal_leaves is 'Which entry of the journal is which leaf of its tenant''s tree, and the hashes that were stored with it. Only added to.';
alter table journal_leaves enable row level security;
alter table journal_leaves force row level security;
create policy scope_fence on journal_leaves as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'sequencer'::text)
	with check (current_setting('app.scope'::text, true) = 'sequencer'::text);
create policy tenant_fence on journal_leaves as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy sequencer_adds on journal_leaves as permissive for insert to passerelle_sequencer
	with check (true);
create policy sequencer_reads on journal_leaves as permissive for select to passerelle_sequencer
	using (true);
CREATE TRIGGER journal_leaves_follow_each_other AFTER INSERT ON journal_leaves REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_a_gap_in_the_tree();
alter table journal_leaves enable always trigger journal_leaves_follow_each_other;
CREATE TRIGGER journal_leaves_stay BEFORE DELETE OR UPDATE ON journal_leaves FOR EACH ROW EXECUTE FUNCTION refuse_to_change_the_journal();
alter table journal_leaves enable always trigger journal_leaves_stay;
CREATE TRIGGER journal_leaves_stay_all BEFORE TRUNCATE ON journal_leaves FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_the_journal();
alter table journal_leaves enable always trigger journal_leaves_stay_all;
grant select on journal_leaves to passerelle_sequencer;
grant insert (tenant_id, leaf, transaction, entry_id, hashes) on journal_leaves to passerelle_sequencer;

create table languages (
	tenant_id uuid not null,
	member_id uuid not null,
	language text not null,
	constraint languages_pkey PRIMARY KEY (tenant_id, member_id),
	constraint languages_are_those_of_pages CHECK (language = ANY (ARRAY['fr'::text, 'de'::text, 'it'::text, 'en'::text]))
);
comment on table languages is 'Which language somebody of the staff has chosen for pages, so that e-mails come in it.';
alter table languages enable row level security;
alter table languages force row level security;
create policy scope_fence on languages as restrictive for all to public
	using (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'clock'::text]))
	with check (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'clock'::text]));
create policy tenant_fence on languages as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy clock_reads on languages as permissive for select to passerelle_app
	using (current_setting('app.scope'::text, true) = 'clock'::text);
create policy own on languages as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'staff'::text AND member_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid)
	with check (current_setting('app.scope'::text, true) = 'staff'::text AND member_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
grant insert, select on languages to passerelle_app;
grant update (language) on languages to passerelle_app;

create table members (
	tenant_id uuid not null,
	member_id uuid not null,
	name text not null,
	email text not null,
	role text not null,
	connection_id uuid not null,
	expected_subject text not null,
	identity_id uuid,
	joined_at timestamp with time zone not null default now(),
	ended_at timestamp with time zone,
	constraint members_pkey PRIMARY KEY (tenant_id, member_id),
	constraint members_are_expected_once UNIQUE (tenant_id, connection_id, expected_subject),
	constraint members_have_a_staff_role CHECK (role = ANY (ARRAY['caseworker'::text, 'coordinator'::text, 'auditor'::text]))
);
comment on table members is 'The staff of an NGO. A membership waits for its expected subject and is bound at the first sign-in.';
CREATE INDEX members_by_identity ON members USING btree (identity_id);
alter table members enable row level security;
alter table members force row level security;
create policy door_fence on members as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'signin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'clock'::text])))
	with check (current_setting('app.scope'::text, true) = 'signin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'clock'::text])));
create policy clock on members as permissive for select to passerelle_app
	using (current_setting('app.scope'::text, true) = 'clock'::text);
create policy door on members as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'signin'::text)
	with check (current_setting('app.scope'::text, true) = 'signin'::text);
create policy staff on members as permissive for select to passerelle_app
	using (current_setting('app.scope'::text, true) = 'staff'::text);
grant select on members to passerelle_app;
grant update (identity_id) on members to passerelle_app;

create table messages (
	tenant_id uuid not null,
	message_id uuid not null,
	referral_id uuid not null,
	office_id uuid not null,
	visible_until timestamp with time zone not null,
	kind text not null,
	from_office boolean not null,
	author_id uuid not null,
	author_name text not null,
	sent_at timestamp with time zone not null default now(),
	body bytea not null,
	constraint messages_pkey PRIMARY KEY (tenant_id, message_id),
	constraint messages_are_of_a_known_kind CHECK (kind = ANY (ARRAY['message'::text, 'question'::text, 'answer'::text]))
);
comment on table messages is 'What NGO and office write to each other about one referral.';
comment on column messages.body is 'Sealed under the keyset of the referral.';
CREATE INDEX messages_by_referral ON messages USING btree (tenant_id, referral_id, sent_at);
alter table messages enable row level security;
alter table messages force row level security;
create policy scope_fence on messages as restrictive for all to public
	using (
CASE current_setting('app.scope'::text, true)
    WHEN 'staff'::text THEN true
    WHEN 'office'::text THEN office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid AND visible_until > now()
    ELSE false
END)
	with check (
CASE current_setting('app.scope'::text, true)
    WHEN 'staff'::text THEN true
    WHEN 'office'::text THEN office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid AND visible_until > now()
    ELSE false
END);
create policy tenant_fence on messages as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy both_read on messages as permissive for select to passerelle_app
	using (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'office'::text]));
create policy office_writes on messages as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'office'::text AND author_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid AND from_office);
create policy rotation on messages as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff_writes on messages as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'staff'::text AND author_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid AND NOT from_office);
CREATE TRIGGER messages_end_with_their_referral BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION end_with_the_referral();
grant insert, select on messages to passerelle_app;
grant select (tenant_id, message_id, referral_id, body) on messages to passerelle_rotation;
grant update (body) on messages to passerelle_rotation;

create table office_members (
	tenant_id uuid not null,
	office_member_id uuid not null,
	office_id uuid not null,
	name text not null,
	email text not null,
	connection_id uuid not null,
	expected_subject text not null,
	identity_id uuid,
	joined_at timestamp with time zone not null default now(),
	ended_at timestamp with time zone,
	constraint office_members_pkey PRIMARY KEY (tenant_id, office_member_id),
	constraint office_members_are_expected_once UNIQUE (tenant_id, office_id, connection_id, expected_subject)
);
comment on table office_members is 'The people of an office. Somebody who works for offices of two cantons has a row in each.';
CREATE INDEX office_members_by_identity ON office_members USING btree (identity_id);
CREATE INDEX office_members_by_office ON office_members USING btree (tenant_id, office_id);
alter table office_members enable row level security;
alter table office_members force row level security;
create policy door_fence on office_members as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'signin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND (current_setting('app.scope'::text, true) = 'staff'::text OR current_setting('app.scope'::text, true) = 'office'::text AND office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid))
	with check (current_setting('app.scope'::text, true) = 'signin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND (current_setting('app.scope'::text, true) = 'staff'::text OR current_setting('app.scope'::text, true) = 'office'::text AND office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid));
create policy door on office_members as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'signin'::text)
	with check (current_setting('app.scope'::text, true) = 'signin'::text);
create policy office on office_members as permissive for select to passerelle_app
	using (current_setting('app.scope'::text, true) = 'office'::text);
create policy staff on office_members as permissive for select to passerelle_app
	using (current_setting('app.scope'::text, true) = 'staff'::text);
grant select on office_members to passerelle_app;
grant update (identity_id) on office_members to passerelle_app;

create table offices (
	tenant_id uuid not null,
	office_id uuid not null,
	name text not null,
	kind text not null,
	place text not null default ''::text,
	created_at timestamp with time zone not null default now(),
	closed_at timestamp with time zone,
	constraint offices_pkey PRIMARY KEY (tenant_id, office_id),
	constraint offices_are_of_a_known_kind CHECK (kind = ANY (ARRAY['income_support'::text, 'job_placement'::text, 'training'::text, 'medical'::text, 'legal_aid'::text, 'social'::text, 'shelter'::text, 'return_counselling'::text]))
);
comment on table offices is 'A service that receives referrals. Its kind sets the ceiling of what it may ever be sent (policies/disclosure.csv).';
alter table offices enable row level security;
alter table offices force row level security;
create policy door_fence on offices as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'signin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND (current_setting('app.scope'::text, true) = 'staff'::text OR current_setting('app.scope'::text, true) = 'office'::text AND office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid))
	with check (current_setting('app.scope'::text, true) = 'signin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND (current_setting('app.scope'::text, true) = 'staff'::text OR current_setting('app.scope'::text, true) = 'office'::text AND office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid));
create policy door on offices as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'signin'::text)
	with check (current_setting('app.scope'::text, true) = 'signin'::text);
create policy office on offices as permissive for select to passerelle_app
	using (current_setting('app.scope'::text, true) = 'office'::text);
create policy staff on offices as permissive for select to passerelle_app
	using (current_setting('app.scope'::text, true) = 'staff'::text);
grant select on offices to passerelle_app;

create table openings (
	tenant_id uuid not null,
	person_id uuid not null,
	office_id uuid not null,
	referral_id uuid not null,
	at timestamp with time zone not null,
	constraint openings_pkey PRIMARY KEY (tenant_id, person_id, office_id, referral_id)
);
comment on table openings is 'Which referrals somebody of an office opened within the last hour, to count against the ceiling. What was opened earlier is in the journal.';
alter table openings enable row level security;
alter table openings force row level security;
create policy scope_fence on openings as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'watch'::text)
	with check (current_setting('app.scope'::text, true) = 'watch'::text);
create policy tenant_fence on openings as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy watch on openings as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'watch'::text)
	with check (current_setting('app.scope'::text, true) = 'watch'::text);
grant delete, insert, select on openings to passerelle_app;
grant update (at) on openings to passerelle_app;

create table parked_forms (
	tenant_id uuid not null,
	parked_form_id uuid not null,
	person_id uuid not null,
	page text not null,
	parked_at timestamp with time zone not null default now(),
	form_values bytea not null,
	constraint parked_forms_pkey PRIMARY KEY (tenant_id, parked_form_id)
);
comment on table parked_forms is 'What somebody had typed when the session ran out: kept for that person and a day, given back after signing in again.';
comment on column parked_forms.form_values is 'Sealed under the keyset of the person.';
CREATE INDEX parked_forms_by_age ON parked_forms USING btree (tenant_id, parked_at);
alter table parked_forms enable row level security;
alter table parked_forms force row level security;
create policy scope_fence on parked_forms as restrictive for all to public
	using ((current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'office'::text])) AND person_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid)
	with check ((current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'office'::text])) AND person_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
create policy tenant_fence on parked_forms as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy own on parked_forms as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'office'::text]))
	with check (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'office'::text]));
create policy rotation on parked_forms as permissive for all to passerelle_rotation
	using (true)
	with check (true);
grant delete, insert, select on parked_forms to passerelle_app;
grant select (tenant_id, parked_form_id, person_id, form_values) on parked_forms to passerelle_rotation;
grant update (form_values) on parked_forms to passerelle_rotation;

create table pauses (
	tenant_id uuid not null,
	pause_id uuid not null,
	office_id uuid not null,
	person_id uuid not null,
	alert_id uuid not null,
	paused_at timestamp with time zone not null,
	lifted_at timestamp with time zone,
	lifted_by uuid,
	constraint pauses_pkey PRIMARY KEY (tenant_id, pause_id),
	constraint pauses_are_lifted_by_somebody CHECK ((lifted_at IS NULL) = (lifted_by IS NULL))
);
comment on table pauses is 'Who of an office may read no referral until the NGO lifts the pause, since when, and who lifted it when.';
CREATE INDEX pauses_of_a_person ON pauses USING btree (tenant_id, person_id, office_id, lifted_at DESC);
CREATE UNIQUE INDEX pauses_of_an_alert ON pauses USING btree (tenant_id, alert_id);
CREATE UNIQUE INDEX pauses_once_at_a_time ON pauses USING btree (tenant_id, person_id, office_id) WHERE lifted_at IS NULL;
alter table pauses enable row level security;
alter table pauses force row level security;
create policy scope_fence on pauses as restrictive for all to public
	using ((current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'watch'::text])) OR current_setting('app.scope'::text, true) = 'office'::text AND office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid AND person_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid)
	with check ((current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'watch'::text])) OR current_setting('app.scope'::text, true) = 'office'::text AND office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid AND person_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
create policy tenant_fence on pauses as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy all_read on pauses as permissive for select to passerelle_app
	using (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'watch'::text, 'office'::text]));
create policy staff_lifts on pauses as permissive for update to passerelle_app
	using (current_setting('app.scope'::text, true) = 'staff'::text AND lifted_at IS NULL)
	with check (lifted_by = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
create policy watch_pauses on pauses as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'watch'::text AND lifted_at IS NULL);
grant select on pauses to passerelle_app;
grant insert (tenant_id, pause_id, office_id, person_id, alert_id, paused_at) on pauses to passerelle_app;
grant update (lifted_at, lifted_by) on pauses to passerelle_app;

create table referrals (
	tenant_id uuid not null,
	referral_id uuid not null,
	reference text not null,
	dossier_id uuid not null,
	office_id uuid not null,
	consent_id uuid,
	service text not null,
	urgency text not null default 'normal'::text,
	answer_by date,
	data_classes text[] not null default '{}'::text[],
	state text not null default 'draft'::text,
	created_by uuid not null,
	created_at timestamp with time zone not null default now(),
	updated_at timestamp with time zone not null default now(),
	version integer not null default 1,
	sent_at timestamp with time zone,
	sent_by_name text not null default ''::text,
	visible_until timestamp with time zone,
	revoked_at timestamp with time zone,
	taken_by uuid,
	taken_by_name text not null default ''::text,
	taken_at timestamp with time zone,
	answered_at timestamp with time zone,
	decline_reason text not null default ''::text,
	closed_at timestamp with time zone,
	outcome text not null default ''::text,
	news_at timestamp with time zone,
	acknowledged_at timestamp with time zone,
	office_news_at timestamp with time zone,
	request bytea,
	slice bytea,
	constraint referrals_pkey PRIMARY KEY (tenant_id, referral_id),
	constraint referrals_are_addressed_to_one_office UNIQUE (tenant_id, referral_id, office_id, visible_until),
	constraint referrals_are_of_one_dossier UNIQUE (tenant_id, referral_id, dossier_id),
	constraint referrals_have_a_reference_of_their_own UNIQUE (tenant_id, reference),
	constraint referrals_are_in_a_known_state CHECK (state = ANY (ARRAY['draft'::text, 'sent'::text, 'taken'::text, 'accepted'::text, 'declined'::text, 'closed'::text, 'revoked'::text])),
	constraint referrals_are_of_a_known_urgency CHECK (urgency = ANY (ARRAY['normal'::text, 'soon'::text, 'urgent'::text])),
	constraint referrals_once_sent_rest_on_consent_and_slice CHECK (state = 'draft'::text OR sent_at IS NOT NULL AND consent_id IS NOT NULL AND request IS NOT NULL AND slice IS NOT NULL AND visible_until IS NOT NULL)
);
comment on table referrals is 'A request to an office. Sending freezes the slice: the office reads that, never the dossier.';
comment on column referrals.request is 'Sealed under the keyset of the referral.';
comment on column referrals.slice is 'Sealed under the keyset of the referral.';
CREATE INDEX referrals_by_consent ON referrals USING btree (tenant_id, consent_id);
CREATE INDEX referrals_by_dossier ON referrals USING btree (tenant_id, dossier_id, created_at DESC);
CREATE INDEX referrals_drafted ON referrals USING btree (tenant_id, updated_at DESC) WHERE state = 'draft'::text;
CREATE INDEX referrals_in_progress ON referrals USING btree (tenant_id, office_id, (
CASE urgency
    WHEN 'urgent'::text THEN 0
    WHEN 'soon'::text THEN 1
    ELSE 2
END), (
CASE
    WHEN answer_by IS NULL THEN 'infinity'::date
    ELSE answer_by
END), sent_at, referral_id) INCLUDE (visible_until, revoked_at, reference, service, urgency, answer_by, state, taken_by_name, answered_at, closed_at, office_news_at) WHERE state = ANY (ARRAY['taken'::text, 'accepted'::text]);
CREATE INDEX referrals_new ON referrals USING btree (tenant_id, office_id, (
CASE urgency
    WHEN 'urgent'::text THEN 0
    WHEN 'soon'::text THEN 1
    ELSE 2
END), (
CASE
    WHEN answer_by IS NULL THEN 'infinity'::date
    ELSE answer_by
END), sent_at, referral_id) INCLUDE (visible_until, revoked_at, reference, service, urgency, answer_by, state, taken_by_name, answered_at, closed_at, office_news_at) WHERE state = 'sent'::text;
CREATE INDEX referrals_settled ON referrals USING btree (tenant_id, office_id, (
CASE
    WHEN closed_at IS NULL THEN answered_at
    ELSE closed_at
END) DESC, referral_id DESC) INCLUDE (visible_until, revoked_at, reference, service, urgency, answer_by, state, taken_by_name, answered_at, closed_at, sent_at, office_news_at) WHERE state = ANY (ARRAY['declined'::text, 'closed'::text]);
CREATE INDEX referrals_waiting ON referrals USING btree (tenant_id, state, answer_by) WHERE state = ANY (ARRAY['sent'::text, 'taken'::text]);
CREATE INDEX referrals_with_news ON referrals USING btree (tenant_id, news_at DESC) WHERE news_at IS NOT NULL AND (acknowledged_at IS NULL OR news_at > acknowledged_at);
alter table referrals enable row level security;
alter table referrals force row level security;
create policy scope_fence on referrals as restrictive for all to public
	using (
CASE current_setting('app.scope'::text, true)
    WHEN 'staff'::text THEN true
    WHEN 'office'::text THEN office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid AND sent_at IS NOT NULL AND revoked_at IS NULL AND visible_until > now()
    ELSE false
END)
	with check (
CASE current_setting('app.scope'::text, true)
    WHEN 'staff'::text THEN true
    WHEN 'office'::text THEN office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid AND sent_at IS NOT NULL AND revoked_at IS NULL AND visible_until > now()
    ELSE false
END);
create policy tenant_fence on referrals as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy both_read on referrals as permissive for select to passerelle_app
	using (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'office'::text]));
create policy office_answers on referrals as permissive for update to passerelle_app
	using (current_setting('app.scope'::text, true) = 'office'::text)
	with check (current_setting('app.scope'::text, true) = 'office'::text);
create policy rotation on referrals as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff_changes on referrals as permissive for update to passerelle_app
	using (current_setting('app.scope'::text, true) = 'staff'::text)
	with check (current_setting('app.scope'::text, true) = 'staff'::text);
create policy staff_discards on referrals as permissive for delete to passerelle_app
	using (current_setting('app.scope'::text, true) = 'staff'::text);
create policy staff_writes on referrals as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'staff'::text);
CREATE TRIGGER referrals_are_frozen_once_sent BEFORE UPDATE ON referrals FOR EACH ROW EXECUTE FUNCTION refuse_to_change_what_was_sent();
CREATE TRIGGER referrals_each_side_speaks_for_itself BEFORE INSERT OR UPDATE ON referrals FOR EACH ROW EXECUTE FUNCTION refuse_to_speak_for_the_other_side();
CREATE TRIGGER referrals_once_sent_stay BEFORE DELETE ON referrals FOR EACH ROW EXECUTE FUNCTION refuse_to_delete_what_was_sent();
grant delete, insert, select, update on referrals to passerelle_app;
grant select (tenant_id, referral_id, request, slice) on referrals to passerelle_rotation;
grant update (request, slice) on referrals to passerelle_rotation;

create table reminders (
	tenant_id uuid not null,
	reminder_id uuid not null,
	dossier_id uuid not null,
	rule text not null,
	about text not null,
	due_on date not null,
	warn_on date not null,
	reminded_at timestamp with time zone not null default now(),
	acknowledged_at timestamp with time zone,
	acknowledged_by uuid,
	constraint reminders_pkey PRIMARY KEY (tenant_id, reminder_id),
	constraint reminders_are_sent_once UNIQUE (tenant_id, dossier_id, rule, about, due_on, warn_on),
	constraint reminders_are_acknowledged_by_somebody CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL)),
	constraint reminders_name_codes_alone CHECK (rule ~ '^[a-z0-9_]{1,60}$'::text AND about ~ '^[a-z0-9_:-]{0,80}$'::text)
);
comment on table reminders is 'That somebody was reminded of a deadline, on which of its days, and who has seen it. Whoever is responsible for the dossier is told.';
CREATE INDEX reminders_open ON reminders USING btree (tenant_id, dossier_id) WHERE acknowledged_at IS NULL;
alter table reminders enable row level security;
alter table reminders force row level security;
create policy scope_fence on reminders as restrictive for all to public
	using (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'clock'::text]))
	with check (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'clock'::text]));
create policy tenant_fence on reminders as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy both_read on reminders as permissive for select to passerelle_app
	using (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'clock'::text]));
create policy clock_reminds on reminders as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'clock'::text AND acknowledged_at IS NULL);
create policy staff_acknowledges on reminders as permissive for update to passerelle_app
	using (current_setting('app.scope'::text, true) = 'staff'::text AND acknowledged_at IS NULL)
	with check (acknowledged_by = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
grant select on reminders to passerelle_app;
grant insert (tenant_id, reminder_id, dossier_id, rule, about, due_on, warn_on) on reminders to passerelle_app;
grant update (acknowledged_at, acknowledged_by) on reminders to passerelle_app;

create table sessions (
	session_hash bytea not null,
	identity_id uuid not null,
	tenant_id uuid,
	member_id uuid,
	office_member_id uuid,
	csrf_token text not null,
	created_at timestamp with time zone not null default now(),
	seen_at timestamp with time zone not null default now(),
	expires_at timestamp with time zone not null,
	revoked_at timestamp with time zone,
	constraint sessions_pkey PRIMARY KEY (session_hash),
	constraint sessions_act_as_one_person CHECK (member_id IS NULL OR office_member_id IS NULL),
	constraint sessions_of_a_membership_name_its_tenant CHECK (member_id IS NULL AND office_member_id IS NULL OR tenant_id IS NOT NULL)
);
comment on table sessions is 'Who is signed in. Only the SHA-256 of the cookie is kept: a stolen row opens nothing.';
CREATE INDEX sessions_by_identity ON sessions USING btree (identity_id);
alter table sessions enable row level security;
alter table sessions force row level security;
create policy door_fence on sessions as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'signin'::text)
	with check (current_setting('app.scope'::text, true) = 'signin'::text);
create policy door on sessions as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'signin'::text)
	with check (current_setting('app.scope'::text, true) = 'signin'::text);
grant delete, insert, select, update on sessions to passerelle_app;

create table signin_attempts (
	state_hash bytea not null,
	connection_id uuid not null,
	browser_hash bytea not null,
	nonce text not null,
	pkce_verifier text not null,
	return_to text not null default ''::text,
	expires_at timestamp with time zone not null,
	constraint signin_attempts_pkey PRIMARY KEY (state_hash)
);
comment on table signin_attempts is 'A sign-in under way: one use, ten minutes, found only by the hash of its state (RFC 6749 10.12).';
alter table signin_attempts enable row level security;
alter table signin_attempts force row level security;
create policy door_fence on signin_attempts as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'signin'::text)
	with check (current_setting('app.scope'::text, true) = 'signin'::text);
create policy door on signin_attempts as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'signin'::text)
	with check (current_setting('app.scope'::text, true) = 'signin'::text);
grant delete, insert, select on signin_attempts to passerelle_app;

create table situations (
	tenant_id uuid not null,
	dossier_id uuid not null,
	data_class text not null,
	updated_at timestamp with time zone not null default now(),
	body bytea not null,
	constraint situations_pkey PRIMARY KEY (tenant_id, dossier_id, data_class),
	constraint situations_are_of_a_known_class CHECK (data_class = ANY (ARRAY['permit'::text, 'skills'::text, 'income'::text, 'health'::text, 'proceedings'::text, 'housing'::text]))
);
comment on table situations is 'What is known of the person''s situation, in words, one row a class of data, as a referral may later disclose it.';
comment on column situations.body is 'Sealed under the keyset of the dossier.';
alter table situations enable row level security;
alter table situations force row level security;
create policy scope_fence on situations as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'staff'::text)
	with check (current_setting('app.scope'::text, true) = 'staff'::text);
create policy tenant_fence on situations as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on situations as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on situations as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'staff'::text)
	with check (current_setting('app.scope'::text, true) = 'staff'::text);
grant delete, insert, select on situations to passerelle_app;
grant update (updated_at, body) on situations to passerelle_app;
grant select (tenant_id, dossier_id, data_class, body) on situations to passerelle_rotation;
grant update (body) on situations to passerelle_rotation;

create table tenants (
	tenant_id uuid not null,
	slug text not null,
	name text not null,
	canton text not null,
	created_at timestamp with time zone not null default now(),
	constraint tenants_pkey PRIMARY KEY (tenant_id),
	constraint tenants_have_a_slug_of_their_own UNIQUE (slug),
	constraint tenants_lie_in_a_canton CHECK (canton ~ '^[A-Z]{2}$'::text)
);
comment on table tenants is 'A canton''s NGO: the wall between tenants is drawn along tenant_id everywhere.';
alter table tenants enable row level security;
alter table tenants force row level security;
create policy door_fence on tenants as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'signin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'office'::text])))
	with check (current_setting('app.scope'::text, true) = 'signin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'office'::text])));
create policy door on tenants as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'signin'::text)
	with check (current_setting('app.scope'::text, true) = 'signin'::text);
create policy office on tenants as permissive for select to passerelle_app
	using (current_setting('app.scope'::text, true) = 'office'::text);
create policy rotation on tenants as permissive for select to passerelle_rotation
	using (true);
create policy sequencer on tenants as permissive for select to passerelle_sequencer
	using (true);
create policy staff on tenants as permissive for select to passerelle_app
	using (current_setting('app.scope'::text, true) = 'staff'::text);
grant select on tenants to passerelle_app;
grant select (tenant_id, slug) on tenants to passerelle_rotation;
grant select (tenant_id, slug) on tenants to passerelle_sequencer;

create table watches (
	tenant_id uuid not null,
	until timestamp with time zone not null,
	constraint watches_pkey PRIMARY KEY (tenant_id)
);
comment on table watches is 'Until when the journal of a tenant has been watched, so that a watch that begins anew goes on from there.';
alter table watches enable row level security;
alter table watches force row level security;
create policy scope_fence on watches as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'watch'::text)
	with check (current_setting('app.scope'::text, true) = 'watch'::text);
create policy tenant_fence on watches as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy watch on watches as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'watch'::text)
	with check (current_setting('app.scope'::text, true) = 'watch'::text);
grant insert, select on watches to passerelle_app;
grant update (until) on watches to passerelle_app;
alter table agendas add constraint agendas_are_of_a_dossier_and_of_who_is_responsible
	FOREIGN KEY (tenant_id, dossier_id, responsible_id) REFERENCES dossiers(tenant_id, dossier_id, responsible_id) ON UPDATE CASCADE ON DELETE CASCADE;
alter table alerts add constraint alerts_are_acknowledged_by_a_member
	FOREIGN KEY (tenant_id, acknowledged_by) REFERENCES members(tenant_id, member_id);
alter table beneficiaries add constraint beneficiaries_have_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table connections add constraint connections_belong_to_a_known_tenant
	FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id);
alter table consents add constraint consents_are_for_an_office
	FOREIGN KEY (tenant_id, office_id) REFERENCES offices(tenant_id, office_id);
alter table consents add constraint consents_are_recorded_by_a_member
	FOREIGN KEY (tenant_id, recorded_by) REFERENCES members(tenant_id, member_id);
alter table consents add constraint consents_are_withdrawn_with_a_member
	FOREIGN KEY (tenant_id, withdrawn_by) REFERENCES members(tenant_id, member_id);
alter table consents add constraint consents_have_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table deadlines add constraint deadlines_belong_to_an_agenda
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES agendas(tenant_id, dossier_id) ON DELETE CASCADE;
alter table decoys add constraint decoys_are_dossiers
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table decoys add constraint decoys_are_marked_by_a_member
	FOREIGN KEY (tenant_id, marked_by) REFERENCES members(tenant_id, member_id);
alter table digests add constraint digests_are_for_a_member
	FOREIGN KEY (tenant_id, member_id) REFERENCES members(tenant_id, member_id);
alter table dossier_counts add constraint dossier_counts_belong_to_a_tenant
	FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id);
alter table dossiers add constraint dossiers_belong_to_a_tenant
	FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id);
alter table dossiers add constraint dossiers_have_a_responsible_member
	FOREIGN KEY (tenant_id, responsible_id) REFERENCES members(tenant_id, member_id);
alter table events add constraint events_belong_to_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table events add constraint events_of_a_referral_are_of_its_dossier
	FOREIGN KEY (tenant_id, referral_id, dossier_id) REFERENCES referrals(tenant_id, referral_id, dossier_id) ON DELETE CASCADE;
alter table events add constraint events_of_a_referral_name_its_office
	FOREIGN KEY (tenant_id, referral_id, office_id, visible_until) REFERENCES referrals(tenant_id, referral_id, office_id, visible_until) ON UPDATE CASCADE ON DELETE CASCADE;
alter table facts add constraint facts_belong_to_an_agenda
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES agendas(tenant_id, dossier_id) ON DELETE CASCADE;
alter table identities add constraint identities_came_through_a_connection
	FOREIGN KEY (connection_id) REFERENCES connections(connection_id);
alter table languages add constraint languages_are_of_a_member
	FOREIGN KEY (tenant_id, member_id) REFERENCES members(tenant_id, member_id);
alter table members add constraint members_are_an_identity
	FOREIGN KEY (identity_id) REFERENCES identities(identity_id);
alter table members add constraint members_belong_to_a_tenant
	FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id);
alter table members add constraint members_sign_in_through_a_connection
	FOREIGN KEY (connection_id) REFERENCES connections(connection_id);
alter table messages add constraint messages_hang_on_a_referral_to_that_office
	FOREIGN KEY (tenant_id, referral_id, office_id, visible_until) REFERENCES referrals(tenant_id, referral_id, office_id, visible_until) ON UPDATE CASCADE ON DELETE CASCADE;
alter table office_members add constraint office_members_are_an_identity
	FOREIGN KEY (identity_id) REFERENCES identities(identity_id);
alter table office_members add constraint office_members_belong_to_an_office
	FOREIGN KEY (tenant_id, office_id) REFERENCES offices(tenant_id, office_id);
alter table office_members add constraint office_members_sign_in_through_a_connection
	FOREIGN KEY (connection_id) REFERENCES connections(connection_id);
alter table offices add constraint offices_belong_to_a_tenant
	FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id);
alter table parked_forms add constraint parked_forms_belong_to_a_tenant
	FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id);
alter table pauses add constraint pauses_are_lifted_by_a_member
	FOREIGN KEY (tenant_id, lifted_by) REFERENCES members(tenant_id, member_id);
alter table pauses add constraint pauses_are_of_an_office
	FOREIGN KEY (tenant_id, office_id) REFERENCES offices(tenant_id, office_id);
alter table pauses add constraint pauses_come_with_an_alert
	FOREIGN KEY (tenant_id, alert_id) REFERENCES alerts(tenant_id, alert_id);
alter table referrals add constraint referrals_are_taken_by_an_office_member
	FOREIGN KEY (tenant_id, taken_by) REFERENCES office_members(tenant_id, office_member_id);
alter table referrals add constraint referrals_are_written_by_a_member
	FOREIGN KEY (tenant_id, created_by) REFERENCES members(tenant_id, member_id);
alter table referrals add constraint referrals_go_to_an_office
	FOREIGN KEY (tenant_id, office_id) REFERENCES offices(tenant_id, office_id);
alter table referrals add constraint referrals_have_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table referrals add constraint referrals_rest_on_a_consent_for_that_office
	FOREIGN KEY (tenant_id, consent_id, dossier_id, office_id) REFERENCES consents(tenant_id, consent_id, dossier_id, office_id);
alter table reminders add constraint reminders_are_acknowledged_by_a_member
	FOREIGN KEY (tenant_id, acknowledged_by) REFERENCES members(tenant_id, member_id);
alter table reminders add constraint reminders_are_of_an_agenda
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES agendas(tenant_id, dossier_id) ON DELETE CASCADE;
alter table sessions add constraint sessions_act_as_a_member
	FOREIGN KEY (tenant_id, member_id) REFERENCES members(tenant_id, member_id);
alter table sessions add constraint sessions_act_as_an_office_member
	FOREIGN KEY (tenant_id, office_member_id) REFERENCES office_members(tenant_id, office_member_id);
alter table sessions add constraint sessions_are_of_an_identity
	FOREIGN KEY (identity_id) REFERENCES identities(identity_id);
alter table signin_attempts add constraint signin_attempts_go_through_a_connection
	FOREIGN KEY (connection_id) REFERENCES connections(connection_id);
alter table situations add constraint situations_have_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
