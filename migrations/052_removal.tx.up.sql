-- What becomes of a dossier once it has been kept for long enough: it is kept on, somebody decides, it is made anonymous, or deleted. That
-- it is postponed, and that somebody has ordered it: what was ordered waits, and can be taken back until its day.

alter table retention_rules
	add column outcome text not null default 'review',
	add constraint retention_rules_know_the_outcome check (outcome in ('keep', 'review', 'anonymise', 'delete'));
comment on table retention_rules is 'For how many months a dossier is kept after its accompaniment was closed, by why it was closed, and what becomes of it then. Where there is no row, what we ship holds.';
grant update (outcome) on retention_rules to passerelle_app, passerelle_platform;

create table retention_terms (
	tenant_id  uuid        not null,
	grace_days integer     not null,
	decided_by uuid        not null,
	decided_at timestamptz not null,
	constraint retention_terms_pkey primary key (tenant_id),
	constraint retention_terms_are_of_a_tenant foreign key (tenant_id) references tenants (tenant_id),
	constraint retention_terms_are_decided_by_a_member foreign key (tenant_id, decided_by) references members (tenant_id, member_id),
	constraint retention_terms_leave_time_to_take_back check (grace_days between 7 and 180)
);
comment on table retention_terms is 'How many days pass between the order to remove a dossier and its removal, where an organisation has decided it.';

create table postponements (
	tenant_id    uuid        not null,
	dossier_id   uuid        not null,
	until        date        not null,
	ground       text        not null,
	postponed_by uuid        not null,
	postponed_at timestamptz not null,
	constraint postponements_pkey primary key (tenant_id, dossier_id),
	constraint postponements_have_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint postponements_are_made_by_a_member foreign key (tenant_id, postponed_by) references members (tenant_id, member_id),
	constraint postponements_have_a_ground check (ground in ('proceedings_possible', 'claim_possible', 'person_in_touch', 'person_asked', 'archive', 'audit')),
	constraint postponements_last_two_years_at_most check (until <= ((postponed_at at time zone 'Europe/Zurich')::date + interval '24 months'))
);
comment on table postponements is 'Until when a dossier is kept on that has been kept for long enough, why, and who said so. The last word holds; the journal has the earlier ones.';

create table removals (
	tenant_id  uuid        not null,
	dossier_id uuid        not null,
	outcome    text        not null,
	due_on     date        not null,
	ordered_by uuid        not null,
	ordered_at timestamptz not null,
	constraint removals_pkey primary key (tenant_id, dossier_id),
	constraint removals_have_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint removals_are_ordered_by_a_member foreign key (tenant_id, ordered_by) references members (tenant_id, member_id),
	constraint removals_make_anonymous_or_delete check (outcome in ('anonymise', 'delete')),
	constraint removals_can_be_taken_back_for_a_week check (due_on >= (ordered_at at time zone 'Europe/Zurich')::date + 7)
);
comment on table removals is 'That somebody has ordered a dossier to be made anonymous or deleted, and on which day that happens. Taken back, there is no row.';
create index removals_by_day on removals (tenant_id, due_on, dossier_id);

do $$
declare
	tenant constant text := $e$tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid$e$;
	staff constant text := $e$case current_setting('app.scope', true) when 'staff' then true else false end$e$;
	own constant text := $e$nullif(current_setting('app.person_id', true), '')::uuid$e$;
	admission constant text := $e$(dossier_id = any (nullif(current_setting('app.barred', true), '')::uuid[])) is false$e$;
	t name;
	who name;
begin
	for t, who in values ('retention_terms', 'decided_by'), ('postponements', 'postponed_by'), ('removals', 'ordered_by') loop
		execute format('alter table %I enable row level security', t);
		execute format('alter table %I force row level security', t);
		execute format('create policy tenant_fence on %1$I as restrictive for all using (%2$s) with check (%2$s)', t, tenant);
		execute format('create policy scope_fence on %1$I as restrictive for all using (%2$s) with check (%2$s)', t, staff);
		-- Whoever decides signs.
		execute format('create policy staff on %1$I for all to passerelle_app using (%2$s) with check ((%2$s) and %3$I = %4$s)', t, staff, who, own);
		if t <> 'retention_terms' then
			execute format('create policy admission_fence on %1$I as restrictive for all using (%2$s) with check (%2$s)', t, admission);
		end if;
	end loop;
end $$;
grant select, insert on retention_terms, postponements to passerelle_app;
grant update (grace_days, decided_by, decided_at) on retention_terms to passerelle_app;
grant update (until, ground, postponed_by, postponed_at) on postponements to passerelle_app;
grant select, insert, delete on removals to passerelle_app;

-- What is made anonymous stays counted: where a transaction says that counts stay, none is taken back with what is deleted in it.
do $migration$
declare
	name text;
	definition text;
begin
	foreach name in array array['count_year_of_dossiers', 'count_year_of_findings', 'count_year_of_stays', 'count_year_of_referrals', 'count_year_of_housing_stays', 'count_interviews'] loop
		definition := pg_get_functiondef(format('%s()', name)::regprocedure);
		execute regexp_replace(definition, '\mbegin\M', 'begin
				if tg_op = ''DELETE'' and current_setting(''app.counts'', true) = ''stay'' then
					return null;
				end if;', 'i');
	end loop;
end $migration$;
