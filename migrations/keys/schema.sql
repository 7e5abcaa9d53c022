-- The schema after all migrations: written by `go test ./migrations -update`, read as a diff, changed by hand never.
set check_function_bodies = off;
alter default privileges revoke execute on functions from public;

CREATE OR REPLACE FUNCTION keys.leave_a_tombstone()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'keys', 'pg_temp'
AS $function$
begin
	insert into tombstones (tenant_id, kind, holder_id) values (old.tenant_id, old.kind, old.holder_id) on conflict do nothing;
	return old;
end $function$;

CREATE OR REPLACE FUNCTION keys.note_the_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'keys', 'pg_temp'
AS $function$
begin
	new.changed_at := now();
	return new;
end $function$;

CREATE OR REPLACE FUNCTION keys.refuse_to_change_a_certificate()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	raise exception 'a certificate stays as it is' using errcode = 'check_violation', constraint = 'certificates_stay';
end $function$;

CREATE OR REPLACE FUNCTION keys.refuse_to_change_a_removal()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	raise exception 'a certificate stays as it is' using errcode = 'check_violation', constraint = 'removals_stay';
end $function$;

CREATE OR REPLACE FUNCTION keys.refuse_what_was_destroyed()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'keys', 'pg_temp'
AS $function$
begin
	if exists (select from tombstones where (tenant_id, kind, holder_id) = (new.tenant_id, new.kind, new.holder_id)) then
		raise exception 'these keys were destroyed' using errcode = 'check_violation', constraint = 'keysets_once_destroyed_stay_destroyed';
	end if;
	return null;
end $function$;

create table certificates (
	tenant_id uuid not null,
	dossier_id uuid not null,
	code_name text not null,
	reason text not null,
	erased_by uuid not null,
	erased_at timestamp with time zone not null default now(),
	keysets integer not null,
	complete_on date not null,
	constraint certificates_pkey PRIMARY KEY (tenant_id, dossier_id),
	constraint certificates_name_codes_alone CHECK (reason ~ '^[a-z_]{1,40}$'::text)
);
comment on table certificates is 'Which dossiers were erased, and from when on nothing brings them back.';
alter table certificates enable row level security;
alter table certificates force row level security;
create policy scope_fence on certificates as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'staff'::text)
	with check (current_setting('app.scope'::text, true) = 'staff'::text);
create policy tenant_fence on certificates as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy keys on certificates as permissive for all to passerelle_keys
	using (true)
	with check (true);
CREATE TRIGGER certificates_stay BEFORE DELETE OR UPDATE ON certificates FOR EACH ROW EXECUTE FUNCTION refuse_to_change_a_certificate();
grant insert, select on certificates to passerelle_keys;

create table keysets (
	tenant_id uuid not null,
	kind text not null,
	holder_id uuid not null,
	wrapped bytea not null,
	created_at timestamp with time zone not null default now(),
	changed_at timestamp with time zone not null default now(),
	constraint keysets_pkey PRIMARY KEY (tenant_id, kind, holder_id),
	constraint keysets_belong_to_something_known CHECK (kind = ANY (ARRAY['dossier'::text, 'referral'::text, 'person'::text, 'journal'::text, 'lodging'::text, 'directory'::text, 'connection'::text, 'move'::text])),
	constraint keysets_of_a_directory_are_its_tenants CHECK (kind <> 'directory'::text OR holder_id = tenant_id),
	constraint keysets_of_a_journal_are_its_tenants CHECK (kind <> 'journal'::text OR holder_id = tenant_id)
);
comment on table keysets is 'What seals the fields of one dossier or one referral, what one person has typed, the address of one lodging, a tenant''s directory, what a connection shows to its provider, or the private key of one move, or signs the journal, wrapped by its tenant''s keyset.';
alter table keysets enable row level security;
alter table keysets force row level security;
create policy scope_fence on keysets as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'removal'::text OR (current_setting('app.scope'::text, true) = ANY (ARRAY['admin'::text, 'figures'::text])) AND kind = 'person'::text AND holder_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid OR current_setting('app.scope'::text, true) = 'staff'::text AND (kind <> ALL (ARRAY['journal'::text, 'connection'::text])) OR current_setting('app.scope'::text, true) = 'office'::text AND (kind = 'referral'::text OR kind = 'person'::text AND holder_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid) OR current_setting('app.scope'::text, true) = 'sequencer'::text AND kind = 'journal'::text OR current_setting('app.scope'::text, true) = 'signin'::text AND kind = 'connection'::text)
	with check ((current_setting('app.scope'::text, true) = ANY (ARRAY['admin'::text, 'figures'::text])) AND kind = 'person'::text AND holder_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid OR current_setting('app.scope'::text, true) = 'staff'::text AND (kind <> ALL (ARRAY['journal'::text, 'connection'::text])) OR current_setting('app.scope'::text, true) = 'office'::text AND kind = 'person'::text AND holder_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid OR current_setting('app.scope'::text, true) = 'sequencer'::text AND kind = 'journal'::text OR current_setting('app.scope'::text, true) = 'signin'::text AND kind = 'connection'::text);
create policy tenant_fence on keysets as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy keys on keysets as permissive for all to passerelle_keys
	using (true)
	with check (true);
create policy rotation on keysets as permissive for all to passerelle_keys_rotation
	using (true)
	with check (true);
