-- Referrals: what an office is asked, the slice it is shown, and what it answers.
-- Rows that an office may see carry office_id and visible_until themselves, so that the fence is a plain expression.

create table referrals (
	tenant_id       uuid        not null,
	referral_id     uuid        not null,
	reference       text        not null,
	dossier_id      uuid        not null,
	office_id       uuid        not null,
	consent_id      uuid,
	service         text        not null,
	urgency         text        not null default 'normal',
	answer_by       date,
	request         text        not null default '',
	data_classes    text[]      not null default '{}',
	state           text        not null default 'draft',
	slice           jsonb,
	created_by      uuid        not null,
	created_at      timestamptz not null default now(),
	updated_at      timestamptz not null default now(),
	version         integer     not null default 1,
	sent_at         timestamptz,
	sent_by_name    text        not null default '',
	visible_until   timestamptz,
	revoked_at      timestamptz,
	taken_by        uuid,
	taken_by_name   text        not null default '',
	taken_at        timestamptz,
	answered_at     timestamptz,
	decline_reason  text        not null default '',
	closed_at       timestamptz,
	outcome         text        not null default '',
	news_at         timestamptz,
	acknowledged_at timestamptz,
	constraint referrals_pkey primary key (tenant_id, referral_id),
	constraint referrals_have_a_reference_of_their_own unique (tenant_id, reference),
	-- What hangs on a referral refers to these, so that its office, its dossier and its end are the referral's own.
	constraint referrals_are_addressed_to_one_office unique (tenant_id, referral_id, office_id, visible_until),
	constraint referrals_are_of_one_dossier unique (tenant_id, referral_id, dossier_id),
	constraint referrals_have_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id),
	constraint referrals_go_to_an_office foreign key (tenant_id, office_id) references offices (tenant_id, office_id),
	constraint referrals_rest_on_a_consent_for_that_office foreign key (tenant_id, consent_id, dossier_id, office_id) references consents (tenant_id, consent_id, dossier_id, office_id),
	constraint referrals_are_written_by_a_member foreign key (tenant_id, created_by) references members (tenant_id, member_id),
	constraint referrals_are_taken_by_an_office_member foreign key (tenant_id, taken_by) references office_members (tenant_id, office_member_id),
	constraint referrals_are_of_a_known_urgency check (urgency in ('normal', 'soon', 'urgent')),
	constraint referrals_are_in_a_known_state check (state in ('draft', 'sent', 'taken', 'accepted', 'declined', 'closed', 'revoked')),
	constraint referrals_once_sent_rest_on_consent_and_slice check (state = 'draft' or (sent_at is not null and consent_id is not null and slice is not null and visible_until is not null))
);
create index referrals_by_dossier on referrals (tenant_id, dossier_id, created_at desc);
create index referrals_inbox on referrals (tenant_id, office_id, state, sent_at desc, referral_id desc)
	include (visible_until, reference, service, urgency, answer_by, taken_by_name, news_at) where sent_at is not null;
create index referrals_by_consent on referrals (tenant_id, consent_id);
create index referrals_waiting on referrals (tenant_id, state, answer_by) where state in ('sent', 'taken');
create index referrals_with_news on referrals (tenant_id, news_at desc) where news_at is not null and (acknowledged_at is null or news_at > acknowledged_at);
create index referrals_drafted on referrals (tenant_id, updated_at desc) where state = 'draft';
comment on table referrals is 'A request to an office. Sending freezes the slice: the office reads that, never the dossier.';

