-- A place where people are housed has a keyset of its own: its address belongs to no dossier, and is destroyed when the
-- place is given up. The fences stay as they are: staff find it, an office finds referrals and its own people alone.
alter table keysets drop constraint keysets_belong_to_something_known,
	add constraint keysets_belong_to_something_known check (kind in ('dossier', 'referral', 'person', 'journal', 'lodging'));
comment on table keysets is 'What seals the fields of one dossier or one referral, what one person has typed, or the address of one lodging, or signs the journal, wrapped by its tenant''s keyset.';