CREATE TRIGGER keysets_leave_a_tombstone BEFORE DELETE ON keysets FOR EACH ROW EXECUTE FUNCTION leave_a_tombstone();
CREATE TRIGGER keysets_note_their_change BEFORE UPDATE ON keysets FOR EACH ROW EXECUTE FUNCTION note_the_change();
CREATE TRIGGER keysets_once_destroyed_stay_destroyed AFTER INSERT OR UPDATE ON keysets FOR EACH ROW EXECUTE FUNCTION refuse_what_was_destroyed();
grant delete, insert, select on keysets to passerelle_keys;
grant select on keysets to passerelle_keys_rotation;
grant update (wrapped) on keysets to passerelle_keys_rotation;

create table removals (
	tenant_id uuid not null,
	slug text not null,
	keysets integer not null,
	complete_on date not null,
	note text not null,
	removed_at timestamp with time zone not null default now(),
	constraint removals_pkey PRIMARY KEY (tenant_id)
);
comment on table removals is 'Which tenants have left, when their keys were destroyed, and the certificate of it.';
alter table removals enable row level security;
alter table removals force row level security;
create policy scope_fence on removals as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'removal'::text)
	with check (current_setting('app.scope'::text, true) = 'removal'::text);
create policy tenant_fence on removals as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy keys on removals as permissive for all to passerelle_keys
	using (true)
	with check (true);
CREATE TRIGGER removals_stay BEFORE DELETE OR UPDATE ON removals FOR EACH ROW EXECUTE FUNCTION refuse_to_change_a_removal();
grant insert, select on removals to passerelle_keys;

create table tenant_keysets (
	tenant_id uuid not null,
	wrapped bytea not null,
	created_at timestamp with time zone not null default now(),
	changed_at timestamp with time zone not null default now(),
	constraint tenant_keysets_pkey PRIMARY KEY (tenant_id)
);
comment on table tenant_keysets is 'What wraps the keysets of a tenant, wrapped by the master key.';
alter table tenant_keysets enable row level security;
alter table tenant_keysets force row level security;
create policy scope_fence on tenant_keysets as restrictive for all to public
	using ((current_setting('app.scope'::text, true) = ANY (ARRAY['admin'::text, 'figures'::text])) OR current_setting('app.scope'::text, true) = 'staff'::text OR current_setting('app.scope'::text, true) = 'office'::text OR current_setting('app.scope'::text, true) = 'sequencer'::text OR current_setting('app.scope'::text, true) = 'signin'::text OR current_setting('app.scope'::text, true) = 'rotation'::text AND CURRENT_USER = 'passerelle_keys_rotation'::name)
	with check ((current_setting('app.scope'::text, true) = ANY (ARRAY['admin'::text, 'figures'::text])) OR current_setting('app.scope'::text, true) = 'staff'::text OR current_setting('app.scope'::text, true) = 'office'::text OR current_setting('app.scope'::text, true) = 'sequencer'::text OR current_setting('app.scope'::text, true) = 'signin'::text);
create policy tenant_fence on tenant_keysets as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid OR current_setting('app.scope'::text, true) = 'rotation'::text AND CURRENT_USER = 'passerelle_keys_rotation'::name)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy keys on tenant_keysets as permissive for all to passerelle_keys
	using (true)
	with check (true);
create policy rotation on tenant_keysets as permissive for all to passerelle_keys_rotation
	using (true)
	with check (true);
CREATE TRIGGER tenant_keysets_note_their_change BEFORE UPDATE ON tenant_keysets FOR EACH ROW EXECUTE FUNCTION note_the_change();
grant insert, select on tenant_keysets to passerelle_keys;
grant select on tenant_keysets to passerelle_keys_rotation;
grant update (wrapped) on tenant_keysets to passerelle_keys_rotation;

create table tombstones (
	tenant_id uuid not null,
	kind text not null,
	holder_id uuid not null,
	destroyed_at timestamp with time zone not null default now(),
	constraint tombstones_pkey PRIMARY KEY (tenant_id, kind, holder_id)
);
comment on table tombstones is 'Which keysets were destroyed, and when. What they sealed is unreadable, whatever backup holds it.';
alter table tombstones enable row level security;
alter table tombstones force row level security;
create policy scope_fence on tombstones as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'removal'::text OR (current_setting('app.scope'::text, true) = ANY (ARRAY['admin'::text, 'figures'::text])) AND kind = 'person'::text AND holder_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid OR current_setting('app.scope'::text, true) = 'staff'::text OR current_setting('app.scope'::text, true) = 'office'::text AND (kind = 'referral'::text OR kind = 'person'::text AND holder_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid) OR current_setting('app.scope'::text, true) = 'signin'::text AND kind = 'connection'::text)
	with check (current_setting('app.scope'::text, true) = 'removal'::text OR current_setting('app.scope'::text, true) = 'staff'::text OR current_setting('app.scope'::text, true) = 'signin'::text AND kind = 'connection'::text);
create policy tenant_fence on tombstones as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy keys on tombstones as permissive for all to passerelle_keys
	using (true)
	with check (true);
create policy rotation on tombstones as permissive for all to passerelle_keys_rotation
	using (true)
	with check (true);
grant insert, select on tombstones to passerelle_keys;
grant select on tombstones to passerelle_keys_rotation;
alter table keysets add constraint keysets_belong_to_a_tenant
	FOREIGN KEY (tenant_id) REFERENCES tenant_keysets(tenant_id);
