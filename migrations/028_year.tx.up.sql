-- The year, counted as it happens (internal/statistics): how many accompaniments began and ended in a month, which phase they
-- are in, what bodies found, which titles of stay were issued, how many nights of stays that are over were spent where, and how
-- many referrals went to which kind of help. Triggers keep it in the transaction of each change, so that the page of the year
-- counts nothing. Interviews have counts of their own (interview_counts).

create table year_counts (
	tenant_id uuid   not null,
	measure   text   not null,
	month     date   not null,
	code      text   not null,
	n         bigint not null,
	constraint year_counts_pkey primary key (tenant_id, measure, month, code),
	constraint year_counts_belong_to_a_tenant foreign key (tenant_id) references tenants (tenant_id),
	constraint year_counts_are_of_a_month check (extract(day from month) = 1),
	constraint year_counts_name_codes_alone check (measure ~ '^[a-z_]{1,40}$' and code ~ '^[a-z_:]{0,80}$'),
	constraint year_counts_are_not_negative check (n >= 0)
);
comment on table year_counts is 'How many of something there were in a month. Triggers keep it, in the transaction of each change.';

alter table year_counts enable row level security;
alter table year_counts force row level security;
create policy tenant_fence on year_counts as restrictive for all
	using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
	with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
create policy scope_fence on year_counts as restrictive for all
	using (current_setting('app.scope', true) = 'staff') with check (current_setting('app.scope', true) = 'staff');
create policy staff on year_counts for all to passerelle_app
	using (current_setting('app.scope', true) = 'staff') with check (current_setting('app.scope', true) = 'staff');
grant select, insert on year_counts to passerelle_app;
grant update (n) on year_counts to passerelle_app;

-- What is counted of each table: rows of measure, month, code and n, out of a row called r. Where nothing changed that is
-- counted, nothing is touched: what is sealed is sealed anew by a role that may not count, and an office answers a referral
-- without seeing how many there are. Rows are counted in one order, so that two who write do not wait for each other in a ring.
do $$
declare
	counts constant text := $sql$insert into public.year_counts as counted (tenant_id, measure, month, code, n)
							values (change.tenant_id, change.measure, change.month, change.code, greatest(change.n, 0))
							on conflict (tenant_id, measure, month, code) do update set n = counted.n + change.n;$sql$;
	counted record;
	change record;
begin
	for counted in select * from (values
		('dossiers', $sql$(values
			('opened', date_trunc('month', r.opened_at at time zone 'Europe/Zurich')::date, '', 1::bigint),
			('closed', date_trunc('month', r.closed_at at time zone 'Europe/Zurich')::date, '', 1::bigint),
			('phase', date '1970-01-01', r.phase, 1::bigint))$sql$),
		('findings', $sql$(values
			('finding', case when r.withdrawn_at is null then date_trunc('month', r.found_on)::date end, r.body || ':' || r.verdict, 1::bigint))$sql$),
		('stays', $sql$(values ('permit', date_trunc('month', r.valid_from)::date, r.kind, 1::bigint))$sql$),
		('referrals', $sql$(values ('referral', date_trunc('month', r.sent_at at time zone 'Europe/Zurich')::date, r.service, 1::bigint))$sql$),
		('housing_stays', $sql$(
			select 'nights', first::date, r.kind, (least(r.ended_on, (first + interval '1 month')::date) - greatest(r.begins_on, first::date))::bigint
			from generate_series(date_trunc('month', r.begins_on::timestamp), date_trunc('month', r.ended_on::timestamp), interval '1 month') as first)$sql$)
	) as t (name, rows) loop
		execute format($fn$
			create function count_year_of_%1$s() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $body$
			declare
				change record;
			begin
				if tg_op = 'INSERT' then
					for change in select r.tenant_id, c.measure, c.month, c.code, sum(c.n) as n
						from after as r cross join lateral (%2$s) as c (measure, month, code, n)
						where c.month is not null group by 1, 2, 3, 4 having sum(c.n) <> 0 order by 1, 2, 3, 4
					loop
						%3$s
					end loop;
				elsif tg_op = 'DELETE' then
					for change in select r.tenant_id, c.measure, c.month, c.code, -sum(c.n) as n
						from before as r cross join lateral (%2$s) as c (measure, month, code, n)
						where c.month is not null group by 1, 2, 3, 4 having sum(c.n) <> 0 order by 1, 2, 3, 4
					loop
						%3$s
					end loop;
				else
					for change in select tenant_id, measure, month, code, sum(n) as n from (
							select r.tenant_id, c.measure, c.month, c.code, c.n from after as r cross join lateral (%2$s) as c (measure, month, code, n)
							union all
							select r.tenant_id, c.measure, c.month, c.code, -c.n from before as r cross join lateral (%2$s) as c (measure, month, code, n)
						) as c where month is not null group by 1, 2, 3, 4 having sum(n) <> 0 order by 1, 2, 3, 4
					loop
						%3$s
					end loop;
				end if;
				return null;
			end $body$
		$fn$, counted.name, counted.rows, counts);
		for change in select * from (values
			('', 'insert', 'new table as after'), ('_anew', 'update', 'old table as before new table as after'), ('_down', 'delete', 'old table as before')
		) as c (suffix, event, tables) loop
			execute format('create trigger %1$s_are_counted_for_the_year%2$s after %3$s on %1$s referencing %4$s for each statement execute function count_year_of_%1$s()',
				counted.name, change.suffix, change.event, change.tables);
		end loop;
	end loop;
end $$;
