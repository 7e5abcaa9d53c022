-- What the capabilities of a dossier know of dates, and the deadlines that follow from it (internal/agenda). Facts are
-- sealed: a date of birth says who somebody is. Deadlines lie in clear, since lists are sorted by them; of those that
-- follow from a date of birth only the month does.

create table agendas (
	tenant_id   uuid        not null,
	dossier_id  uuid        not null,
	rules       text        not null,
	computed_at timestamptz not null default now(),
	constraint agendas_pkey primary key (tenant_id, dossier_id),
	constraint agendas_are_of_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint agendas_name_the_rules_by_their_digest check (rules ~ '^[0-9a-f]{64}$')
);
create index agendas_by_rules on agendas (tenant_id, rules);
comment on table agendas is 'By which rules the deadlines of a dossier were computed last, and when. Its row is locked while they are computed.';

create table facts (
	tenant_id  uuid  not null,
	dossier_id uuid  not null,
	source     text  not null,
	facts      bytea not null,
	constraint facts_pkey primary key (tenant_id, dossier_id, source),
	constraint facts_belong_to_an_agenda foreign key (tenant_id, dossier_id) references agendas (tenant_id, dossier_id) on delete cascade,
	constraint facts_name_their_source_by_a_code check (source ~ '^[a-z_]{1,40}$')
);
comment on table facts is 'What a capability has reported of a dossier: dated facts, all that it knows in one value.';
comment on column facts.facts is 'Sealed under the keyset of the dossier.';

create table deadlines (
	tenant_id    uuid    not null,
	dossier_id   uuid    not null,
	rule         text    not null,
	about        text    not null,
	due_on       date    not null,
	to_the_month boolean not null,
	presses      boolean not null,
	settled_on   date,
	constraint deadlines_pkey primary key (tenant_id, dossier_id, rule, about),
	constraint deadlines_belong_to_an_agenda foreign key (tenant_id, dossier_id) references agendas (tenant_id, dossier_id) on delete cascade,
	constraint deadlines_name_codes_alone check (rule ~ '^[a-z0-9_]{1,60}$' and about ~ '^[a-z0-9_:-]{0,80}$'),
	constraint deadlines_of_a_birthday_tell_the_month_alone check (not to_the_month or extract(day from due_on) = 1)
);
create index deadlines_open on deadlines (tenant_id, due_on, dossier_id) where settled_on is null and presses;
comment on table deadlines is 'Which date follows for a dossier by which rule, about which thing. Computed from the facts whenever one changes; nobody writes into it otherwise.';

do $$
declare
	tenant constant text := $sql$tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid$sql$;
	staff constant text := $sql$current_setting('app.scope', true) = 'staff'$sql$;
	t text;
begin
	foreach t in array array['agendas', 'facts', 'deadlines'] loop
		execute format('alter table %I enable row level security', t);
		execute format('alter table %I force row level security', t);
		execute format('create policy tenant_fence on %I as restrictive for all using (%s) with check (%s)', t, tenant, tenant);
		execute format('create policy scope_fence on %I as restrictive for all using (%s) with check (%s)', t, staff, staff);
		execute format('create policy staff on %I for all to passerelle_app using (%s) with check (%s)', t, staff, staff);
	end loop;
end $$;
create policy rotation on facts for all to passerelle_rotation using (true) with check (true);

grant select, insert on agendas to passerelle_app;
grant update (rules, computed_at) on agendas to passerelle_app;
grant select, insert, delete on facts to passerelle_app;
grant update (facts) on facts to passerelle_app;
grant select, insert, delete on deadlines to passerelle_app;
grant select (tenant_id, dossier_id, source, facts), update (facts) on facts to passerelle_rotation;
