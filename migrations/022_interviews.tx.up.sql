-- Interviews and accompaniments (internal/interviews), what somebody is writing about one, and tasks (internal/tasks).
-- In clear stand codes, moments and who: by these, lists are sorted and the year is counted. Whatever was said is sealed.

create table interviews (
	tenant_id    uuid        not null,
	interview_id uuid        not null,
	dossier_id   uuid        not null,
	kind         text        not null,
	held_at      timestamptz not null,
	month        date        not null generated always as (date_trunc('month', held_at at time zone 'Europe/Zurich')::date) stored,
	minutes      integer     not null,
	member_id    uuid        not null,
	hard         boolean     not null,
	noted        boolean     not null,
	account      bytea       not null,
	recorded_at  timestamptz not null,
	version      integer     not null default 1,
	written_at   timestamptz not null,
	written_by   uuid        not null,
	constraint interviews_pkey primary key (tenant_id, interview_id),
	constraint interviews_belong_to_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint interviews_are_held_by_a_member foreign key (tenant_id, member_id) references members (tenant_id, member_id),
	constraint interviews_are_written_by_a_member foreign key (tenant_id, written_by) references members (tenant_id, member_id),
	constraint interviews_keep_to_their_dossier unique (tenant_id, interview_id, dossier_id),
	constraint interviews_are_of_a_known_kind check (kind in ('individual', 'office', 'phone', 'crisis', 'network')),
	constraint interviews_last_a_day_at_most check (minutes between 1 and 1440)
);
create index interviews_of_a_dossier on interviews (tenant_id, dossier_id, held_at desc, interview_id desc);
create index interviews_recent on interviews (tenant_id, held_at desc, interview_id desc);
create index interviews_recent_by_kind on interviews (tenant_id, kind, held_at desc, interview_id desc);
create index interviews_recent_by_member on interviews (tenant_id, member_id, held_at desc, interview_id desc);
create index interviews_without_a_note on interviews (tenant_id, member_id, held_at desc, interview_id desc) where not noted;
comment on table interviews is 'An interview with a person, or an accompaniment: when, of what kind, how long, by whom. What was said, where and with whom is sealed.';
comment on column interviews.account is 'Sealed under the keyset of the dossier.';

create table interview_versions (
	tenant_id    uuid        not null,
	interview_id uuid        not null,
	version      integer     not null,
	dossier_id   uuid        not null,
	contents     bytea       not null,
	written_at   timestamptz not null,
	written_by   uuid        not null,
	constraint interview_versions_pkey primary key (tenant_id, interview_id, version),
	constraint interview_versions_belong_to_an_interview foreign key (tenant_id, interview_id, dossier_id)
		references interviews (tenant_id, interview_id, dossier_id) on delete cascade,
	constraint interview_versions_are_written_by_a_member foreign key (tenant_id, written_by) references members (tenant_id, member_id)
);
comment on table interview_versions is 'What an interview said before it was corrected, whole. Nobody changes or deletes it.';
comment on column interview_versions.contents is 'Sealed under the keyset of the dossier.';

create table interview_counts (
	tenant_id  uuid    not null,
	month      date    not null,
	kind       text    not null,
	member_id  uuid    not null,
	interviews integer not null,
	minutes    integer not null,
	constraint interview_counts_pkey primary key (tenant_id, month, kind, member_id),
	constraint interview_counts_are_of_a_member foreign key (tenant_id, member_id) references members (tenant_id, member_id),
	constraint interview_counts_are_not_negative check (interviews >= 0 and minutes >= 0)
);
comment on table interview_counts is 'How many interviews of which kind a member held in a month, and how long. A trigger keeps it in the transaction of each change.';

create table drafts (
	tenant_id   uuid        not null,
	draft_id    uuid        not null,
	person_id   uuid        not null,
	dossier_id  uuid,
	form_values bytea       not null,
	saved_at    timestamptz not null,
	constraint drafts_pkey primary key (tenant_id, draft_id),
	constraint drafts_are_of_a_member foreign key (tenant_id, person_id) references members (tenant_id, member_id),
	constraint drafts_end_with_their_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade
);
create index drafts_of_a_person on drafts (tenant_id, person_id, saved_at desc);
create index drafts_about_a_dossier on drafts (tenant_id, dossier_id);
comment on table drafts is 'What somebody is writing about an interview and has not handed in: that person''s alone, and for a week.';
comment on column drafts.form_values is 'Sealed under the keyset of the person.';

