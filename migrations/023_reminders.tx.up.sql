-- Reminders of deadlines, and summaries of them, as jobs of River (internal/jobs). Whatever works in the background has a
-- scope of its own, "clock": of a tenant it sees who is responsible for which dossier, its dates, and its staff; not one row
-- that is sealed. River's tables know no tenant: they stand in a schema of their own, and hold identifiers alone.

create schema jobs;
comment on schema jobs is 'The queue of background work. Its tables are River''s, as its own migrations 1 to 8 leave them; a job names what it is about by identifiers alone.';
create type jobs.river_job_state as enum ('available', 'cancelled', 'completed', 'discarded', 'pending', 'retryable', 'running', 'scheduled');
create function jobs.river_job_state_in_bitmask(bitmask bit, state jobs.river_job_state) returns boolean language sql immutable as $$
	select case state
		when 'available' then get_bit(bitmask, 7)
		when 'cancelled' then get_bit(bitmask, 6)
		when 'completed' then get_bit(bitmask, 5)
		when 'discarded' then get_bit(bitmask, 4)
		when 'pending' then get_bit(bitmask, 3)
		when 'retryable' then get_bit(bitmask, 2)
		when 'running' then get_bit(bitmask, 1)
		when 'scheduled' then get_bit(bitmask, 0)
		else 0
	end = 1
$$;
create table jobs.river_job (
	id            bigserial              not null,
	state         jobs.river_job_state   not null default 'available',
	attempt       smallint               not null default 0,
	max_attempts  smallint               not null default 25,
	attempted_at  timestamptz,
	created_at    timestamptz            not null default now(),
	finalized_at  timestamptz,
	scheduled_at  timestamptz            not null default now(),
	priority      smallint               not null default 1,
	args          jsonb                  not null,
	attempted_by  text[],
	errors        jsonb[],
	kind          text                   not null,
	metadata      jsonb                  not null default '{}',
	queue         text                   not null default 'default',
	tags          varchar(255)[]         not null default '{}',
	unique_key    bytea,
	unique_states bit(8),
	constraint river_job_pkey primary key (id),
	constraint finalized_or_finalized_at_null check (finalized_at is null and state not in ('cancelled', 'completed', 'discarded')
		or finalized_at is not null and state in ('cancelled', 'completed', 'discarded')),
	constraint kind_length check (char_length(kind) > 0 and char_length(kind) < 128),
	constraint max_attempts_is_positive check (max_attempts > 0),
	constraint priority_in_range check (priority >= 1 and priority <= 4),
	constraint queue_length check (char_length(queue) > 0 and char_length(queue) < 128)
);
create index river_job_args_index on jobs.river_job using gin (args);
create index river_job_kind on jobs.river_job (kind);
create index river_job_metadata_index on jobs.river_job using gin (metadata);
create index river_job_prioritized_fetching_index on jobs.river_job (state, queue, priority, scheduled_at, id);
create index river_job_state_and_finalized_at_index on jobs.river_job (state, finalized_at) where finalized_at is not null;
create unique index river_job_unique_idx on jobs.river_job (unique_key)
	where unique_key is not null and unique_states is not null and jobs.river_job_state_in_bitmask(unique_states, state);
