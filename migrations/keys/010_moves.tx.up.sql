-- What moves from one tenant to another is sealed to a key pair that is made for it alone. The private half lies with whoever receives it, under
-- a keyset of its own, which is destroyed when the package was opened or taken back: no backup of the data opens it afterwards.
alter table keysets drop constraint keysets_belong_to_something_known,
	add constraint keysets_belong_to_something_known check (kind in ('dossier', 'referral', 'person', 'journal', 'lodging', 'directory', 'connection', 'move'));
comment on table keysets is 'What seals the fields of one dossier or one referral, what one person has typed, the address of one lodging, a tenant''s directory, what a connection shows to its provider, or the private key of one move, or signs the journal, wrapped by its tenant''s keyset.';
