-- Documents of a dossier. What is in one lies in a store of files, sealed with a key of its own, which stands in the sealed particulars:
-- who cannot open the row cannot open the file. Until a scanner has looked at a document, where there is one, it is not given out.

create table documents (
	tenant_id   uuid        not null,
	document_id uuid        not null,
	dossier_id  uuid        not null,
	data_class  text        not null,
	kind        text        not null,
	bytes       integer     not null,
	state       text        not null,
	file_id     uuid        not null,
	particulars bytea       not null,
	added_by    uuid        not null,
	added_at    timestamptz not null,
	version     integer     not null default 1,
	constraint documents_pkey primary key (tenant_id, document_id),
	constraint documents_have_a_file_of_their_own unique (tenant_id, file_id),
	constraint documents_are_of_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint documents_are_added_by_a_member foreign key (tenant_id, added_by) references members (tenant_id, member_id),
	constraint documents_name_codes_alone check (data_class ~ '^[a-z_]{1,40}$' and kind in ('pdf', 'jpeg', 'png', 'docx')),
	constraint documents_are_in_a_known_state check (state in ('quarantined', 'clean', 'unscanned', 'infected')),
	constraint documents_have_contents check (bytes > 0)
);
create index documents_of_a_dossier on documents (tenant_id, dossier_id, added_at desc, document_id);
comment on table documents is 'What was handed in for a dossier, as it was let in: its contents lie in the store of files and never change.';
comment on column documents.particulars is 'Sealed under the keyset of the dossier: what it is called, and the key of its file.';
comment on column documents.state is 'Whether a scanner has yet to look at it, found nothing, was not there, or found something: then its file is gone.';

create table uploads (
	tenant_id   uuid        not null,
	upload_id   uuid        not null,
	dossier_id  uuid        not null,
	person_id   uuid        not null,
	bytes       integer     not null,
	received    integer     not null default 0,
	particulars bytea       not null,
	begun_at    timestamptz not null,
	constraint uploads_pkey primary key (tenant_id, upload_id),
	constraint uploads_are_for_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint uploads_are_sent_by_a_member foreign key (tenant_id, person_id) references members (tenant_id, member_id),
	constraint uploads_are_never_more_than_there_is check (bytes > 0 and received between 0 and bytes)
);
create index uploads_of_a_member on uploads (tenant_id, person_id, dossier_id, begun_at);
comment on table uploads is 'A file on its way, in parts: how much of it has arrived. It becomes a document, or is thrown away after a day.';
comment on column uploads.particulars is 'Sealed under the keyset of the dossier: what the file is called.';

create table upload_parts (
	tenant_id  uuid    not null,
	upload_id  uuid    not null,
	at         integer not null,
	dossier_id uuid    not null,
	person_id  uuid    not null,
	contents   bytea   not null,
	constraint upload_parts_pkey primary key (tenant_id, upload_id, at),
	constraint upload_parts_are_of_an_upload foreign key (tenant_id, upload_id) references uploads (tenant_id, upload_id) on delete cascade,
	constraint upload_parts_begin_somewhere check (at >= 0)
);
comment on table upload_parts is 'The parts of a file that have arrived, by where in the file each begins.';
comment on column upload_parts.contents is 'Sealed under the keyset of the dossier.';

create table download_tickets (
	tenant_id    uuid        not null,
	ticket_hash  bytea       not null,
	document_id  uuid        not null,
	person_id    uuid        not null,
	session_hash bytea       not null,
	expires_at   timestamptz not null,
	constraint download_tickets_pkey primary key (tenant_id, ticket_hash),
	constraint download_tickets_are_for_a_document foreign key (tenant_id, document_id) references documents (tenant_id, document_id) on delete cascade,
	constraint download_tickets_are_of_a_member foreign key (tenant_id, person_id) references members (tenant_id, member_id)
);
create index download_tickets_of_a_member on download_tickets (tenant_id, person_id, expires_at);
comment on table download_tickets is 'Leave to take one document once, within a minute, in the session in which it was asked for.';

do $$
declare
	tenant constant text := $sql$tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid$sql$;
	staff constant text := $sql$current_setting('app.scope', true) = 'staff'$sql$;
	own constant text := $sql$current_setting('app.scope', true) = 'staff' and person_id = nullif(current_setting('app.person_id', true), '')::uuid$sql$;
	admission constant text := $sql$(dossier_id = any (nullif(current_setting('app.barred', true), '')::uuid[])) is false$sql$;
	t text;
begin
	foreach t in array array['documents', 'uploads', 'upload_parts', 'download_tickets'] loop
		execute format('alter table %I enable row level security', t);
		execute format('alter table %I force row level security', t);
		execute format('create policy tenant_fence on %I as restrictive for all using (%s) with check (%s)', t, tenant, tenant);
		execute format('create policy scope_fence on %1$I as restrictive for all using (%2$s) with check (%2$s)', t, case t when 'documents' then staff else own end);
		execute format('create policy staff on %1$I for all to passerelle_app using (%2$s) with check (%2$s)', t, staff);
		if t <> 'download_tickets' then
			execute format('create policy admission_fence on %1$I as restrictive for all using (%2$s) with check (%2$s)', t, admission);
			execute format('create policy rotation on %I for all to passerelle_rotation using (true) with check (true)', t);
		end if;
	end loop;
end $$;

grant select, insert, delete on documents, uploads, upload_parts, download_tickets to passerelle_app;
grant update (data_class, particulars, version, state) on documents to passerelle_app;
grant update (received) on uploads to passerelle_app;
grant select (tenant_id, document_id, dossier_id, particulars), update (particulars) on documents to passerelle_rotation;
grant select (tenant_id, upload_id, dossier_id, particulars), update (particulars) on uploads to passerelle_rotation;
grant select (tenant_id, upload_id, at, dossier_id, contents), update (contents) on upload_parts to passerelle_rotation;
