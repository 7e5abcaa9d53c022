-- How many dossiers a tenant has. The first page of the list says it, and counting even five hundred rows behind their
-- fence takes longer than fetching the page.

create table dossier_counts (
	tenant_id uuid   not null,
	dossiers  bigint not null,
	constraint dossier_counts_pkey primary key (tenant_id),
	constraint dossier_counts_belong_to_a_tenant foreign key (tenant_id) references tenants (tenant_id),
	constraint dossier_counts_are_not_negative check (dossiers >= 0)
);
comment on table dossier_counts is 'How many dossiers a tenant has, kept in the transaction that opens one.';

-- The owner is held by the fence of dossiers like everybody else, and bound to no tenant.
alter table dossiers no force row level security;
insert into dossier_counts (tenant_id, dossiers) select tenant_id, count(*) from dossiers group by tenant_id;
alter table dossiers force row level security;

alter table dossier_counts enable row level security;
alter table dossier_counts force row level security;
create policy tenant_fence on dossier_counts as restrictive for all
	using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
	with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create policy scope_fence on dossier_counts as restrictive for all
	using (current_setting('app.scope', true) = 'staff') with check (current_setting('app.scope', true) = 'staff');
create policy staff on dossier_counts for all to passerelle_app
	using (current_setting('app.scope', true) = 'staff') with check (current_setting('app.scope', true) = 'staff');

grant select, insert, update on dossier_counts to passerelle_app;

-- Each statement once, tenants in one order: many dossiers at once are counted once, and two who fill do not wait for each other in a ring.
create function count_new_dossiers() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
	insert into public.dossier_counts as counted (tenant_id, dossiers)
		select tenant_id, count(*) from inserted group by tenant_id order by tenant_id
		on conflict (tenant_id) do update set dossiers = counted.dossiers + excluded.dossiers;
	return null;
end $$;
create trigger dossiers_are_counted after insert on dossiers
	referencing new table as inserted for each statement execute function count_new_dossiers();
