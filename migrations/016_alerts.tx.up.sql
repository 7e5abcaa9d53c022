-- Reading far beyond the usual raises an alert, a decoy does, and an office's person is paused. What watches has a scope of
-- its own, "watch": of a tenant it reads the journal and which dossiers are decoys, and writes alerts and pauses; not one row
-- of a dossier exists for it. For an office none of this exists, but that its own person is paused. Identifiers and codes alone.

create table alerts (
	tenant_id       uuid        not null,
	alert_id        uuid        not null,
	kind            text        not null,
	person_id       uuid        not null,
	role            text        not null,
	office_id       uuid,
	-- Of a decoy, and of what could not be read. No foreign keys, as in the journal: an alert outlives what it tells of.
	dossier_id      uuid,
	referral_id     uuid,
	-- How many dossiers and referrals, from when until when, and how many are usual in a day where that is what was exceeded.
	opened          integer     not null default 0,
	usual           integer     not null default 0,
	since           timestamptz not null,
	until           timestamptz not null,
	-- When it was raised.
	at              timestamptz not null,
	acknowledged_at timestamptz,
	acknowledged_by uuid,
	acknowledged_as text        not null default '',
	constraint alerts_pkey primary key (tenant_id, alert_id),
	constraint alerts_name_codes_alone check (kind ~ '^[a-z_]{1,40}$' and role ~ '^[a-z_]{1,40}$' and acknowledged_as ~ '^[a-z_]{0,40}$'),
	constraint alerts_tell_of_a_time check (since <= until),
	constraint alerts_are_acknowledged_by_somebody check ((acknowledged_at is null) = (acknowledged_by is null)),
	constraint alerts_are_acknowledged_by_a_member foreign key (tenant_id, acknowledged_by) references members (tenant_id, member_id)
);
-- One an hour of a person and a kind, whoever watches and however often. Those that pause somebody are as many as the pauses.
create unique index alerts_are_raised_once_an_hour on alerts (tenant_id, person_id, kind, date_trunc('hour', until at time zone 'UTC'))
	where office_id is null or kind not in ('ceiling', 'decoy');
create index alerts_open on alerts (tenant_id) where acknowledged_at is null;
create index alerts_in_order on alerts (tenant_id, (acknowledged_at is not null), at desc, alert_id desc);
comment on table alerts is 'What the coordinator has to look into: who read far beyond the usual, opened a decoy, or met what could not be read.';

create table pauses (
	tenant_id uuid        not null,
	pause_id  uuid        not null,
	office_id uuid        not null,
	person_id uuid        not null,
	alert_id  uuid        not null,
	paused_at timestamptz not null,
	lifted_at timestamptz,
	lifted_by uuid,
	constraint pauses_pkey primary key (tenant_id, pause_id),
	constraint pauses_come_with_an_alert foreign key (tenant_id, alert_id) references alerts (tenant_id, alert_id),
	constraint pauses_are_of_an_office foreign key (tenant_id, office_id) references offices (tenant_id, office_id),
	constraint pauses_are_lifted_by_somebody check ((lifted_at is null) = (lifted_by is null)),
	constraint pauses_are_lifted_by_a_member foreign key (tenant_id, lifted_by) references members (tenant_id, member_id)
);
create unique index pauses_once_at_a_time on pauses (tenant_id, person_id, office_id) where lifted_at is null;
create unique index pauses_of_an_alert on pauses (tenant_id, alert_id);
create index pauses_of_a_person on pauses (tenant_id, person_id, office_id, lifted_at desc);
comment on table pauses is 'Who of an office may read no referral until the NGO lifts the pause, since when, and who lifted it when.';

create table decoys (
	tenant_id  uuid        not null,
	dossier_id uuid        not null,
	marked_by  uuid        not null,
	marked_at  timestamptz not null,
	constraint decoys_pkey primary key (tenant_id, dossier_id),
	constraint decoys_are_dossiers foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint decoys_are_marked_by_a_member foreign key (tenant_id, marked_by) references members (tenant_id, member_id)
);
comment on table decoys is 'Dossiers that nobody has a reason to open: who does raises an alert. Who may not mark them sees no difference.';

create table openings (
	tenant_id   uuid        not null,
	person_id   uuid        not null,
	office_id   uuid        not null,
	referral_id uuid        not null,
	at          timestamptz not null,
	constraint openings_pkey primary key (tenant_id, person_id, office_id, referral_id)
);
comment on table openings is 'Which referrals somebody of an office opened within the last hour, to count against the ceiling. What was opened earlier is in the journal.';

