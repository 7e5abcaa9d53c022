-- Documents that go along with a referral. A draft names them; when it is sent, each is written down as it was then, with the key of
-- its file, under the keyset of the referral. The file stays for as long as a document or an enclosure has it.

alter table referrals add column documents uuid[] not null default '{}';
comment on column referrals.documents is 'Documents of the dossier that somebody wants to go along; what went are enclosures.';

create or replace function refuse_to_change_what_was_sent() returns trigger language plpgsql set search_path to pg_catalog, pg_temp as $$
begin
	if old.sent_at is not null and (
		(new.sent_at, new.sent_by_name, new.data_classes, new.documents, new.service, new.urgency, new.answer_by, new.office_id, new.dossier_id, new.consent_id, new.reference, new.created_by, new.created_at)
		is distinct from
		(old.sent_at, old.sent_by_name, old.data_classes, old.documents, old.service, old.urgency, old.answer_by, old.office_id, old.dossier_id, old.consent_id, old.reference, old.created_by, old.created_at)
		or (new.slice, new.request) is distinct from (old.slice, old.request) and current_user <> 'passerelle_rotation') then
		raise exception 'a referral is frozen once it is sent' using errcode = 'check_violation', constraint = 'referrals_are_frozen_once_sent';
	end if;
	if old.visible_until is not null and new.visible_until > old.visible_until then
		raise exception 'access to a referral is never prolonged' using errcode = 'check_violation', constraint = 'referrals_access_is_never_prolonged';
	end if;
	return new;
end $$;

create table enclosures (
	tenant_id     uuid        not null,
	enclosure_id  uuid        not null,
	referral_id   uuid        not null,
	dossier_id    uuid        not null,
	office_id     uuid        not null,
	visible_until timestamptz not null,
	place         smallint    not null,
	data_class    text        not null,
	kind          text        not null,
	bytes         integer     not null,
	scanned       boolean     not null,
	file_id       uuid        not null,
	particulars   bytea       not null,
	constraint enclosures_pkey primary key (tenant_id, enclosure_id),
	constraint enclosures_go_once_with_a_referral unique (tenant_id, referral_id, file_id),
	constraint enclosures_go_with_a_referral_to_that_office foreign key (tenant_id, referral_id, office_id, visible_until)
		references referrals (tenant_id, referral_id, office_id, visible_until) on update cascade on delete cascade,
	constraint enclosures_are_of_the_dossier_of_their_referral foreign key (tenant_id, referral_id, dossier_id)
		references referrals (tenant_id, referral_id, dossier_id) on delete cascade,
	constraint enclosures_name_codes_alone check (data_class ~ '^[a-z_]{1,40}$' and kind in ('pdf', 'jpeg', 'png', 'docx')),
	constraint enclosures_have_contents check (bytes > 0)
);
create index enclosures_by_file on enclosures (tenant_id, file_id);
create index enclosures_of_a_dossier on enclosures (tenant_id, dossier_id);
comment on table enclosures is 'Documents as they were sent with a referral. The office takes them from here, and sees nothing of the dossier''s own.';
comment on column enclosures.particulars is 'Sealed under the keyset of the referral: what it was called, and the key of its file.';
create trigger enclosures_end_with_their_referral before insert on enclosures for each row execute function end_with_the_referral();

create table enclosure_tickets (
	tenant_id    uuid        not null,
	ticket_hash  bytea       not null,
	enclosure_id uuid        not null,
	office_id    uuid        not null,
	person_id    uuid        not null,
	session_hash bytea       not null,
	expires_at   timestamptz not null,
	constraint enclosure_tickets_pkey primary key (tenant_id, ticket_hash),
	constraint enclosure_tickets_are_for_an_enclosure foreign key (tenant_id, enclosure_id) references enclosures (tenant_id, enclosure_id) on delete cascade
);
create index enclosure_tickets_of_a_person on enclosure_tickets (tenant_id, person_id, expires_at);
comment on table enclosure_tickets is 'Leave of somebody at an office to take one enclosure once, within a minute, in the session in which it was asked for.';

do $$
declare
	tenant constant text := $sql$tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid$sql$;
	sides constant text := $sql$case current_setting('app.scope', true) when 'staff' then true
		when 'office' then office_id = nullif(current_setting('app.office_id', true), '')::uuid and visible_until > now() else false end$sql$;
	own constant text := $sql$current_setting('app.scope', true) = 'office' and office_id = nullif(current_setting('app.office_id', true), '')::uuid
		and person_id = nullif(current_setting('app.person_id', true), '')::uuid$sql$;
	t text;
begin
	foreach t in array array['enclosures', 'enclosure_tickets'] loop
		execute format('alter table %I enable row level security', t);
		execute format('alter table %I force row level security', t);
		execute format('create policy tenant_fence on %I as restrictive for all using (%s) with check (%s)', t, tenant, tenant);
		execute format('create policy scope_fence on %1$I as restrictive for all using (%2$s) with check (%2$s)', t, case t when 'enclosures' then sides else own end);
	end loop;
end $$;
create policy admission_fence on enclosures as restrictive for all
	using ((dossier_id = any (nullif(current_setting('app.barred', true), '')::uuid[])) is false)
	with check ((dossier_id = any (nullif(current_setting('app.barred', true), '')::uuid[])) is false);
create policy both_read on enclosures for select to passerelle_app
	using (case current_setting('app.scope', true) when 'staff' then true when 'office' then true else false end);
create policy staff_writes on enclosures for insert to passerelle_app with check (current_setting('app.scope', true) = 'staff');
create policy rotation on enclosures for all to passerelle_rotation using (true) with check (true);
create policy office on enclosure_tickets for all to passerelle_app
	using (current_setting('app.scope', true) = 'office') with check (current_setting('app.scope', true) = 'office');

grant select, insert on enclosures to passerelle_app;
grant select, insert, delete on enclosure_tickets to passerelle_app;
grant select (tenant_id, enclosure_id, referral_id, particulars), update (particulars) on enclosures to passerelle_rotation;