create unlogged table jobs.river_leader (
	elected_at timestamptz not null,
	expires_at timestamptz not null,
	leader_id  text        not null,
	name       text        not null default 'default',
	constraint river_leader_pkey primary key (name),
	constraint leader_id_length check (char_length(leader_id) > 0 and char_length(leader_id) < 128),
	constraint name_length check (name = 'default')
);
create table jobs.river_migration (
	line       text        not null,
	version    bigint      not null,
	created_at timestamptz not null default now(),
	constraint river_migration_pkey1 primary key (line, version),
	constraint line_length check (char_length(line) > 0 and char_length(line) < 128),
	constraint version_gte_1 check (version >= 1)
);
insert into jobs.river_migration (line, version) select 'main', generate_series(1, 8);
create table jobs.river_notification (
	id         bigserial   not null,
	created_at timestamptz not null default now(),
	payload    text        not null,
	topic      text        not null,
	constraint river_notification_pkey primary key (id),
	constraint topic_length check (length(topic) > 0 and length(topic) < 128)
);
create index river_notification_created_at_idx on jobs.river_notification (created_at);
create index river_notification_topic_id_idx on jobs.river_notification (topic, id);
create table jobs.river_queue (
	name       text        not null,
	created_at timestamptz not null default now(),
	metadata   jsonb       not null default '{}',
	paused_at  timestamptz,
	updated_at timestamptz not null default current_timestamp,
	constraint river_queue_pkey primary key (name)
);
grant usage on schema jobs to passerelle_app;
grant execute on function jobs.river_job_state_in_bitmask(bit, jobs.river_job_state) to passerelle_app;
grant select, insert, update, delete on jobs.river_job, jobs.river_leader, jobs.river_notification, jobs.river_queue to passerelle_app;
grant select on jobs.river_migration to passerelle_app;
grant usage on sequence jobs.river_job_id_seq, jobs.river_notification_id_seq to passerelle_app;

-- Who is responsible stands on the agenda as well, since the clock sees no dossier. The database keeps it the same.
alter table dossiers add constraint dossiers_are_somebodys unique (tenant_id, dossier_id, responsible_id);
alter table agendas add column responsible_id uuid;
alter table agendas no force row level security;
alter table dossiers no force row level security;
update agendas set responsible_id = dossiers.responsible_id from dossiers where (dossiers.tenant_id, dossiers.dossier_id) = (agendas.tenant_id, agendas.dossier_id);
alter table dossiers force row level security;
alter table agendas force row level security;
alter table agendas
	alter column responsible_id set not null,
	drop constraint agendas_are_of_a_dossier,
	add constraint agendas_are_of_a_dossier_and_of_who_is_responsible foreign key (tenant_id, dossier_id, responsible_id)
		references dossiers (tenant_id, dossier_id, responsible_id) on delete cascade on update cascade;
create index agendas_of_a_person on agendas (tenant_id, responsible_id, dossier_id);

-- The days on which to remind of a deadline. Of one that is known to the month alone they are counted from its first day.
alter table deadlines add column warn_on date[] not null default '{}';

create table reminders (
	tenant_id       uuid        not null,
	reminder_id     uuid        not null,
	dossier_id      uuid        not null,
	rule            text        not null,
	about           text        not null,
	due_on          date        not null,
	warn_on         date        not null,
	reminded_at     timestamptz not null default now(),
	acknowledged_at timestamptz,
	acknowledged_by uuid,
	constraint reminders_pkey primary key (tenant_id, reminder_id),
	constraint reminders_are_sent_once unique (tenant_id, dossier_id, rule, about, due_on, warn_on),
	constraint reminders_are_of_an_agenda foreign key (tenant_id, dossier_id) references agendas (tenant_id, dossier_id) on delete cascade,
	constraint reminders_name_codes_alone check (rule ~ '^[a-z0-9_]{1,60}$' and about ~ '^[a-z0-9_:-]{0,80}$'),
	constraint reminders_are_acknowledged_by_somebody check ((acknowledged_at is null) = (acknowledged_by is null)),
	constraint reminders_are_acknowledged_by_a_member foreign key (tenant_id, acknowledged_by) references members (tenant_id, member_id)
);
create index reminders_open on reminders (tenant_id, dossier_id) where acknowledged_at is null;
comment on table reminders is 'That somebody was reminded of a deadline, on which of its days, and who has seen it. Whoever is responsible for the dossier is told.';

