-- How interpreters are reached is sealed under a keyset of its own, one for each tenant: they are nobody's dossier, and an
-- office never finds it, since what an office may open is named kind by kind.

alter table keysets drop constraint keysets_belong_to_something_known,
	add constraint keysets_belong_to_something_known check (kind in ('dossier', 'referral', 'person', 'journal', 'lodging', 'directory')),
	add constraint keysets_of_a_directory_are_its_tenants check (kind <> 'directory' or holder_id = tenant_id);
comment on table keysets is 'What seals the fields of one dossier or one referral, what one person has typed, the address of one lodging, or a tenant''s directory, or signs the journal, wrapped by its tenant''s keyset.';
