-- A caseload that somebody brings in waits here until every row of it is clear, and is gone once it is imported. It is its
-- sender's alone, like a parked form.

create table imports (
	tenant_id   uuid        not null,
	import_id   uuid        not null,
	person_id   uuid        not null,
	total       integer     not null,
	done        integer     not null default 0,
	sheet       bytea,
	created_at  timestamptz not null,
	begun_at    timestamptz,
	finished_at timestamptz,
	version     integer     not null default 1,
	constraint imports_pkey primary key (tenant_id, import_id),
	constraint imports_are_sent_by_a_member foreign key (tenant_id, person_id) references members (tenant_id, member_id),
	constraint imports_have_rows check (total > 0),
	constraint imports_are_never_more_than_done check (done between 0 and total),
	constraint imports_are_done_when_they_finish check (finished_at is null or done = total),
	constraint imports_keep_the_sheet_until_they_finish check ((finished_at is null) = (sheet is not null))
);
create index imports_in_order on imports (tenant_id, person_id, created_at desc, import_id);
comment on table imports is 'A file with a caseload on its way to being dossiers: how many rows, how many are done. The file goes with the last row.';
comment on column imports.sheet is 'Sealed under the keyset of the person.';

alter table imports enable row level security;
alter table imports force row level security;
create policy tenant_fence on imports as restrictive for all
	using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
	with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create policy scope_fence on imports as restrictive for all
	using (current_setting('app.scope', true) = 'staff' and person_id = nullif(current_setting('app.person_id', true), '')::uuid)
	with check (current_setting('app.scope', true) = 'staff' and person_id = nullif(current_setting('app.person_id', true), '')::uuid);
create policy staff on imports for all to passerelle_app
	using (current_setting('app.scope', true) = 'staff') with check (current_setting('app.scope', true) = 'staff');
create policy rotation on imports for all to passerelle_rotation using (true) with check (true);

grant select, insert, delete on imports to passerelle_app;
grant update (sheet, version, done, begun_at, finished_at) on imports to passerelle_app;
grant select (tenant_id, import_id, person_id, sheet), update (sheet) on imports to passerelle_rotation;
