-- What a person asks to be told of all that is kept about her, until when that is due, and what was answered (internal/inquiries). All of it
-- is sealed: who asks, and through whom, says where somebody is reached.

create table inquiries (
	tenant_id       uuid        not null,
	inquiry_id      uuid        not null,
	dossier_id      uuid        not null,
	particulars     bytea       not null,
	version         integer     not null,
	recorded_at     timestamptz not null,
	changed_at      timestamptz not null,
	changed_by      uuid        not null,
	changed_by_name text        not null,
	constraint inquiries_pkey primary key (tenant_id, inquiry_id),
	constraint inquiries_are_of_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint inquiries_are_changed_by_a_member foreign key (tenant_id, changed_by) references members (tenant_id, member_id),
	constraint inquiries_count_their_versions_from_one check (version >= 1)
);
create index inquiries_of_a_dossier on inquiries (tenant_id, dossier_id, recorded_at desc, inquiry_id);
comment on table inquiries is 'A request of a dossier''s person for access to what is kept about her, its extension and its answer.';
comment on column inquiries.particulars is 'Sealed under the keyset of the dossier.';

do $$
declare
	tenant constant text := $e$tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid$e$;
	staff constant text := $e$case current_setting('app.scope', true) when 'staff' then true else false end$e$;
	admission constant text := $e$(dossier_id = any (nullif(current_setting('app.barred', true), '')::uuid[])) is false$e$;
begin
	alter table inquiries enable row level security;
	alter table inquiries force row level security;
	execute format('create policy tenant_fence on inquiries as restrictive for all using (%1$s) with check (%1$s)', tenant);
	execute format('create policy scope_fence on inquiries as restrictive for all using (%1$s) with check (%1$s)', staff);
	execute format('create policy admission_fence on inquiries as restrictive for all using (%1$s) with check (%1$s)', admission);
	execute format('create policy staff on inquiries for all to passerelle_app using (%1$s) with check (%1$s)', staff);
	create policy rotation on inquiries for all to passerelle_rotation using (true) with check (true);
end $$;

grant select, insert on inquiries to passerelle_app;
grant update (particulars, version, changed_at, changed_by, changed_by_name) on inquiries to passerelle_app;
grant select (tenant_id, inquiry_id, dossier_id, particulars), update (particulars) on inquiries to passerelle_rotation;
