-- Who somebody is, how to reach her or him, and what is known of the situation are sealed by the application, under the
-- keyset of the dossier (internal/keys). Nothing here can seal what lies in clear, and no database that was in use holds
-- any: this file refuses rather than throw something away.

alter table beneficiaries no force row level security;
alter table situations no force row level security;

do $$
begin
	if exists (select from beneficiaries) or exists (select from situations) then
		raise exception 'this database was filled by a version that kept names in clear: begin with an empty one';
	end if;
end $$;

alter table beneficiaries
	drop column family_name, drop column given_names, drop column birth_date, drop column estimated_age, drop column age_estimated_on,
	drop column gender, drop column nationalities, drop column languages, drop column needs_interpreter, drop column phone, drop column email,
	drop column contact_channels, drop column contact_days, drop column contact_from, drop column contact_until, drop column contact_identify,
	drop column contact_code_word, drop column contact_note, drop column exploitation_forms, drop column exploitation_cantons,
	drop column exploitation_places,
	add column particulars bytea not null;
comment on column beneficiaries.particulars is 'Sealed under the keyset of the dossier: identity, safe contact, and what is known of the exploitation.';

alter table situations drop column body, add column body bytea not null;
comment on column situations.body is 'Sealed under the keyset of the dossier.';

alter table beneficiaries force row level security;
alter table situations force row level security;

grant update (body) on situations to passerelle_app;