create table tasks (
	tenant_id   uuid        not null,
	task_id     uuid        not null,
	dossier_id  uuid,
	assignee_id uuid        not null,
	kind        text        not null,
	due_on      date        not null,
	every       integer,
	unit        text,
	anchor_on   date        not null,
	follows     uuid,
	version     integer     not null default 1,
	made_at     timestamptz not null,
	made_by     uuid        not null,
	changed_by  uuid        not null,
	ended_at    timestamptz,
	ended_by    uuid,
	outcome     text,
	constraint tasks_pkey primary key (tenant_id, task_id),
	constraint tasks_belong_to_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint tasks_are_for_a_member foreign key (tenant_id, assignee_id) references members (tenant_id, member_id),
	constraint tasks_are_made_by_a_member foreign key (tenant_id, made_by) references members (tenant_id, member_id),
	constraint tasks_are_changed_by_a_member foreign key (tenant_id, changed_by) references members (tenant_id, member_id),
	constraint tasks_are_ended_by_a_member foreign key (tenant_id, ended_by) references members (tenant_id, member_id),
	constraint tasks_keep_to_their_dossier unique (tenant_id, task_id, dossier_id),
	constraint tasks_keep_to_their_assignee unique (tenant_id, task_id, assignee_id),
	constraint tasks_are_followed_once unique (tenant_id, follows),
	constraint tasks_are_of_a_known_kind check (kind in ('call', 'letter', 'appointment', 'document', 'follow_up', 'other')),
	constraint tasks_repeat_by_a_number_and_a_unit check ((every is null) = (unit is null) and every between 1 and 99 and unit in ('days', 'weeks', 'months')),
	constraint tasks_end_by_somebody_and_somehow check ((ended_at is null) = (ended_by is null) and (ended_at is null) = (outcome is null) and outcome in ('done', 'dropped'))
);
create index tasks_open_of_a_person on tasks (tenant_id, assignee_id, due_on, task_id) where ended_at is null;
create index tasks_open_of_a_dossier on tasks (tenant_id, dossier_id, due_on, task_id) where ended_at is null;
create index tasks_ended_of_a_dossier on tasks (tenant_id, dossier_id, ended_at desc, task_id) where ended_at is not null;
create index tasks_ended_by_a_person on tasks (tenant_id, ended_by, ended_at desc, task_id) where ended_at is not null;
comment on table tasks is 'What somebody of the staff has to do by a day, for a dossier or without. What exactly stands beside it, sealed.';

create table task_texts (
	tenant_id  uuid  not null,
	task_id    uuid  not null,
	dossier_id uuid  not null,
	body       bytea not null,
	constraint task_texts_pkey primary key (tenant_id, task_id),
	constraint task_texts_belong_to_a_task foreign key (tenant_id, task_id, dossier_id) references tasks (tenant_id, task_id, dossier_id) on delete cascade
);
comment on table task_texts is 'What is to be done for a dossier, in words.';
comment on column task_texts.body is 'Sealed under the keyset of the dossier.';

create table own_task_texts (
	tenant_id   uuid  not null,
	task_id     uuid  not null,
	assignee_id uuid  not null,
	body        bytea not null,
	constraint own_task_texts_pkey primary key (tenant_id, task_id),
	constraint own_task_texts_belong_to_a_task foreign key (tenant_id, task_id, assignee_id) references tasks (tenant_id, task_id, assignee_id) on delete cascade
);
comment on table own_task_texts is 'What somebody has to do without a dossier, in words that nobody else reads.';
comment on column own_task_texts.body is 'Sealed under the keyset of the person.';

do $$
declare
	tenant constant text := $sql$tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid$sql$;
	staff constant text := $sql$current_setting('app.scope', true) = 'staff'$sql$;
	own constant text := $sql$current_setting('app.scope', true) = 'staff' and person_id = nullif(current_setting('app.person_id', true), '')::uuid$sql$;
	t text;
