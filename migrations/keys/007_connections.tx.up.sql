-- What this installation shows to a provider is sealed under a keyset of the connection. It exists at the door alone, in the
-- scope of the tenant whose connection it is: neither staff nor an office finds it, and the door finds no other. A connection
-- that several tenants share is its own tenant here: its keyset is wrapped by one that the master key wraps for it alone.

alter table keysets drop constraint keysets_belong_to_something_known,
	add constraint keysets_belong_to_something_known check (kind in ('dossier', 'referral', 'person', 'journal', 'lodging', 'directory', 'connection'));
comment on table keysets is 'What seals the fields of one dossier or one referral, what one person has typed, the address of one lodging, a tenant''s directory, or what a connection shows to its provider, or signs the journal, wrapped by its tenant''s keyset.';

alter policy scope_fence on keysets using (
	current_setting('app.scope', true) = 'staff' and kind not in ('journal', 'connection')
	or current_setting('app.scope', true) = 'office' and (kind = 'referral' or kind = 'person' and holder_id = nullif(current_setting('app.person_id', true), '')::uuid)
	or current_setting('app.scope', true) = 'sequencer' and kind = 'journal'
	or current_setting('app.scope', true) = 'signin' and kind = 'connection')
with check (
	current_setting('app.scope', true) = 'staff' and kind not in ('journal', 'connection')
	or current_setting('app.scope', true) = 'office' and kind = 'person' and holder_id = nullif(current_setting('app.person_id', true), '')::uuid
	or current_setting('app.scope', true) = 'sequencer' and kind = 'journal'
	or current_setting('app.scope', true) = 'signin' and kind = 'connection');
alter policy scope_fence on tenant_keysets using (
	current_setting('app.scope', true) = 'staff' or current_setting('app.scope', true) = 'office' or current_setting('app.scope', true) = 'sequencer'
	or current_setting('app.scope', true) = 'signin'
	or current_setting('app.scope', true) = 'rotation' and current_user = 'passerelle_keys_rotation')
with check (current_setting('app.scope', true) = 'staff' or current_setting('app.scope', true) = 'office' or current_setting('app.scope', true) = 'sequencer'
	or current_setting('app.scope', true) = 'signin');
alter policy scope_fence on tombstones using (
	current_setting('app.scope', true) = 'staff'
	or current_setting('app.scope', true) = 'office' and (kind = 'referral' or kind = 'person' and holder_id = nullif(current_setting('app.person_id', true), '')::uuid)
	or current_setting('app.scope', true) = 'signin' and kind = 'connection')
with check (current_setting('app.scope', true) = 'staff' or current_setting('app.scope', true) = 'signin' and kind = 'connection');
