-- Running tenants: what is announced to those who work in them, how much they use and how well they are, and how much they may use.
-- Those who run the installation see numbers of people and bytes, and nothing of anybody who is accompanied.

create table announcements (
	announcement_id uuid        not null,
	-- Whom it is for; nobody in particular are all tenants.
	tenant_id       uuid,
	kind            text        not null,
	words_fr        text        not null,
	words_de        text        not null,
	words_it        text        not null,
	words_en        text        not null,
	from_at         timestamptz not null,
	until_at        timestamptz not null,
	version         integer     not null,
	written_by      text        not null,
	written_at      timestamptz not null,
	withdrawn_at    timestamptz,
	constraint announcements_pkey primary key (announcement_id),
	constraint announcements_are_for_a_tenant_or_all foreign key (tenant_id) references tenants (tenant_id),
	constraint announcements_are_of_a_kind check (kind in ('information', 'maintenance', 'incident')),
	constraint announcements_speak_four_languages check (length(btrim(words_fr)) between 1 and 600 and length(btrim(words_de)) between 1 and 600
		and length(btrim(words_it)) between 1 and 600 and length(btrim(words_en)) between 1 and 600),
	constraint announcements_end_after_they_begin check (until_at > from_at)
);
create index announcements_by_end on announcements (until_at desc, announcement_id);
comment on table announcements is 'What those who run the installation tell all who work in it, or those of one tenant. It stands on pages before sign-in as well.';

create table usage_reports (
	tenant_id         uuid        not null,
	taken_at          timestamptz not null,
	members           integer     not null,
	office_people     integer     not null,
	active            integer     not null,
	storage_mib       integer     not null,
	jobs_waiting      integer     not null,
	jobs_late         integer     not null,
	jobs_failed       integer     not null,
	signed_in_on      date,
	tree_behind       boolean     not null,
	providers         integer     not null,
	providers_silent  integer     not null,
	constraint usage_reports_pkey primary key (tenant_id, taken_at),
	constraint usage_reports_are_of_a_tenant foreign key (tenant_id) references tenants (tenant_id),
	constraint usage_reports_are_of_an_hour check (taken_at = date_trunc('hour', taken_at, 'UTC')),
	constraint usage_reports_round_storage check (storage_mib % 16 = 0)
);
comment on table usage_reports is 'How much a tenant uses and how well it is, once an hour: people, storage rounded up, jobs. No number says how many are accompanied.';

create table signin_refusals (
	tenant_id  uuid        not null,
	reason     text        not null,
	counted_at timestamptz not null,
	n          integer     not null,
	constraint signin_refusals_pkey primary key (tenant_id, counted_at, reason),
	constraint signin_refusals_are_of_a_tenant foreign key (tenant_id) references tenants (tenant_id),
	constraint signin_refusals_name_codes_alone check (reason ~ '^[a-z_]{1,40}$'),
	constraint signin_refusals_are_of_an_hour check (counted_at = date_trunc('hour', counted_at, 'UTC'))
);
comment on table signin_refusals is 'How often in an hour somebody who came through a tenant''s connections was refused, and why. Of whom, nobody writes down.';

create table tenant_limits (
	tenant_id     uuid        not null,
	members       integer,
	office_people integer,
	storage_mib   integer,
	reason        text        not null,
	version       integer     not null,
	set_by        text        not null,
	set_at        timestamptz not null,
	constraint tenant_limits_pkey primary key (tenant_id),
	constraint tenant_limits_are_of_a_tenant foreign key (tenant_id) references tenants (tenant_id),
	constraint tenant_limits_leave_two_administrators check (members >= 2 and office_people >= 0 and storage_mib >= 16),
	constraint tenant_limits_have_a_reason check (length(btrim(reason)) between 1 and 300)
);
comment on table tenant_limits is 'How many people a tenant may have and how much it may store; nothing where there is no limit. It keeps nobody from signing in, and no dossier from being saved.';

do $$
declare
	door constant text := $e$current_setting('app.scope', true) = 'signin'$e$;
	platform constant text := $e$current_setting('app.scope', true) = 'platform'$e$;
	administered constant text := $e$tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid and current_setting('app.scope', true) = 'admin'$e$;
	door_case constant text := $e$case current_setting('app.scope', true) when 'signin' then true else false end$e$;
	admin_case constant text := $e$case current_setting('app.scope', true) when 'admin' then true else false end$e$;
	platform_case constant text := $e$case current_setting('app.scope', true) when 'platform' then true else false end$e$;
	fence record;
begin
	for fence in select * from (values
		('announcements', format('%s or %s', door, platform)),
		('usage_reports', format('%s or (%s) or %s', door, administered, platform)),
		('signin_refusals', format('%s or %s', door, platform)),
		('tenant_limits', format('(%s) or %s', administered, platform))
	) as fences (table_name, expression) loop
		execute format('alter table %I enable row level security', fence.table_name);
		execute format('alter table %I force row level security', fence.table_name);
		execute format('create policy door_fence on %I as restrictive for all using (%s) with check (%s)', fence.table_name, fence.expression, fence.expression);
		execute format('create policy platform_reads on %I for select to passerelle_platform using (%s)', fence.table_name, platform_case);
	end loop;
	execute format('create policy door on announcements for select to passerelle_app using (%s)', door_case);
	execute format('create policy door on usage_reports for all to passerelle_app using (%s) with check (%s)', door, door);
	execute format('create policy door on signin_refusals for all to passerelle_app using (%s) with check (%s)', door, door);
	execute format('create policy admin on usage_reports for select to passerelle_app using (%s)', admin_case);
	execute format('create policy admin on tenant_limits for select to passerelle_app using (%s)', admin_case);
	execute format('create policy platform_adds on announcements for insert to passerelle_platform with check (%s)', platform);
	execute format('create policy platform_changes on announcements for update to passerelle_platform using (%s and withdrawn_at is null) with check (%s)', platform, platform);
	execute format('create policy platform_adds on tenant_limits for insert to passerelle_platform with check (%s)', platform);
	execute format('create policy platform_changes on tenant_limits for update to passerelle_platform using (%s) with check (%s)', platform, platform);
end $$;

grant select on announcements, usage_reports, signin_refusals, tenant_limits to passerelle_app;
grant insert, delete on usage_reports, signin_refusals to passerelle_app;
grant update (members, office_people, active, storage_mib, jobs_waiting, jobs_late, jobs_failed, signed_in_on, tree_behind, providers, providers_silent) on usage_reports to passerelle_app;
grant update (n) on signin_refusals to passerelle_app;
grant select, insert on announcements, tenant_limits to passerelle_platform;
grant select on usage_reports, signin_refusals to passerelle_platform;
grant update (tenant_id, kind, words_fr, words_de, words_it, words_en, from_at, until_at, version, written_by, written_at, withdrawn_at) on announcements to passerelle_platform;
grant update (members, office_people, storage_mib, reason, version, set_by, set_at) on tenant_limits to passerelle_platform;