create function refuse_to_change_what_was_sent() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
	if old.sent_at is not null and
		(new.sent_at, new.sent_by_name, new.slice, new.data_classes, new.request, new.service, new.urgency, new.answer_by, new.office_id, new.dossier_id, new.consent_id, new.reference, new.created_by, new.created_at)
		is distinct from
		(old.sent_at, old.sent_by_name, old.slice, old.data_classes, old.request, old.service, old.urgency, old.answer_by, old.office_id, old.dossier_id, old.consent_id, old.reference, old.created_by, old.created_at) then
		raise exception 'a referral is frozen once it is sent' using errcode = 'check_violation', constraint = 'referrals_are_frozen_once_sent';
	end if;
	if old.visible_until is not null and new.visible_until > old.visible_until then
		raise exception 'access to a referral is never prolonged' using errcode = 'check_violation', constraint = 'referrals_access_is_never_prolonged';
	end if;
	return new;
end $$;
create trigger referrals_are_frozen_once_sent before update on referrals for each row execute function refuse_to_change_what_was_sent();

create table messages (
	tenant_id     uuid        not null,
	message_id    uuid        not null,
	referral_id   uuid        not null,
	office_id     uuid        not null,
	visible_until timestamptz not null,
	kind          text        not null,
	from_office   boolean     not null,
	author_id     uuid        not null,
	author_name   text        not null,
	body          text        not null,
	sent_at       timestamptz not null default now(),
	constraint messages_pkey primary key (tenant_id, message_id),
	constraint messages_hang_on_a_referral_to_that_office foreign key (tenant_id, referral_id, office_id, visible_until) references referrals (tenant_id, referral_id, office_id, visible_until) on update cascade,
	constraint messages_are_of_a_known_kind check (kind in ('message', 'question', 'answer')),
	constraint messages_say_something check (body <> '')
);
create index messages_by_referral on messages (tenant_id, referral_id, sent_at);
comment on table messages is 'What NGO and office write to each other about one referral.';

create table events (
	tenant_id     uuid        not null,
	event_id      uuid        not null,
	dossier_id    uuid        not null,
	referral_id   uuid,
	office_id     uuid,
	visible_until timestamptz,
	kind          text        not null,
	at            timestamptz not null default clock_timestamp(),
	actor_id      uuid        not null,
	actor_name    text        not null,
	office_name   text        not null default '',
	detail        text        not null default '',
	note          text        not null default '',
	constraint events_pkey primary key (tenant_id, event_id),
	constraint events_belong_to_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id),
	constraint events_of_a_referral_name_its_office foreign key (tenant_id, referral_id, office_id, visible_until) references referrals (tenant_id, referral_id, office_id, visible_until) on update cascade,
	constraint events_of_a_referral_are_of_its_dossier foreign key (tenant_id, referral_id, dossier_id) references referrals (tenant_id, referral_id, dossier_id),
	constraint events_of_an_office_are_of_a_referral check ((office_id is null) = (referral_id is null)),
	constraint events_of_a_referral_end_with_it check ((referral_id is null) = (visible_until is null))
);
create index events_by_dossier on events (tenant_id, dossier_id, at desc, event_id desc);
create index events_by_referral on events (tenant_id, referral_id, at) where referral_id is not null;
comment on table events is 'What happened in a dossier, as its timeline tells it: written once, in the transaction of the act itself.';

-- What hangs on a referral ends with it: new rows take over its end here, and the foreign keys hand on every change of it
-- in the same statement, locking out an office that writes meanwhile. Nobody who cannot see the referral can add to it.
create function end_with_the_referral() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
	new.visible_until := (select r.visible_until from public.referrals r where r.tenant_id = new.tenant_id and r.referral_id = new.referral_id);
	return new;
end $$;
create trigger messages_end_with_their_referral before insert on messages for each row execute function end_with_the_referral();
create trigger events_end_with_their_referral before insert on events for each row when (new.referral_id is not null) execute function end_with_the_referral();

-- The NGO asks and ends, the office answers; neither writes what is the other's to say. What is frozen once sent needs no
-- second mention for the office.
create function refuse_to_speak_for_the_other_side() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
	case current_setting('app.scope', true)
	when 'office' then
		if (new.referral_id, new.visible_until, new.revoked_at, new.acknowledged_at) is distinct from (old.referral_id, old.visible_until, old.revoked_at, old.acknowledged_at)
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
	else
		-- The owner, who is bound to no scope.
	end case;
	return new;
