-- Where the referrals of a year stand is counted as it happens as well: thousands of them were looked at for one page. An office
-- says it, in whose scope nothing is counted. So whoever counts is a scope of its own, which the counting functions take on while
-- they run and which nobody is ever given; the staff read the counts and write them no more, and the clock does neither.

do $migration$
declare
	counted constant text := $$('referral', date_trunc('month', r.sent_at at time zone 'Europe/Zurich')::date, r.service, 1::bigint)$$;
	outcome constant text := $$('outcome', date_trunc('month', r.sent_at at time zone 'Europe/Zurich')::date, case when r.state = 'closed' then 'outcome:' || r.outcome else r.state end, 1::bigint)$$;
	name text;
	definition text;
begin
	foreach name in array array['dossiers', 'findings', 'stays', 'referrals', 'housing_stays'] loop
		definition := pg_get_functiondef(format('count_year_of_%s()', name)::regprocedure);
		definition := replace(definition, 'change record;', 'change record;
				scope constant text := current_setting(''app.scope'', true);');
		definition := replace(definition, 'insert into public.year_counts', 'perform set_config(''app.scope'', ''tally'', true);
						insert into public.year_counts');
		definition := replace(definition, 'n = counted.n + change.n;', 'n = counted.n + change.n;
						perform set_config(''app.scope'', scope, true);');
		execute replace(definition, counted, counted || ', ' || outcome);
	end loop;
end $migration$;

drop policy staff on year_counts;
drop policy clock_counts on year_counts;
alter policy scope_fence on year_counts
	using (case current_setting('app.scope', true) when 'staff' then true when 'tally' then true else false end)
	with check (case current_setting('app.scope', true) when 'staff' then true when 'tally' then true else false end);
create policy staff_reads on year_counts for select to passerelle_app
	using (case current_setting('app.scope', true) when 'staff' then true else false end);
create policy tally on year_counts for all to passerelle_app
	using (case current_setting('app.scope', true) when 'tally' then true else false end)
	with check (case current_setting('app.scope', true) when 'tally' then true else false end);

-- What there is already, for an owner who is behind the fences as well.
alter table referrals no force row level security;
alter table year_counts no force row level security;
insert into year_counts (tenant_id, measure, month, code, n)
	select tenant_id, 'outcome', date_trunc('month', sent_at at time zone 'Europe/Zurich')::date, case when state = 'closed' then 'outcome:' || outcome else state end, count(*)
	from referrals where sent_at is not null group by 1, 3, 4;
alter table referrals force row level security;
alter table year_counts force row level security;

-- An index only for that question.
drop index referrals_sent;
