-- The journal: who saw or did what with a dossier or a referral (art. 4 OPDo/DSV). An entry is written in the transaction
-- that reads or changes, before anything leaves it, and is never changed again, by nobody: the owner of the table is
-- refused as well. It holds identifiers and codes, and no word of what was seen.

create table journal_entries (
	tenant_id    uuid        not null,
	-- Which transaction wrote it. Those below the oldest one still under way are all there: what reads on from there has
	-- missed none.
	transaction  xid8        not null default pg_current_xact_id(),
	entry_id     uuid        not null,
	at           timestamptz not null default clock_timestamp(),
	person_id    uuid        not null,
	role         text        not null,
	office_id    uuid,
	action       text        not null,
	dossier_id   uuid,
	referral_id  uuid,
	data_classes text[]      not null default '{}',
	reason       text        not null default '',
	request_id   uuid,
	constraint journal_entries_pkey primary key (tenant_id, transaction, entry_id),
	constraint journal_entries_name_codes_alone check (action ~ '^[a-z_]{1,40}$' and reason ~ '^[a-z_]{0,40}$' and role ~ '^[a-z_]{1,40}$' and array_to_string(data_classes, ',', '?') ~ '^[a-z_,]{0,200}$'),
	constraint journal_entries_of_a_referral_name_its_dossier check (referral_id is null or dossier_id is not null)
);
-- What hangs on a dossier may be erased; that somebody once read it stays known. So there are no foreign keys.
create index journal_entries_by_dossier on journal_entries (tenant_id, dossier_id, at desc, entry_id desc) where dossier_id is not null;
create index journal_entries_by_time on journal_entries (tenant_id, at desc, person_id);
comment on table journal_entries is 'Who saw or did what, when, with which dossier or referral. Only added to.';

create function refuse_to_change_the_journal() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
	raise exception 'the journal is only added to' using errcode = 'insufficient_privilege';
end $$;
create trigger journal_entries_stay before update or delete on journal_entries for each row execute function refuse_to_change_the_journal();
create trigger journal_entries_stay_all before truncate on journal_entries for each statement execute function refuse_to_change_the_journal();
alter table journal_entries enable always trigger journal_entries_stay;
alter table journal_entries enable always trigger journal_entries_stay_all;

alter table journal_entries enable row level security;
alter table journal_entries force row level security;
create policy tenant_fence on journal_entries as restrictive for all
	using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
	with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
-- The NGO reads all of it, and somebody at an office what she or he did. Everybody leaves entries in her or his own name.
create policy scope_fence on journal_entries as restrictive for all
	using (current_setting('app.scope', true) = 'staff' or current_setting('app.scope', true) = 'office'
		and office_id = nullif(current_setting('app.office_id', true), '')::uuid and person_id = nullif(current_setting('app.person_id', true), '')::uuid)
	with check (current_setting('app.scope', true) = 'staff' or current_setting('app.scope', true) = 'office'
		and office_id = nullif(current_setting('app.office_id', true), '')::uuid and person_id = nullif(current_setting('app.person_id', true), '')::uuid);
create policy both_read on journal_entries for select to passerelle_app using (current_setting('app.scope', true) in ('staff', 'office'));
create policy staff_writes on journal_entries for insert to passerelle_app
	with check (current_setting('app.scope', true) = 'staff' and person_id = nullif(current_setting('app.person_id', true), '')::uuid and office_id is null);
create policy office_writes on journal_entries for insert to passerelle_app
	with check (current_setting('app.scope', true) = 'office' and referral_id is not null);

-- When it happened, and in which transaction, nobody says but the database.
grant select on journal_entries to passerelle_app;
grant insert (tenant_id, entry_id, person_id, role, office_id, action, dossier_id, referral_id, data_classes, reason, request_id) on journal_entries to passerelle_app;