create table watches (
	tenant_id uuid        not null,
	until     timestamptz not null,
	constraint watches_pkey primary key (tenant_id)
);
comment on table watches is 'Until when the journal of a tenant has been watched, so that a watch that begins anew goes on from there.';

do $$
declare
	tenant constant text := $sql$tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid$sql$;
	ngo constant text := $sql$current_setting('app.scope', true) in ('staff', 'watch')$sql$;
	own constant text := $sql$ or current_setting('app.scope', true) = 'office'
		and office_id = nullif(current_setting('app.office_id', true), '')::uuid and person_id = nullif(current_setting('app.person_id', true), '')::uuid$sql$;
	fence record;
begin
	for fence in select * from (values
		('alerts', ngo), ('decoys', ngo), ('pauses', ngo || own),
		('openings', $sql$current_setting('app.scope', true) = 'watch'$sql$), ('watches', $sql$current_setting('app.scope', true) = 'watch'$sql$)
	) as f (relname, scope) loop
		execute format('alter table %I enable row level security', fence.relname);
		execute format('alter table %I force row level security', fence.relname);
		execute format('create policy tenant_fence on %I as restrictive for all using (%s) with check (%s)', fence.relname, tenant, tenant);
		execute format('create policy scope_fence on %I as restrictive for all using (%s) with check (%s)', fence.relname, fence.scope, fence.scope);
	end loop;
end $$;

-- What was raised stays; what was acknowledged or lifted once is so for good, in the name of whoever did it.
create policy both_read on alerts for select to passerelle_app using (current_setting('app.scope', true) in ('staff', 'watch'));
create policy watch_raises on alerts for insert to passerelle_app with check (current_setting('app.scope', true) = 'watch' and acknowledged_at is null);
create policy staff_acknowledges on alerts for update to passerelle_app
	using (current_setting('app.scope', true) = 'staff' and acknowledged_at is null)
	with check (acknowledged_by = nullif(current_setting('app.person_id', true), '')::uuid);
grant select on alerts to passerelle_app;
grant insert (tenant_id, alert_id, kind, person_id, role, office_id, dossier_id, referral_id, opened, usual, since, until, at) on alerts to passerelle_app;
grant update (acknowledged_at, acknowledged_by, acknowledged_as) on alerts to passerelle_app;

create policy all_read on pauses for select to passerelle_app using (current_setting('app.scope', true) in ('staff', 'watch', 'office'));
create policy watch_pauses on pauses for insert to passerelle_app with check (current_setting('app.scope', true) = 'watch' and lifted_at is null);
create policy staff_lifts on pauses for update to passerelle_app
	using (current_setting('app.scope', true) = 'staff' and lifted_at is null)
	with check (lifted_by = nullif(current_setting('app.person_id', true), '')::uuid);
grant select on pauses to passerelle_app;
grant insert (tenant_id, pause_id, office_id, person_id, alert_id, paused_at) on pauses to passerelle_app;
grant update (lifted_at, lifted_by) on pauses to passerelle_app;

create policy both_read on decoys for select to passerelle_app using (current_setting('app.scope', true) in ('staff', 'watch'));
create policy staff_marks on decoys for insert to passerelle_app
	with check (current_setting('app.scope', true) = 'staff' and marked_by = nullif(current_setting('app.person_id', true), '')::uuid);
create policy staff_unmarks on decoys for delete to passerelle_app using (current_setting('app.scope', true) = 'staff');
grant select, delete on decoys to passerelle_app;
grant insert (tenant_id, dossier_id, marked_by, marked_at) on decoys to passerelle_app;

create policy watch on openings for all to passerelle_app using (current_setting('app.scope', true) = 'watch') with check (current_setting('app.scope', true) = 'watch');
grant select, insert, delete on openings to passerelle_app;
grant update (at) on openings to passerelle_app;

create policy watch on watches for all to passerelle_app using (current_setting('app.scope', true) = 'watch') with check (current_setting('app.scope', true) = 'watch');
grant select, insert on watches to passerelle_app;
grant update (until) on watches to passerelle_app;

-- The watch reads the journal and writes nothing into it. Whatever else the fence says, it goes on saying.
do $$
declare
	fence text;
begin
	select pg_get_expr(polqual, polrelid) into strict fence from pg_policy where polrelid = 'journal_entries'::regclass and polname = 'scope_fence';
	fence := $sql$current_setting('app.scope', true) = 'watch' or $sql$ || fence;
	execute format('alter policy scope_fence on journal_entries using (%s) with check (%s)', fence, fence);
end $$;
create policy watch_reads on journal_entries for select to passerelle_app using (current_setting('app.scope', true) = 'watch');
-- What one person read, over weeks.
create index journal_entries_by_person on journal_entries (tenant_id, person_id, at);