end $$;
create trigger referrals_each_side_speaks_for_itself before insert or update on referrals for each row execute function refuse_to_speak_for_the_other_side();

do $$
declare t text;
begin
	foreach t in array array['referrals', 'messages', 'events'] loop
		execute format('alter table %I enable row level security', t);
		execute format('alter table %I force row level security', t);
		execute format($p$create policy tenant_fence on %I as restrictive for all
			using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
			with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)$p$, t);
	end loop;
end $$;

create policy scope_fence on referrals as restrictive for all
	using (current_setting('app.scope', true) = 'staff' or (current_setting('app.scope', true) = 'office'
		and office_id = nullif(current_setting('app.office_id', true), '')::uuid and sent_at is not null and revoked_at is null and visible_until > now()))
	with check (current_setting('app.scope', true) = 'staff' or (current_setting('app.scope', true) = 'office'
		and office_id = nullif(current_setting('app.office_id', true), '')::uuid and sent_at is not null and revoked_at is null and visible_until > now()));
create policy staff on referrals for all to passerelle_app
	using (current_setting('app.scope', true) = 'staff') with check (current_setting('app.scope', true) = 'staff');
create policy office_reads on referrals for select to passerelle_app using (current_setting('app.scope', true) = 'office');
create policy office_answers on referrals for update to passerelle_app
	using (current_setting('app.scope', true) = 'office') with check (current_setting('app.scope', true) = 'office');

do $$
declare t text;
begin
	foreach t in array array['messages', 'events'] loop
		execute format($p$create policy scope_fence on %I as restrictive for all
			using (current_setting('app.scope', true) = 'staff' or (current_setting('app.scope', true) = 'office'
				and office_id = nullif(current_setting('app.office_id', true), '')::uuid and visible_until > now()))
			with check (current_setting('app.scope', true) = 'staff' or (current_setting('app.scope', true) = 'office'
				and office_id = nullif(current_setting('app.office_id', true), '')::uuid and visible_until > now()))$p$, t);
		execute format($p$create policy staff_reads on %I for select to passerelle_app using (current_setting('app.scope', true) = 'staff')$p$, t);
		execute format($p$create policy office_reads on %I for select to passerelle_app using (current_setting('app.scope', true) = 'office')$p$, t);
	end loop;
end $$;

-- Everybody writes in her or his own name, and an office only what an office does.
create policy staff_writes on messages for insert to passerelle_app
	with check (current_setting('app.scope', true) = 'staff' and author_id = nullif(current_setting('app.person_id', true), '')::uuid and not from_office);
create policy office_writes on messages for insert to passerelle_app
	with check (current_setting('app.scope', true) = 'office' and author_id = nullif(current_setting('app.person_id', true), '')::uuid and from_office);
create policy staff_writes on events for insert to passerelle_app
	with check (current_setting('app.scope', true) = 'staff' and actor_id = nullif(current_setting('app.person_id', true), '')::uuid);
create policy office_writes on events for insert to passerelle_app
	with check (current_setting('app.scope', true) = 'office' and actor_id = nullif(current_setting('app.person_id', true), '')::uuid
		and kind in ('referral_taken', 'referral_accepted', 'referral_declined', 'referral_asked', 'referral_message', 'referral_closed'));

grant select, insert, update, delete on referrals to passerelle_app;
grant select, insert on messages, events to passerelle_app;

create function refuse_to_delete_what_was_sent() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
	if old.sent_at is not null then
		raise exception 'only a draft can be thrown away' using errcode = 'check_violation', constraint = 'referrals_once_sent_stay';
	end if;
	return old;
end $$;
create trigger referrals_once_sent_stay before delete on referrals for each row execute function refuse_to_delete_what_was_sent();
