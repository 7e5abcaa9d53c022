-- Dossiers and the people they are about.

create table dossiers (
	tenant_id         uuid        not null,
	dossier_id        uuid        not null,
	code_name         text        not null,
	code_name_key     text        collate "C" not null generated always as (lower(code_name collate "C")) stored,
	phase             text        not null default 'first_contact',
	responsible_id    uuid        not null,
	reached_through   text        not null default '',
	opened_at         timestamptz not null default now(),
	updated_at        timestamptz not null default now(),
	version           integer     not null default 1,
	situation_version integer     not null default 1,
	constraint dossiers_pkey primary key (tenant_id, dossier_id),
	constraint dossiers_have_a_code_name_of_their_own unique (tenant_id, code_name_key) include (dossier_id, code_name, phase, responsible_id, updated_at),
	constraint dossiers_code_names_are_plain_letters check (code_name ~ '^[A-Za-z]{3,24}$'),
	constraint dossiers_are_in_a_known_phase check (phase in ('first_contact', 'identification', 'reflection', 'proceedings', 'integration', 'independent', 'return', 'aftercare')),
	constraint dossiers_belong_to_a_tenant foreign key (tenant_id) references tenants (tenant_id),
	constraint dossiers_have_a_responsible_member foreign key (tenant_id, responsible_id) references members (tenant_id, member_id)
);
create index dossiers_recent on dossiers (tenant_id, updated_at desc, dossier_id desc) include (code_name, phase, responsible_id);
create index dossiers_recent_by_phase on dossiers (tenant_id, phase, updated_at desc, dossier_id desc) include (code_name, responsible_id);
create index dossiers_recent_by_responsible on dossiers (tenant_id, responsible_id, updated_at desc, dossier_id desc) include (code_name, phase);
comment on table dossiers is 'A person''s accompaniment. Only the code name appears in lists.';

create table beneficiaries (
	tenant_id            uuid    not null,
	dossier_id           uuid    not null,
	family_name          text    not null default '',
	given_names          text    not null default '',
	birth_date           date,
	estimated_age        integer,
	age_estimated_on     date,
	gender               text    not null default '',
	nationalities        text[]  not null default '{}',
	languages            text[]  not null default '{}',
	needs_interpreter    text    not null default '',
	phone                text    not null default '',
	email                text    not null default '',
	contact_channels     text[]  not null default '{}',
	contact_days         text[]  not null default '{}',
	contact_from         text    not null default '',
	contact_until        text    not null default '',
	contact_identify     text    not null default '',
	contact_code_word    text    not null default '',
	contact_note         text    not null default '',
	exploitation_forms   text[]  not null default '{}',
	exploitation_cantons text[]  not null default '{}',
	exploitation_places  text[]  not null default '{}',
	constraint beneficiaries_pkey primary key (tenant_id, dossier_id),
	constraint beneficiaries_have_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id),
	constraint beneficiaries_ages_are_plausible check (estimated_age between 0 and 120),
	constraint beneficiaries_ages_are_estimated_on_a_day check ((estimated_age is null) = (age_estimated_on is null)),
	constraint beneficiaries_ages_are_known_or_estimated check (birth_date is null or estimated_age is null)
);
comment on table beneficiaries is 'The person: identity, how to reach her or him safely, and what is known of the exploitation. Never read for a list.';

create table situations (
	tenant_id  uuid        not null,
	dossier_id uuid        not null,
	data_class text        not null,
	body       text        not null,
	updated_at timestamptz not null default now(),
	constraint situations_pkey primary key (tenant_id, dossier_id, data_class),
	constraint situations_have_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id),
	constraint situations_are_of_a_known_class check (data_class in ('permit', 'skills', 'income', 'health', 'proceedings', 'housing')),
	constraint situations_say_something check (body <> '')
);
comment on table situations is 'What is known of the person''s situation, in words, one row a class of data, as a referral may later disclose it.';

do $$
declare t text;
begin
	foreach t in array array['dossiers', 'beneficiaries', 'situations'] loop
		execute format('alter table %I enable row level security', t);
		execute format('alter table %I force row level security', t);
		execute format($p$create policy tenant_fence on %I as restrictive for all
			using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
			with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)$p$, t);
		execute format($p$create policy scope_fence on %I as restrictive for all
			using (current_setting('app.scope', true) = 'staff') with check (current_setting('app.scope', true) = 'staff')$p$, t);
		execute format($p$create policy staff on %I for all to passerelle_app
			using (current_setting('app.scope', true) = 'staff') with check (current_setting('app.scope', true) = 'staff')$p$, t);
	end loop;
end $$;

grant select, insert on dossiers, beneficiaries to passerelle_app;
grant update (code_name, phase, responsible_id, reached_through, updated_at, version, situation_version) on dossiers to passerelle_app;
grant update on beneficiaries to passerelle_app;
grant select, insert, delete on situations to passerelle_app;
grant update (body, updated_at) on situations to passerelle_app;
