create table consents (
	tenant_id    uuid        not null,
	consent_id   uuid        not null,
	dossier_id   uuid        not null,
	office_id    uuid        not null,
	purpose      text        not null,
	data_classes text[]      not null,
	valid_from   date        not null,
	valid_until  date        not null,
	given_how    text        not null,
	interpreter  text        not null default '',
	recorded_by  uuid        not null,
	recorded_at  timestamptz not null default now(),
	withdrawn_by uuid,
	withdrawn_at timestamptz,
	constraint consents_pkey primary key (tenant_id, consent_id),
	constraint consents_name_one_dossier_and_office unique (tenant_id, consent_id, dossier_id, office_id),
	constraint consents_have_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id),
	constraint consents_are_for_an_office foreign key (tenant_id, office_id) references offices (tenant_id, office_id),
	constraint consents_are_recorded_by_a_member foreign key (tenant_id, recorded_by) references members (tenant_id, member_id),
	constraint consents_are_withdrawn_with_a_member foreign key (tenant_id, withdrawn_by) references members (tenant_id, member_id),
	constraint consents_end_after_they_begin check (valid_until >= valid_from),
	constraint consents_are_given_orally_or_in_writing check (given_how in ('orally', 'in_writing')),
	constraint consents_cover_something check (cardinality(data_classes) > 0),
	constraint consents_are_withdrawn_by_somebody check ((withdrawn_at is null) = (withdrawn_by is null))
);
create index consents_by_dossier on consents (tenant_id, dossier_id, recorded_at desc);
comment on table consents is 'What the beneficiary agreed to have shared: with one office, for one purpose, these classes of data, from and until. Withdrawal closes what hangs on it in the same transaction.';

alter table consents enable row level security;
alter table consents force row level security;
create policy tenant_fence on consents as restrictive for all
	using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
	with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create policy scope_fence on consents as restrictive for all
	using (current_setting('app.scope', true) = 'staff') with check (current_setting('app.scope', true) = 'staff');
create policy staff on consents for all to passerelle_app
	using (current_setting('app.scope', true) = 'staff') with check (current_setting('app.scope', true) = 'staff');

grant select, insert on consents to passerelle_app;
grant update (withdrawn_by, withdrawn_at) on consents to passerelle_app;

create function refuse_to_take_back_a_withdrawal() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
	if old.withdrawn_at is not null and (new.withdrawn_at, new.withdrawn_by) is distinct from (old.withdrawn_at, old.withdrawn_by) then
		raise exception 'a withdrawn consent stays withdrawn' using errcode = 'check_violation', constraint = 'consents_once_withdrawn_stay_withdrawn';
	end if;
	return new;
end $$;
create trigger consents_once_withdrawn_stay_withdrawn before update on consents for each row execute function refuse_to_take_back_a_withdrawal();
