-- What an organisation decides of the rules of its deadlines (internal/houserules), and on which days the phase of a dossier
-- turns by what is known ahead (internal/dossiers): a departure, a permit that begins.

create table house_rules (
	tenant_id     uuid        not null,
	house_rule_id uuid        not null,
	rule          text        not null,
	version       integer     not null,
	amount        integer,
	half          boolean     not null default false,
	unit          text,
	warn          integer[]   not null,
	valid_from    date        not null,
	words         bytea       not null,
	decided_by    uuid        not null,
	decided_at    timestamptz not null,
	constraint house_rules_pkey primary key (tenant_id, house_rule_id),
	constraint house_rules_are_decided_one_after_the_other unique (tenant_id, rule, version),
	constraint house_rules_name_the_rule_by_a_code check (rule ~ '^[a-z0-9_]{1,40}$'),
	constraint house_rules_are_counted check (version >= 1),
	constraint house_rules_have_a_whole_length check ((amount is null) = (unit is null) and amount > 0 and (amount is not null or not half)),
	constraint house_rules_count_days_or_months check (unit in ('days', 'months')),
	constraint house_rules_are_decided_by_a_member foreign key (tenant_id, decided_by) references members (tenant_id, member_id)
);
comment on table house_rules is 'What an organisation has decided of a rule: how long its own spans are and when to remind, from which day on, and who decided it. Only added to.';
comment on column house_rules.words is 'Sealed under the keyset of the directory.';

alter table house_rules enable row level security;
alter table house_rules force row level security;
create policy tenant_fence on house_rules as restrictive for all
	using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
	with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create policy scope_fence on house_rules as restrictive for all
	using (current_setting('app.scope', true) = 'staff') with check (current_setting('app.scope', true) = 'staff');
create policy staff_reads on house_rules for select to passerelle_app using (current_setting('app.scope', true) = 'staff');
create policy staff_decides on house_rules for insert to passerelle_app
	with check (current_setting('app.scope', true) = 'staff' and decided_by = nullif(current_setting('app.person_id', true), '')::uuid);
create policy rotation on house_rules for all to passerelle_rotation using (true) with check (true);
grant select, insert on house_rules to passerelle_app;
grant select (tenant_id, house_rule_id, words), update (words) on house_rules to passerelle_rotation;

-- The days on which the phase turns, and into which; turned_on is the day through which the clock has done it. A phase that a
-- person has set does not turn.
alter table dossiers
	add column turns_on date[] not null default '{}',
	add column turns_into text[] not null default '{}',
	add column turned_on date,
	add constraint dossiers_turn_into_a_phase_each_day check (cardinality(turns_on) = cardinality(turns_into)),
	add constraint dossiers_turn_into_known_phases check (turns_into <@ array['first_contact', 'identification', 'reflection', 'proceedings', 'integration', 'independent', 'return', 'closed', 'aftercare']);
comment on column dossiers.turns_on is 'The days ahead on which the phase turns by what is known, soonest first.';
comment on column dossiers.turns_into is 'Into which phase it turns on each of these days.';
comment on column dossiers.turned_on is 'Through which day the clock has turned it.';
create index dossiers_turning on dossiers (tenant_id, dossier_id) where turns_on <> '{}';
grant update (turns_on, turns_into, turned_on) on dossiers to passerelle_app;

-- The clock sees dossiers: rows of codes and days, nothing that is sealed. It turns the phase as it was written down, and changes
-- nothing else. The fence reads no column, so that lists are answered by their indexes alone.
alter policy scope_fence on dossiers
	using (current_setting('app.scope', true) in ('staff', 'clock')) with check (current_setting('app.scope', true) in ('staff', 'clock'));
create policy clock_reads on dossiers for select to passerelle_app using (current_setting('app.scope', true) = 'clock');
create policy clock_turns on dossiers for update to passerelle_app
	using (current_setting('app.scope', true) = 'clock') with check (current_setting('app.scope', true) = 'clock');
create function refuse_the_clock_more_than_a_turn() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
	if current_setting('app.scope', true) = 'clock' and (
		-- What is generated is not there yet before the row is written.
		to_jsonb(new) - array['phase', 'turned_on', 'code_name_key'] <> to_jsonb(old) - array['phase', 'turned_on', 'code_name_key']
		or new.phase <> old.phase and (old.phase_set or old.closed_at is not null or not new.phase = any (old.turns_into))
	) then
		raise exception using errcode = 'check_violation', constraint = 'dossiers_are_turned_and_not_changed_by_the_clock', message = 'The clock turns a phase as it was written down.';
	end if;
	return new;
end $$;
create trigger dossiers_are_turned_alone before update on dossiers for each row execute function refuse_the_clock_more_than_a_turn();

-- It leaves the event of that, which nobody has done, and the count of phases follows.
alter policy scope_fence on events
	using (case current_setting('app.scope', true)
		when 'staff' then true
		when 'office' then office_id = nullif(current_setting('app.office_id', true), '')::uuid and visible_until > now()
		when 'clock' then kind = 'phase_turned'
		else false end)
	with check (case current_setting('app.scope', true)
		when 'staff' then true
		when 'office' then office_id = nullif(current_setting('app.office_id', true), '')::uuid and visible_until > now()
		when 'clock' then kind = 'phase_turned'
		else false end);
create policy clock_writes on events for insert to passerelle_app with check (current_setting('app.scope', true) = 'clock' and referral_id is null and kind = 'phase_turned' and actor_name = '');
alter policy scope_fence on year_counts
	using (current_setting('app.scope', true) = 'staff' or (current_setting('app.scope', true) = 'clock' and measure = 'phase'))
	with check (current_setting('app.scope', true) = 'staff' or (current_setting('app.scope', true) = 'clock' and measure = 'phase'));
create policy clock_counts on year_counts for all to passerelle_app
	using (current_setting('app.scope', true) = 'clock') with check (current_setting('app.scope', true) = 'clock');