create table digests (
	tenant_id uuid        not null,
	digest_id uuid        not null,
	member_id uuid        not null,
	kind      text        not null,
	day       date        not null,
	made_at   timestamptz not null default now(),
	-- When sending began, and when it was done: what began and was not done is not sent again.
	begun_at  timestamptz,
	sent_at   timestamptz,
	constraint digests_pkey primary key (tenant_id, digest_id),
	constraint digests_are_made_once unique (tenant_id, member_id, kind, day),
	constraint digests_are_daily_or_weekly check (kind in ('daily', 'weekly')),
	constraint digests_are_sent_once_begun check (sent_at is null or begun_at is not null),
	constraint digests_are_for_a_member foreign key (tenant_id, member_id) references members (tenant_id, member_id)
);
comment on table digests is 'That something waits for somebody on a day, and that an e-mail has said so. It says nothing else.';

create table languages (
	tenant_id uuid not null,
	member_id uuid not null,
	language  text not null,
	constraint languages_pkey primary key (tenant_id, member_id),
	constraint languages_are_of_a_member foreign key (tenant_id, member_id) references members (tenant_id, member_id),
	constraint languages_are_those_of_pages check (language in ('fr', 'de', 'it', 'en'))
);
comment on table languages is 'Which language somebody of the staff has chosen for pages, so that e-mails come in it.';

do $$
declare
	tenant constant text := $sql$tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid$sql$;
	clock constant text := $sql$current_setting('app.scope', true) = 'clock'$sql$;
	ngo constant text := $sql$current_setting('app.scope', true) in ('staff', 'clock')$sql$;
	fence record;
begin
	for fence in select * from (values ('reminders', ngo), ('languages', ngo), ('digests', clock)) as f (relname, scope) loop
		execute format('alter table %I enable row level security', fence.relname);
		execute format('alter table %I force row level security', fence.relname);
		execute format('create policy tenant_fence on %I as restrictive for all using (%s) with check (%s)', fence.relname, tenant, tenant);
		execute format('create policy scope_fence on %I as restrictive for all using (%s) with check (%s)', fence.relname, fence.scope, fence.scope);
	end loop;
	execute format('alter policy scope_fence on agendas using (%s) with check (%s)', ngo, ngo);
	execute format('alter policy scope_fence on deadlines using (%s) with check (%s)', ngo, ngo);
	execute format('create policy clock_reads on agendas for select to passerelle_app using (%s)', clock);
	execute format('create policy clock_reads on deadlines for select to passerelle_app using (%s)', clock);
	execute format('alter policy door_fence on members using (%1$s) with check (%1$s)',
		format($sql$current_setting('app.scope', true) = 'signin' or (%s and %s)$sql$, tenant, ngo));
	execute format('create policy clock on members for select to passerelle_app using (%s)', clock);
end $$;

create policy both_read on reminders for select to passerelle_app using (current_setting('app.scope', true) in ('staff', 'clock'));
create policy clock_reminds on reminders for insert to passerelle_app with check (current_setting('app.scope', true) = 'clock' and acknowledged_at is null);
create policy staff_acknowledges on reminders for update to passerelle_app
	using (current_setting('app.scope', true) = 'staff' and acknowledged_at is null)
	with check (acknowledged_by = nullif(current_setting('app.person_id', true), '')::uuid);
grant select on reminders to passerelle_app;
grant insert (tenant_id, reminder_id, dossier_id, rule, about, due_on, warn_on) on reminders to passerelle_app;
grant update (acknowledged_at, acknowledged_by) on reminders to passerelle_app;

create policy clock on digests for all to passerelle_app using (current_setting('app.scope', true) = 'clock') with check (current_setting('app.scope', true) = 'clock');
grant select on digests to passerelle_app;
grant insert (tenant_id, digest_id, member_id, kind, day) on digests to passerelle_app;
grant update (begun_at, sent_at) on digests to passerelle_app;

create policy own on languages for all to passerelle_app
	using (current_setting('app.scope', true) = 'staff' and member_id = nullif(current_setting('app.person_id', true), '')::uuid)
	with check (current_setting('app.scope', true) = 'staff' and member_id = nullif(current_setting('app.person_id', true), '')::uuid);
create policy clock_reads on languages for select to passerelle_app using (current_setting('app.scope', true) = 'clock');
grant select, insert on languages to passerelle_app;
grant update (language) on languages to passerelle_app;
