-- A certificate says that the keysets of a dossier, and of all its referrals, were destroyed: when, by whom, for which
-- reason, and from which day on no backup of this database knows them any more. It is written in the transaction that
-- destroys them, and stays.

create table certificates (
	tenant_id   uuid        not null,
	dossier_id  uuid        not null,
	code_name   text        not null,
	reason      text        not null,
	erased_by   uuid        not null,
	erased_at   timestamptz not null default now(),
	keysets     integer     not null,
	complete_on date        not null,
	constraint certificates_pkey primary key (tenant_id, dossier_id),
	constraint certificates_name_codes_alone check (reason ~ '^[a-z_]{1,40}$')
);
comment on table certificates is 'Which dossiers were erased, and from when on nothing brings them back.';

create function refuse_to_change_a_certificate() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
	raise exception 'a certificate stays as it is' using errcode = 'check_violation', constraint = 'certificates_stay';
end $$;
create trigger certificates_stay before update or delete on certificates for each row execute function refuse_to_change_a_certificate();

alter table certificates enable row level security;
alter table certificates force row level security;
create policy tenant_fence on certificates as restrictive for all
	using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
	with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create policy scope_fence on certificates as restrictive for all
	using (current_setting('app.scope', true) = 'staff') with check (current_setting('app.scope', true) = 'staff');
create policy keys on certificates for all to passerelle_keys using (true) with check (true);
grant select, insert on certificates to passerelle_keys;
