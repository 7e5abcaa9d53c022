create table parked_forms (
	tenant_id      uuid        not null,
	parked_form_id uuid        not null,
	person_id      uuid        not null,
	page           text        not null,
	form_values    jsonb       not null,
	parked_at      timestamptz not null default now(),
	constraint parked_forms_pkey primary key (tenant_id, parked_form_id),
	constraint parked_forms_belong_to_a_tenant foreign key (tenant_id) references tenants (tenant_id)
);
create index parked_forms_by_age on parked_forms (tenant_id, parked_at);
comment on table parked_forms is 'What somebody had typed when the session ran out: kept for that person and a day, given back after signing in again.';

alter table parked_forms enable row level security;
alter table parked_forms force row level security;
create policy tenant_fence on parked_forms as restrictive for all
	using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
	with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create policy scope_fence on parked_forms as restrictive for all
	using (current_setting('app.scope', true) in ('staff', 'office') and person_id = nullif(current_setting('app.person_id', true), '')::uuid)
	with check (current_setting('app.scope', true) in ('staff', 'office') and person_id = nullif(current_setting('app.person_id', true), '')::uuid);
create policy own on parked_forms for all to passerelle_app
	using (current_setting('app.scope', true) in ('staff', 'office')) with check (current_setting('app.scope', true) in ('staff', 'office'));

grant select, insert, delete on parked_forms to passerelle_app;