begin
	foreach t in array array['interviews', 'interview_versions', 'interview_counts', 'drafts', 'tasks', 'task_texts', 'own_task_texts'] loop
		execute format('alter table %I enable row level security', t);
		execute format('alter table %I force row level security', t);
		execute format('create policy tenant_fence on %I as restrictive for all using (%s) with check (%s)', t, tenant, tenant);
		if t = 'drafts' then
			execute format('create policy scope_fence on %I as restrictive for all using (%s) with check (%s)', t, own, own);
		else
			execute format('create policy scope_fence on %I as restrictive for all using (%s) with check (%s)', t, staff, staff);
		end if;
		execute format('create policy staff on %I for all to passerelle_app using (%s) with check (%s)', t, staff, staff);
	end loop;
	foreach t in array array['interviews', 'interview_versions', 'drafts', 'task_texts', 'own_task_texts'] loop
		execute format('create policy rotation on %I for all to passerelle_rotation using (true) with check (true)', t);
	end loop;
end $$;

grant select, insert on interviews, interview_versions, interview_counts to passerelle_app;
grant update (kind, held_at, minutes, hard, noted, account, version, written_at, written_by) on interviews to passerelle_app;
grant update (interviews, minutes) on interview_counts to passerelle_app;
grant select, insert, delete on drafts to passerelle_app;
grant update (dossier_id, form_values, saved_at) on drafts to passerelle_app;
grant select, insert on tasks, task_texts to passerelle_app;
grant update (assignee_id, kind, due_on, every, unit, anchor_on, version, changed_by, ended_at, ended_by, outcome) on tasks to passerelle_app;
grant update (body) on task_texts to passerelle_app;
grant select, insert, delete on own_task_texts to passerelle_app;
grant select (tenant_id, interview_id, dossier_id, account), update (account) on interviews to passerelle_rotation;
grant select (tenant_id, interview_id, version, dossier_id, contents), update (contents) on interview_versions to passerelle_rotation;
grant select (tenant_id, draft_id, person_id, form_values), update (form_values) on drafts to passerelle_rotation;
grant select (tenant_id, task_id, dossier_id, body), update (body) on task_texts to passerelle_rotation;
grant select (tenant_id, task_id, assignee_id, body), update (body) on own_task_texts to passerelle_rotation;

-- Each statement once, in one order, so that two who write do not wait for each other in a ring. What a correction takes from
-- one count it gives to another; where nothing changed that is counted, as when accounts are sealed anew, nothing is touched.
create function count_interviews() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
	if tg_op = 'UPDATE' then
		if not exists (select interview_id, month, kind, member_id, minutes from after except select interview_id, month, kind, member_id, minutes from before) then
			return null;
		end if;
	end if;
	if tg_op in ('UPDATE', 'DELETE') then
		update public.interview_counts as counted set interviews = counted.interviews - gone.interviews, minutes = counted.minutes - gone.minutes
			from (select tenant_id, month, kind, member_id, count(*) as interviews, sum(minutes) as minutes from before group by 1, 2, 3, 4 order by 1, 2, 3, 4) as gone
			where (counted.tenant_id, counted.month, counted.kind, counted.member_id) = (gone.tenant_id, gone.month, gone.kind, gone.member_id);
	end if;
	if tg_op in ('UPDATE', 'INSERT') then
		insert into public.interview_counts as counted (tenant_id, month, kind, member_id, interviews, minutes)
			select tenant_id, month, kind, member_id, count(*), sum(minutes) from after group by 1, 2, 3, 4 order by 1, 2, 3, 4
			on conflict (tenant_id, month, kind, member_id) do update
			set interviews = counted.interviews + excluded.interviews, minutes = counted.minutes + excluded.minutes;
	end if;
	return null;
end $$;
create trigger interviews_are_counted after insert on interviews
	referencing new table as after for each statement execute function count_interviews();
create trigger interviews_are_counted_anew after update on interviews
	referencing old table as before new table as after for each statement execute function count_interviews();
create trigger interviews_are_counted_down after delete on interviews
	referencing old table as before for each statement execute function count_interviews();
