-- The key that signs checkpoints of a tenant's journal is a keyset like the others, wrapped by its tenant's. It exists in
-- the scope of the sequencer and in no other; there, no other keyset does. No tombstone can be left in that scope, so that
-- it is destroyed by nobody who signs.

alter table keysets drop constraint keysets_belong_to_something_known,
	add constraint keysets_belong_to_something_known check (kind in ('dossier', 'referral', 'person', 'journal')),
	add constraint keysets_of_a_journal_are_its_tenants check (kind <> 'journal' or holder_id = tenant_id);
comment on table keysets is 'What seals the fields of one dossier or one referral, or what one person has typed, or signs the journal, wrapped by its tenant''s keyset.';

alter policy scope_fence on keysets using (
	current_setting('app.scope', true) = 'staff' and kind <> 'journal'
	or current_setting('app.scope', true) = 'office' and (kind = 'referral' or kind = 'person' and holder_id = nullif(current_setting('app.person_id', true), '')::uuid)
	or current_setting('app.scope', true) = 'sequencer' and kind = 'journal')
with check (
	current_setting('app.scope', true) = 'staff' and kind <> 'journal'
	or current_setting('app.scope', true) = 'office' and kind = 'person' and holder_id = nullif(current_setting('app.person_id', true), '')::uuid
	or current_setting('app.scope', true) = 'sequencer' and kind = 'journal');
alter policy scope_fence on tenant_keysets using (
	current_setting('app.scope', true) = 'staff' or current_setting('app.scope', true) = 'office' or current_setting('app.scope', true) = 'sequencer'
	or current_setting('app.scope', true) = 'rotation' and current_user = 'passerelle_keys_rotation')
with check (current_setting('app.scope', true) = 'staff' or current_setting('app.scope', true) = 'office' or current_setting('app.scope', true) = 'sequencer');
