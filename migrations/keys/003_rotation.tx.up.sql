-- Keys are changed while the application runs, by a role that does nothing else: passerelle_keys_rotation wraps keysets
-- anew. It makes none and destroys none, and the application's own role still changes none.

alter table tenant_keysets add column changed_at timestamptz not null default now();
alter table keysets add column changed_at timestamptz not null default now();

-- A key that is no longer used is kept for as long as an old backup of the data may come back. The database notes since
-- when, so that nobody has to be believed.
create function note_the_change() returns trigger language plpgsql set search_path = keys, pg_temp as $$
begin
	new.changed_at := now();
	return new;
end $$;
create trigger tenant_keysets_note_their_change before update on tenant_keysets for each row execute function note_the_change();
create trigger keysets_note_their_change before update on keysets for each row execute function note_the_change();

-- Whoever changes the master key has to find every keyset that it wraps, whosever it is: in the scope of a rotation, and
-- for that role alone, the keysets of all tenants are listed. They are changed only in the scope of their tenant.
alter policy tenant_fence on tenant_keysets using (
	tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
	or current_setting('app.scope', true) = 'rotation' and current_user = 'passerelle_keys_rotation');
alter policy scope_fence on tenant_keysets using (
	current_setting('app.scope', true) = 'staff' or current_setting('app.scope', true) = 'office'
	or current_setting('app.scope', true) = 'rotation' and current_user = 'passerelle_keys_rotation');

do $$
declare
	t text;
begin
	foreach t in array array['tenant_keysets', 'keysets', 'tombstones'] loop
		execute format('create policy rotation on %I for all to passerelle_keys_rotation using (true) with check (true)', t);
	end loop;
end $$;

grant select, update (wrapped) on tenant_keysets, keysets to passerelle_keys_rotation;
-- A keyset that changes is compared with what was destroyed, like one that is made.
grant select on tombstones to passerelle_keys_rotation;
