-- The schema after all migrations: written by `go test ./migrations -update`, read as a diff, changed by hand never.
set check_function_bodies = off;
alter default privileges revoke execute on functions from public;

CREATE OR REPLACE FUNCTION public.admit(tenant text, person text)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
declare
	barred uuid[];
begin
	if current_setting('app.scope', true) is distinct from 'staff' or current_setting('app.tenant_id', true) is distinct from tenant or current_setting('app.barred', true) <> '' then
		raise exception 'the scope is bound first' using errcode = 'invalid_transaction_state';
	end if;
	if not exists (select from public.restrictions) then
		return set_config('app.barred', '{}', true);
	end if;
	select array_agg(r.dossier_id) into barred from public.restrictions r
	where not exists (select from public.admissions a where a.tenant_id = r.tenant_id and a.dossier_id = r.dossier_id and a.member_id = nullif(person, '')::uuid)
		and not exists (select from public.emergency_accesses e where e.tenant_id = r.tenant_id and e.dossier_id = r.dossier_id and e.member_id = nullif(person, '')::uuid and e.until > now());
	return set_config('app.barred', coalesce(barred, '{}')::text, true);
end $function$;
grant execute on function admit(text,text) to passerelle_app;

CREATE OR REPLACE FUNCTION public.answer_a_move()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
	scope constant text := current_setting('app.scope', true);
	tenant constant text := current_setting('app.tenant_id', true);
	dossier uuid;
begin
	if new.answered_at is distinct from old.answered_at or new.opened_at is distinct from old.opened_at then
		perform public.cross_over(new.from_tenant_id, new.move_id);
		update public.moves m set answered_at = new.answered_at, decline_reason = new.decline_reason, colleague = new.colleague, public_key = new.public_key, opened_at = new.opened_at
		where m.tenant_id = new.from_tenant_id and m.move_id = new.move_id returning m.dossier_id into dossier;
		if dossier is null then
			raise exception 'the other side has no such move' using errcode = 'check_violation', constraint = 'arrivals_come_from_somewhere';
		end if;
		perform public.note_crossing(case when new.opened_at is not null then 'move_opened' when new.decline_reason <> '' then 'move_declined' else 'move_accepted' end, dossier);
		perform public.come_back(scope, tenant);
	end if;
	return null;
end $function$;

CREATE OR REPLACE FUNCTION public.barred_dossiers()
 RETURNS integer
 LANGUAGE sql
 STABLE
AS $function$
	select coalesce(cardinality(nullif(current_setting('app.barred', true), '')::uuid[]), 0)
$function$;
grant execute on function barred_dossiers() to passerelle_app;

CREATE OR REPLACE FUNCTION public.bring_tenant_rows(t text, of_tenant uuid, brought jsonb)
 RETURNS bigint
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
declare
	columns constant text[] := public.written_columns(t);
	names text;
	n bigint;
begin
	if exists (select from jsonb_array_elements(brought) e where not e ?& columns or (select count(*) from jsonb_object_keys(e)) <> cardinality(columns)) then
		raise exception 'a row of % has other columns', t using errcode = 'check_violation', constraint = 'brought_rows_have_all_columns';
	end if;
	if 'tenant_id' = any (columns) and exists (select from jsonb_array_elements(brought) e where (e->>'tenant_id')::uuid is distinct from of_tenant)
		or t = 'connection_secrets' and exists (select from jsonb_array_elements(brought) e where not exists (
			select from public.connections c where c.connection_id = (e->>'connection_id')::uuid and c.tenant_id = of_tenant))
		or t = 'identities' and exists (select from jsonb_array_elements(brought) e where not exists (
			select from public.connections c where c.connection_id = (e->>'connection_id')::uuid and (c.tenant_id = of_tenant or c.tenant_id is null))) then
		raise exception 'a row of % is another tenant''s', t using errcode = 'check_violation', constraint = 'brought_rows_are_of_their_tenant';
	end if;
	-- What is brought has been counted and turned already, and comes table by table: whether its references lead somewhere is asked of
	-- all of it, at the end.
	perform set_config('session_replication_role', 'replica', true);
	select string_agg(quote_ident(c), ', ') into names from unnest(columns) c;
	execute format('insert into public.%I (%s) select %s from jsonb_populate_recordset(null::public.%I, $1)', t, names, names, t) using brought;
	get diagnostics n = row_count;
	return n;
end $function$;
grant execute on function bring_tenant_rows(text,uuid,jsonb) to passerelle_transfer;

CREATE OR REPLACE FUNCTION public.broken_references(of_tenant uuid)
 RETURNS SETOF text
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
	k record;
	broken boolean;
begin
	for k in
		select c.conname, c.conrelid::regclass as here, c.confrelid::regclass as there,
			(select string_agg(format('r.%I is not null', a.attname), ' and ') from unnest(c.conkey) n join pg_attribute a on a.attrelid = c.conrelid and a.attnum = n) as filled,
			(select string_agg(format('r.%I = p.%I', a.attname, b.attname), ' and ') from unnest(c.conkey, c.confkey) as n (here, there)
				join pg_attribute a on a.attrelid = c.conrelid and a.attnum = n.here join pg_attribute b on b.attrelid = c.confrelid and b.attnum = n.there) as meets,
			case when exists (select from pg_attribute a where a.attrelid = c.conrelid and a.attname = 'tenant_id') then '(r.tenant_id = $1 or r.tenant_id is null)' else 'true' end as whose
		from pg_constraint c where c.contype = 'f' and c.connamespace = 'public'::regnamespace
	loop
		execute format('select exists (select from %s r where %s and %s and not exists (select from %s p where %s))', k.here, k.whose, k.filled, k.there, k.meets)
			into broken using of_tenant;
		if broken then
			return next k.conname;
		end if;
	end loop;
end $function$;
grant execute on function broken_references(uuid) to passerelle_transfer;

CREATE OR REPLACE FUNCTION public.circle_holders(circle uuid)
 RETURNS TABLE(member_id uuid)
 LANGUAGE sql
 STABLE
AS $function$
	select i.member_id from public.circles c
	join public.circle_members i on i.tenant_id = c.tenant_id and i.circle_id = c.circle_id
	join public.members m on m.tenant_id = i.tenant_id and m.member_id = i.member_id and m.role in ('caseworker', 'coordinator') and (m.ended_at is null or m.ended_at > now())
	join public.member_professions p on p.tenant_id = i.tenant_id and p.member_id = i.member_id and p.profession = c.profession
	where c.circle_id = circle
$function$;
grant execute on function circle_holders(uuid) to passerelle_app;

CREATE OR REPLACE FUNCTION public.clear_arrival(move uuid)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
	scope constant text := current_setting('app.scope', true);
	tenant constant text := current_setting('app.tenant_id', true);
begin
	update public.arrivals a set cleared_at = now() where a.move_id = move and a.cleared_at is null and (a.withdrawn_at is not null or a.opened_at is not null or a.expires_at <= now());
	if found then
		perform public.cross_over(nullif(tenant, '')::uuid, move);
		delete from public.packages p where p.tenant_id = nullif(tenant, '')::uuid and p.move_id = move;
		perform public.come_back(scope, tenant);
	end if;
end $function$;
grant execute on function clear_arrival(uuid) to passerelle_app;

CREATE OR REPLACE FUNCTION public.come_back(scope text, tenant text)
 RETURNS void
 LANGUAGE sql
AS $function$
	select set_config('app.crossing', '', true), set_config('app.tenant_id', coalesce(tenant, ''), true), set_config('app.scope', coalesce(scope, ''), true)
$function$;
grant execute on function come_back(text,text) to passerelle_app;

CREATE OR REPLACE FUNCTION public.count_erased_dossiers()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	update public.dossier_counts as counted set dossiers = counted.dossiers - gone.n
		from (select tenant_id, count(*) as n from erased group by tenant_id) as gone where counted.tenant_id = gone.tenant_id;
	return null;
end $function$;

CREATE OR REPLACE FUNCTION public.count_interviews()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
				if tg_op = 'DELETE' and current_setting('app.counts', true) = 'stay' then
					return null;
				end if;
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
end $function$;

CREATE OR REPLACE FUNCTION public.count_new_dossiers()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	insert into public.dossier_counts as counted (tenant_id, dossiers)
		select tenant_id, count(*) from inserted group by tenant_id order by tenant_id
		on conflict (tenant_id) do update set dossiers = counted.dossiers + excluded.dossiers;
	return null;
end $function$;

CREATE OR REPLACE FUNCTION public.count_year_of_dossiers()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
			declare
				change record;
				scope constant text := current_setting('app.scope', true);
			begin
				if tg_op = 'DELETE' and current_setting('app.counts', true) = 'stay' then
					return null;
				end if;
				if tg_op = 'INSERT' then
					for change in select r.tenant_id, c.measure, c.month, c.code, sum(c.n) as n
						from after as r cross join lateral ((values
			('opened', date_trunc('month', r.opened_at at time zone 'Europe/Zurich')::date, '', 1::bigint),
			('closed', date_trunc('month', r.closed_at at time zone 'Europe/Zurich')::date, '', 1::bigint),
			('phase', date '1970-01-01', r.phase, 1::bigint))) as c (measure, month, code, n)
						where c.month is not null group by 1, 2, 3, 4 having sum(c.n) <> 0 order by 1, 2, 3, 4
					loop
						perform set_config('app.scope', 'tally', true);
						insert into public.year_counts as counted (tenant_id, measure, month, code, n)
							values (change.tenant_id, change.measure, change.month, change.code, greatest(change.n, 0))
							on conflict (tenant_id, measure, month, code) do update set n = counted.n + change.n;
						perform set_config('app.scope', scope, true);
					end loop;
				elsif tg_op = 'DELETE' then
					for change in select r.tenant_id, c.measure, c.month, c.code, -sum(c.n) as n
						from before as r cross join lateral ((values
			('opened', date_trunc('month', r.opened_at at time zone 'Europe/Zurich')::date, '', 1::bigint),
			('closed', date_trunc('month', r.closed_at at time zone 'Europe/Zurich')::date, '', 1::bigint),
			('phase', date '1970-01-01', r.phase, 1::bigint))) as c (measure, month, code, n)
						where c.month is not null group by 1, 2, 3, 4 having sum(c.n) <> 0 order by 1, 2, 3, 4
					loop
						perform set_config('app.scope', 'tally', true);
						insert into public.year_counts as counted (tenant_id, measure, month, code, n)
							values (change.tenant_id, change.measure, change.month, change.code, greatest(change.n, 0))
							on conflict (tenant_id, measure, month, code) do update set n = counted.n + change.n;
						perform set_config('app.scope', scope, true);
					end loop;
				else
					for change in select tenant_id, measure, month, code, sum(n) as n from (
							select r.tenant_id, c.measure, c.month, c.code, c.n from after as r cross join lateral ((values
			('opened', date_trunc('month', r.opened_at at time zone 'Europe/Zurich')::date, '', 1::bigint),
			('closed', date_trunc('month', r.closed_at at time zone 'Europe/Zurich')::date, '', 1::bigint),
			('phase', date '1970-01-01', r.phase, 1::bigint))) as c (measure, month, code, n)
							union all
							select r.tenant_id, c.measure, c.month, c.code, -c.n from before as r cross join lateral ((values
			('opened', date_trunc('month', r.opened_at at time zone 'Europe/Zurich')::date, '', 1::bigint),
			('closed', date_trunc('month', r.closed_at at time zone 'Europe/Zurich')::date, '', 1::bigint),
			('phase', date '1970-01-01', r.phase, 1::bigint))) as c (measure, month, code, n)
						) as c where month is not null group by 1, 2, 3, 4 having sum(n) <> 0 order by 1, 2, 3, 4
					loop
						perform set_config('app.scope', 'tally', true);
						insert into public.year_counts as counted (tenant_id, measure, month, code, n)
							values (change.tenant_id, change.measure, change.month, change.code, greatest(change.n, 0))
							on conflict (tenant_id, measure, month, code) do update set n = counted.n + change.n;
						perform set_config('app.scope', scope, true);
					end loop;
				end if;
				return null;
			end $function$;

CREATE OR REPLACE FUNCTION public.count_year_of_findings()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
			declare
				change record;
				scope constant text := current_setting('app.scope', true);
			begin
				if tg_op = 'DELETE' and current_setting('app.counts', true) = 'stay' then
					return null;
				end if;
				if tg_op = 'INSERT' then
					for change in select r.tenant_id, c.measure, c.month, c.code, sum(c.n) as n
						from after as r cross join lateral ((values
			('finding', case when r.withdrawn_at is null then date_trunc('month', r.found_on)::date end, r.body || ':' || r.verdict, 1::bigint))) as c (measure, month, code, n)
						where c.month is not null group by 1, 2, 3, 4 having sum(c.n) <> 0 order by 1, 2, 3, 4
					loop
						perform set_config('app.scope', 'tally', true);
						insert into public.year_counts as counted (tenant_id, measure, month, code, n)
							values (change.tenant_id, change.measure, change.month, change.code, greatest(change.n, 0))
							on conflict (tenant_id, measure, month, code) do update set n = counted.n + change.n;
						perform set_config('app.scope', scope, true);
					end loop;
				elsif tg_op = 'DELETE' then
					for change in select r.tenant_id, c.measure, c.month, c.code, -sum(c.n) as n
						from before as r cross join lateral ((values
			('finding', case when r.withdrawn_at is null then date_trunc('month', r.found_on)::date end, r.body || ':' || r.verdict, 1::bigint))) as c (measure, month, code, n)
						where c.month is not null group by 1, 2, 3, 4 having sum(c.n) <> 0 order by 1, 2, 3, 4
					loop
						perform set_config('app.scope', 'tally', true);
						insert into public.year_counts as counted (tenant_id, measure, month, code, n)
							values (change.tenant_id, change.measure, change.month, change.code, greatest(change.n, 0))
							on conflict (tenant_id, measure, month, code) do update set n = counted.n + change.n;
						perform set_config('app.scope', scope, true);
					end loop;
				else
					for change in select tenant_id, measure, month, code, sum(n) as n from (
							select r.tenant_id, c.measure, c.month, c.code, c.n from after as r cross join lateral ((values
			('finding', case when r.withdrawn_at is null then date_trunc('month', r.found_on)::date end, r.body || ':' || r.verdict, 1::bigint))) as c (measure, month, code, n)
							union all
							select r.tenant_id, c.measure, c.month, c.code, -c.n from before as r cross join lateral ((values
			('finding', case when r.withdrawn_at is null then date_trunc('month', r.found_on)::date end, r.body || ':' || r.verdict, 1::bigint))) as c (measure, month, code, n)
						) as c where month is not null group by 1, 2, 3, 4 having sum(n) <> 0 order by 1, 2, 3, 4
					loop
						perform set_config('app.scope', 'tally', true);
						insert into public.year_counts as counted (tenant_id, measure, month, code, n)
							values (change.tenant_id, change.measure, change.month, change.code, greatest(change.n, 0))
							on conflict (tenant_id, measure, month, code) do update set n = counted.n + change.n;
						perform set_config('app.scope', scope, true);
					end loop;
				end if;
				return null;
			end $function$;

CREATE OR REPLACE FUNCTION public.count_year_of_housing_stays()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
			declare
				change record;
				scope constant text := current_setting('app.scope', true);
			begin
				if tg_op = 'DELETE' and current_setting('app.counts', true) = 'stay' then
					return null;
				end if;
				if tg_op = 'INSERT' then
					for change in select r.tenant_id, c.measure, c.month, c.code, sum(c.n) as n
						from after as r cross join lateral ((
			select 'nights', first::date, r.kind, (least(r.ended_on, (first + interval '1 month')::date) - greatest(r.begins_on, first::date))::bigint
			from generate_series(date_trunc('month', r.begins_on::timestamp), date_trunc('month', r.ended_on::timestamp), interval '1 month') as first)) as c (measure, month, code, n)
						where c.month is not null group by 1, 2, 3, 4 having sum(c.n) <> 0 order by 1, 2, 3, 4
					loop
						perform set_config('app.scope', 'tally', true);
						insert into public.year_counts as counted (tenant_id, measure, month, code, n)
							values (change.tenant_id, change.measure, change.month, change.code, greatest(change.n, 0))
							on conflict (tenant_id, measure, month, code) do update set n = counted.n + change.n;
						perform set_config('app.scope', scope, true);
					end loop;
				elsif tg_op = 'DELETE' then
					for change in select r.tenant_id, c.measure, c.month, c.code, -sum(c.n) as n
						from before as r cross join lateral ((
			select 'nights', first::date, r.kind, (least(r.ended_on, (first + interval '1 month')::date) - greatest(r.begins_on, first::date))::bigint
			from generate_series(date_trunc('month', r.begins_on::timestamp), date_trunc('month', r.ended_on::timestamp), interval '1 month') as first)) as c (measure, month, code, n)
						where c.month is not null group by 1, 2, 3, 4 having sum(c.n) <> 0 order by 1, 2, 3, 4
					loop
						perform set_config('app.scope', 'tally', true);
						insert into public.year_counts as counted (tenant_id, measure, month, code, n)
							values (change.tenant_id, change.measure, change.month, change.code, greatest(change.n, 0))
							on conflict (tenant_id, measure, month, code) do update set n = counted.n + change.n;
						perform set_config('app.scope', scope, true);
					end loop;
				else
					for change in select tenant_id, measure, month, code, sum(n) as n from (
							select r.tenant_id, c.measure, c.month, c.code, c.n from after as r cross join lateral ((
			select 'nights', first::date, r.kind, (least(r.ended_on, (first + interval '1 month')::date) - greatest(r.begins_on, first::date))::bigint
			from generate_series(date_trunc('month', r.begins_on::timestamp), date_trunc('month', r.ended_on::timestamp), interval '1 month') as first)) as c (measure, month, code, n)
							union all
							select r.tenant_id, c.measure, c.month, c.code, -c.n from before as r cross join lateral ((
			select 'nights', first::date, r.kind, (least(r.ended_on, (first + interval '1 month')::date) - greatest(r.begins_on, first::date))::bigint
			from generate_series(date_trunc('month', r.begins_on::timestamp), date_trunc('month', r.ended_on::timestamp), interval '1 month') as first)) as c (measure, month, code, n)
						) as c where month is not null group by 1, 2, 3, 4 having sum(n) <> 0 order by 1, 2, 3, 4
					loop
						perform set_config('app.scope', 'tally', true);
						insert into public.year_counts as counted (tenant_id, measure, month, code, n)
							values (change.tenant_id, change.measure, change.month, change.code, greatest(change.n, 0))
							on conflict (tenant_id, measure, month, code) do update set n = counted.n + change.n;
						perform set_config('app.scope', scope, true);
					end loop;
				end if;
				return null;
			end $function$;

CREATE OR REPLACE FUNCTION public.count_year_of_referrals()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
			declare
				change record;
				scope constant text := current_setting('app.scope', true);
			begin
				if tg_op = 'DELETE' and current_setting('app.counts', true) = 'stay' then
					return null;
				end if;
				if tg_op = 'INSERT' then
					for change in select r.tenant_id, c.measure, c.month, c.code, sum(c.n) as n
						from after as r cross join lateral ((values ('referral', date_trunc('month', r.sent_at at time zone 'Europe/Zurich')::date, r.service, 1::bigint), ('outcome', date_trunc('month', r.sent_at at time zone 'Europe/Zurich')::date, case when r.state = 'closed' then 'outcome:' || r.outcome else r.state end, 1::bigint))) as c (measure, month, code, n)
						where c.month is not null group by 1, 2, 3, 4 having sum(c.n) <> 0 order by 1, 2, 3, 4
					loop
						perform set_config('app.scope', 'tally', true);
						insert into public.year_counts as counted (tenant_id, measure, month, code, n)
							values (change.tenant_id, change.measure, change.month, change.code, greatest(change.n, 0))
							on conflict (tenant_id, measure, month, code) do update set n = counted.n + change.n;
						perform set_config('app.scope', scope, true);
					end loop;
				elsif tg_op = 'DELETE' then
					for change in select r.tenant_id, c.measure, c.month, c.code, -sum(c.n) as n
						from before as r cross join lateral ((values ('referral', date_trunc('month', r.sent_at at time zone 'Europe/Zurich')::date, r.service, 1::bigint), ('outcome', date_trunc('month', r.sent_at at time zone 'Europe/Zurich')::date, case when r.state = 'closed' then 'outcome:' || r.outcome else r.state end, 1::bigint))) as c (measure, month, code, n)
						where c.month is not null group by 1, 2, 3, 4 having sum(c.n) <> 0 order by 1, 2, 3, 4
					loop
						perform set_config('app.scope', 'tally', true);
						insert into public.year_counts as counted (tenant_id, measure, month, code, n)
							values (change.tenant_id, change.measure, change.month, change.code, greatest(change.n, 0))
							on conflict (tenant_id, measure, month, code) do update set n = counted.n + change.n;
						perform set_config('app.scope', scope, true);
					end loop;
				else
					for change in select tenant_id, measure, month, code, sum(n) as n from (
							select r.tenant_id, c.measure, c.month, c.code, c.n from after as r cross join lateral ((values ('referral', date_trunc('month', r.sent_at at time zone 'Europe/Zurich')::date, r.service, 1::bigint), ('outcome', date_trunc('month', r.sent_at at time zone 'Europe/Zurich')::date, case when r.state = 'closed' then 'outcome:' || r.outcome else r.state end, 1::bigint))) as c (measure, month, code, n)
							union all
							select r.tenant_id, c.measure, c.month, c.code, -c.n from before as r cross join lateral ((values ('referral', date_trunc('month', r.sent_at at time zone 'Europe/Zurich')::date, r.service, 1::bigint), ('outcome', date_trunc('month', r.sent_at at time zone 'Europe/Zurich')::date, case when r.state = 'closed' then 'outcome:' || r.outcome else r.state end, 1::bigint))) as c (measure, month, code, n)
						) as c where month is not null group by 1, 2, 3, 4 having sum(n) <> 0 order by 1, 2, 3, 4
					loop
						perform set_config('app.scope', 'tally', true);
						insert into public.year_counts as counted (tenant_id, measure, month, code, n)
							values (change.tenant_id, change.measure, change.month, change.code, greatest(change.n, 0))
							on conflict (tenant_id, measure, month, code) do update set n = counted.n + change.n;
						perform set_config('app.scope', scope, true);
					end loop;
				end if;
				return null;
			end $function$;

CREATE OR REPLACE FUNCTION public.count_year_of_stays()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
			declare
				change record;
				scope constant text := current_setting('app.scope', true);
			begin
				if tg_op = 'DELETE' and current_setting('app.counts', true) = 'stay' then
					return null;
				end if;
				if tg_op = 'INSERT' then
					for change in select r.tenant_id, c.measure, c.month, c.code, sum(c.n) as n
						from after as r cross join lateral ((values ('permit', date_trunc('month', r.valid_from)::date, r.kind, 1::bigint))) as c (measure, month, code, n)
						where c.month is not null group by 1, 2, 3, 4 having sum(c.n) <> 0 order by 1, 2, 3, 4
					loop
						perform set_config('app.scope', 'tally', true);
						insert into public.year_counts as counted (tenant_id, measure, month, code, n)
							values (change.tenant_id, change.measure, change.month, change.code, greatest(change.n, 0))
							on conflict (tenant_id, measure, month, code) do update set n = counted.n + change.n;
						perform set_config('app.scope', scope, true);
					end loop;
				elsif tg_op = 'DELETE' then
					for change in select r.tenant_id, c.measure, c.month, c.code, -sum(c.n) as n
						from before as r cross join lateral ((values ('permit', date_trunc('month', r.valid_from)::date, r.kind, 1::bigint))) as c (measure, month, code, n)
						where c.month is not null group by 1, 2, 3, 4 having sum(c.n) <> 0 order by 1, 2, 3, 4
					loop
						perform set_config('app.scope', 'tally', true);
						insert into public.year_counts as counted (tenant_id, measure, month, code, n)
							values (change.tenant_id, change.measure, change.month, change.code, greatest(change.n, 0))
							on conflict (tenant_id, measure, month, code) do update set n = counted.n + change.n;
						perform set_config('app.scope', scope, true);
					end loop;
				else
					for change in select tenant_id, measure, month, code, sum(n) as n from (
							select r.tenant_id, c.measure, c.month, c.code, c.n from after as r cross join lateral ((values ('permit', date_trunc('month', r.valid_from)::date, r.kind, 1::bigint))) as c (measure, month, code, n)
							union all
							select r.tenant_id, c.measure, c.month, c.code, -c.n from before as r cross join lateral ((values ('permit', date_trunc('month', r.valid_from)::date, r.kind, 1::bigint))) as c (measure, month, code, n)
						) as c where month is not null group by 1, 2, 3, 4 having sum(n) <> 0 order by 1, 2, 3, 4
					loop
						perform set_config('app.scope', 'tally', true);
						insert into public.year_counts as counted (tenant_id, measure, month, code, n)
							values (change.tenant_id, change.measure, change.month, change.code, greatest(change.n, 0))
							on conflict (tenant_id, measure, month, code) do update set n = counted.n + change.n;
						perform set_config('app.scope', scope, true);
					end loop;
				end if;
				return null;
			end $function$;

CREATE OR REPLACE FUNCTION public.cross_over(tenant uuid, move uuid)
 RETURNS void
 LANGUAGE sql
AS $function$
	select set_config('app.scope', 'crossing', true), set_config('app.tenant_id', tenant::text, true), set_config('app.crossing', move::text, true)
$function$;
grant execute on function cross_over(uuid,uuid) to passerelle_app;

CREATE OR REPLACE FUNCTION public.end_sessions_with_the_membership()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
	scope constant text := current_setting('app.scope', true);
	person constant uuid := (to_jsonb(new) ->> tg_argv[0])::uuid;
	ended bytea;
begin
	perform set_config('app.scope', 'signin', true);
	for ended in
		update public.sessions set revoked_at = now()
		where tenant_id = new.tenant_id and revoked_at is null
			and (member_id = person or office_member_id = person)
		returning session_hash
	loop
		perform pg_notify('passerelle_changes', json_build_object('session', encode(ended, 'hex'))::text);
	end loop;
	perform set_config('app.scope', coalesce(scope, ''), true);
	return null;
end $function$;

CREATE OR REPLACE FUNCTION public.end_with_the_referral()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	new.visible_until := (select r.visible_until from public.referrals r where r.tenant_id = new.tenant_id and r.referral_id = new.referral_id);
	return new;
end $function$;

CREATE OR REPLACE FUNCTION public.enter_circles()
 RETURNS text
 LANGUAGE plpgsql
AS $function$
begin
	if current_setting('app.scope', true) is distinct from 'staff' then
		raise exception 'only the staff is in circles' using errcode = 'invalid_transaction_state';
	end if;
	return set_config('app.circles', coalesce((select array_agg(i.circle_id) from public.circle_members i
		where i.member_id = nullif(current_setting('app.person_id', true), '')::uuid and i.member_id in (select h.member_id from public.circle_holders(i.circle_id) h)), '{}')::text, true);
end $function$;
grant execute on function enter_circles() to passerelle_app;

CREATE OR REPLACE FUNCTION public.keep_passkey_recoveries_apart()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
	me constant uuid := nullif(current_setting('app.person_id', true), '')::uuid;
	account uuid;
begin
	if num_nonnulls(old.refused_at, old.withdrawn_at, old.used_at) > 0 then
		raise exception 'a recovery that has ended stays as it is' using errcode = 'check_violation', constraint = 'passkey_recoveries_stay';
	end if;
	if current_setting('app.scope', true) = 'admin' then
		if (new.withdrawn_at, new.used_at) is distinct from (old.withdrawn_at, old.used_at)
			or old.first_by is not null and (new.first_by, new.first_reason, new.first_at) is distinct from (old.first_by, old.first_reason, old.first_at)
			or old.second_by is not null and (new.second_by, new.second_reason, new.second_at) is distinct from (old.second_by, old.second_reason, old.second_at)
			or new.first_by is distinct from old.first_by and new.first_by is distinct from me
			or new.second_by is distinct from old.second_by and new.second_by is distinct from me
			or new.refused_by is distinct from old.refused_by and new.refused_by is distinct from me then
			raise exception 'an admin says what is hers or his to say, once' using errcode = 'check_violation', constraint = 'passkey_recoveries_are_granted_in_ones_own_name';
		end if;
		select identity_id into account from members where member_id = me and role = 'admin' and ended_at is null;
		if account is null then
			raise exception 'nobody grants without being known' using errcode = 'check_violation', constraint = 'passkey_recoveries_are_granted_in_ones_own_name';
		end if;
		if new.first_by is distinct from old.first_by then
			new.first_identity_id := account;
		end if;
		if new.second_by is distinct from old.second_by then
			new.second_identity_id := account;
		end if;
	elsif (new.first_by, new.first_identity_id, new.first_reason, new.first_at, new.second_by, new.second_identity_id, new.second_reason, new.second_at, new.refused_by, new.refused_reason, new.refused_at)
		is distinct from (old.first_by, old.first_identity_id, old.first_reason, old.first_at, old.second_by, old.second_identity_id, old.second_reason, old.second_at, old.refused_by, old.refused_reason, old.refused_at) then
		raise exception 'nobody grants a recovery but an admin' using errcode = 'check_violation', constraint = 'passkey_recoveries_are_granted_by_admins';
	end if;
	return new;
end $function$;

CREATE OR REPLACE FUNCTION public.keep_the_subject()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	raise exception 'who somebody is to a provider stays' using errcode = 'check_violation', constraint = 'members_keep_their_subject';
end $function$;

CREATE OR REPLACE FUNCTION public.name_whoever_is_responsible()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	if tg_table_name = 'restrictions' then
		insert into public.admissions (tenant_id, dossier_id, member_id) select d.tenant_id, d.dossier_id, d.responsible_id from public.dossiers d
		where d.tenant_id = new.tenant_id and d.dossier_id = new.dossier_id on conflict do nothing;
	else
		insert into public.admissions (tenant_id, dossier_id, member_id) select r.tenant_id, r.dossier_id, new.responsible_id from public.restrictions r
		where r.tenant_id = new.tenant_id and r.dossier_id = new.dossier_id on conflict do nothing;
	end if;
	return null;
end $function$;

CREATE OR REPLACE FUNCTION public.neighbours()
 RETURNS TABLE(tenant_id uuid, name text)
 LANGUAGE plpgsql
AS $function$
begin
	if current_setting('app.scope', true) is distinct from 'staff' then
		raise exception 'only the staff knows its neighbours' using errcode = 'invalid_transaction_state';
	end if;
	perform set_config('app.scope', 'signin', true);
	return query select t.tenant_id, t.name from public.tenants t
		where t.live_at is not null and t.suspended_at is null and t.tenant_id is distinct from nullif(current_setting('app.tenant_id', true), '')::uuid order by t.name, t.tenant_id;
	perform set_config('app.scope', 'staff', true);
end $function$;
grant execute on function neighbours() to passerelle_app;

CREATE OR REPLACE FUNCTION public.note_crossing(what text, dossier uuid)
 RETURNS void
 LANGUAGE sql
AS $function$
	insert into public.journal_entries (tenant_id, entry_id, person_id, role, action, dossier_id)
	values (nullif(current_setting('app.tenant_id', true), '')::uuid, gen_random_uuid(), '00000000-0000-0000-0000-000000000000', 'neighbour', what, dossier)
$function$;
grant execute on function note_crossing(text,uuid) to passerelle_app;

CREATE OR REPLACE FUNCTION public.propose_a_move()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
	scope constant text := current_setting('app.scope', true);
	tenant constant text := current_setting('app.tenant_id', true);
begin
	if current_user = 'passerelle_transfer' then
		return new;
	end if;
	if (new.withdrawn_at, new.answered_at, new.sent_at, new.opened_at) is distinct from (null::timestamptz, null::timestamptz, null::timestamptz, null::timestamptz) then
		raise exception 'a move begins with its proposal' using errcode = 'check_violation', constraint = 'moves_begin_with_a_proposal';
	end if;
	if not exists (select from public.neighbours() n where n.tenant_id = new.to_tenant_id) then
		raise exception 'no such tenant is open' using errcode = 'check_violation', constraint = 'moves_go_to_a_tenant_that_is_open';
	end if;
	perform public.cross_over(new.to_tenant_id, new.move_id);
	insert into public.arrivals (tenant_id, move_id, from_tenant_id, from_name, reason, answer_by, asker_name, asker_phone, asker_email, proposed_at)
	values (new.to_tenant_id, new.move_id, new.tenant_id, new.from_name, new.reason, new.answer_by, new.asker_name, new.asker_phone, new.asker_email, new.proposed_at);
	perform public.note_crossing('move_proposed', null);
	perform public.come_back(scope, tenant);
	return new;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_a_gap_in_the_tree()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	if exists (
		select from (select tenant_id, min(leaf) as first, max(leaf) as last, count(*) as leaves from added group by tenant_id) as batch
		where last - first + 1 <> leaves or first > 0 and not exists (
			select from public.journal_leaves as before where before.tenant_id = batch.tenant_id and before.leaf = batch.first - 1)
	) then
		raise exception 'a leaf follows the one before it' using errcode = 'check_violation', constraint = 'journal_leaves_follow_each_other';
	end if;
	return null;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_acts_beyond_a_mandate()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	if not exists (select from public.mandates m where m.tenant_id = new.tenant_id and m.mandate_id = new.mandate_id and new.act = any (m.acts)
		and m.approved_at is not null and m.ended_at is null and m.ends_at > now()) then
		raise exception 'this is beyond the mandate' using errcode = 'check_violation', constraint = 'mandate_acts_stay_within_it';
	end if;
	return new;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_another_history()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	if new.checkpoint > 1 and not exists (
			select from public.journal_checkpoints as before where before.tenant_id = new.tenant_id and before.checkpoint = new.checkpoint - 1
			and before.complete_until <= new.complete_until and (before.size < new.size or before.size = new.size and before.root = new.root))
		or new.size > 0 and not exists (select from public.journal_leaves as l where l.tenant_id = new.tenant_id and l.leaf = new.size - 1) then
		raise exception 'a checkpoint goes on from the one before it' using errcode = 'check_violation', constraint = 'journal_checkpoints_go_on_from_each_other';
	end if;
	return new;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_the_clock_more_than_a_turn()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	if current_setting('app.scope', true) = 'clock' and (
		-- What is generated is not there yet before the row is written.
		to_jsonb(new) - array['phase', 'turned_on', 'code_name_key'] <> to_jsonb(old) - array['phase', 'turned_on', 'code_name_key']
		or new.phase <> old.phase and (old.phase_set or old.closed_at is not null or not new.phase = any (old.turns_into))
	) then
		raise exception using errcode = 'check_violation', constraint = 'dossiers_are_turned_and_not_changed_by_the_clock', message = 'The clock turns a phase as it was written down.';
	end if;
	return new;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_to_answer_again()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	if old.ended_at is not null or old.refused_at is not null
		or old.approved_at is not null and (new.approved_by, new.approved_at, new.ends_at, new.refused_at) is distinct from (old.approved_by, old.approved_at, old.ends_at, old.refused_at) then
		raise exception 'a mandate is answered once, and ends once' using errcode = 'check_violation', constraint = 'mandates_are_answered_once';
	end if;
	return new;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_to_bar_whoever_is_responsible()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	if exists (select from public.dossiers d join public.restrictions r on r.tenant_id = d.tenant_id and r.dossier_id = d.dossier_id
		where d.tenant_id = old.tenant_id and d.dossier_id = old.dossier_id and d.responsible_id = old.member_id) then
		raise exception 'whoever is responsible stays named' using errcode = 'check_violation', constraint = 'admissions_keep_whoever_is_responsible';
	end if;
	return null;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_to_change_the_journal()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	if tg_op = 'DELETE' and current_user = 'passerelle_transfer' then
		if exists (select from public.tenant_removals r where r.tenant_id = old.tenant_id and r.withdrawn_at is null and r.due_at <= now()) then
			return old;
		end if;
	end if;
	raise exception 'the journal is only added to' using errcode = 'insufficient_privilege';
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_to_change_what_was_proposed()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	if old.took_effect_at is not null or old.withdrawn_at is not null then
		raise exception 'a change of a connection that is over stays as it was' using errcode = 'check_violation', constraint = 'connection_changes_stay_once_over';
	end if;
	if (new.name, new.issuer, new.client_id, new.secret_id, new.scopes, new.name_claim, new.email_claim, new.email_domains, new.keeps_subjects, new.kind, new.connection_id)
		is distinct from
		(old.name, old.issuer, old.client_id, old.secret_id, old.scopes, old.name_claim, old.email_claim, old.email_domains, old.keeps_subjects, old.kind, old.connection_id)
		and (old.proposed_at is not null or new.version is not distinct from old.version) then
		raise exception 'what was tried and proposed is what is approved' using errcode = 'check_violation', constraint = 'connection_changes_stay_as_proposed';
	end if;
	if old.approved_at is not null and (new.approved_at, new.approved_by, new.takes_effect_at, new.proposed_by) is distinct from (old.approved_at, old.approved_by, old.takes_effect_at, old.proposed_by) then
		raise exception 'what was approved is not approved again' using errcode = 'check_violation', constraint = 'connection_changes_are_approved_once';
	end if;
	return new;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_to_change_what_was_sent()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	if old.sent_at is not null and (
		(new.sent_at, new.sent_by_name, new.data_classes, new.documents, new.service, new.urgency, new.answer_by, new.office_id, new.dossier_id, new.consent_id, new.reference, new.created_by, new.created_at)
		is distinct from
		(old.sent_at, old.sent_by_name, old.data_classes, old.documents, old.service, old.urgency, old.answer_by, old.office_id, old.dossier_id, old.consent_id, old.reference, old.created_by, old.created_at)
		or (new.slice, new.request) is distinct from (old.slice, old.request) and current_user <> 'passerelle_rotation') then
		raise exception 'a referral is frozen once it is sent' using errcode = 'check_violation', constraint = 'referrals_are_frozen_once_sent';
	end if;
	if old.visible_until is not null and new.visible_until > old.visible_until then
		raise exception 'access to a referral is never prolonged' using errcode = 'check_violation', constraint = 'referrals_access_is_never_prolonged';
	end if;
	return new;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_to_decide_what_is_live()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	if current_user = 'passerelle_platform' and exists (select from public.tenants t where t.tenant_id = new.tenant_id and t.live_at is not null) then
		raise exception 'a live tenant decides itself' using errcode = 'check_violation', constraint = 'live_tenants_decide_what_they_keep';
	end if;
	return new;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_to_delete_what_was_sent()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	if old.sent_at is not null and old.dossier_id is distinct from nullif(current_setting('app.erases', true), '')::uuid then
		raise exception 'only a draft can be thrown away' using errcode = 'check_violation', constraint = 'referrals_once_sent_stay';
	end if;
	return old;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_to_export_for_another()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
	me constant uuid := nullif(current_setting('app.person_id', true), '')::uuid;
begin
	if (new.answered_by, new.answered_at, new.granted) is distinct from (old.answered_by, old.answered_at, old.granted)
		and (old.answered_by is not null or new.answered_by is distinct from me) then
		raise exception 'an export is answered once, by whoever answers' using errcode = 'check_violation', constraint = 'exports_are_answered_once';
	end if;
	if new.taken_at is distinct from old.taken_at and (old.taken_at is not null or old.asked_by is distinct from me or new.taken_at >= old.expires_at) then
		raise exception 'an export is taken once, in time, by whoever asked for it' using errcode = 'check_violation', constraint = 'exports_are_taken_once';
	end if;
	return new;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_to_give_to_whoever_is_barred()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	if exists (select from public.restrictions r where r.tenant_id = new.tenant_id and r.dossier_id = new.dossier_id)
		and not exists (select from public.admissions a where a.tenant_id = new.tenant_id and a.dossier_id = new.dossier_id
			and a.member_id = (to_jsonb(new) ->> tg_argv[0])::uuid) then
		raise exception 'whoever is not named for it is given nothing of a restricted dossier' using errcode = 'check_violation', constraint = 'restricted_dossiers_are_worked_on_by_those_who_are_named';
	end if;
	return null;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_to_leave_a_circle_to_nobody()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	if exists (select from public.circles c where c.tenant_id = old.tenant_id and c.circle_id = old.circle_id and c.closed_at is null)
		and not exists (select from public.circle_holders(old.circle_id)) then
		raise exception 'somebody stays in an open circle' using errcode = 'check_violation', constraint = 'circles_that_are_open_keep_somebody';
	end if;
	return null;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_to_set_up_what_is_live()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	if current_user = 'passerelle_platform' then
		if exists (select from public.tenants t where t.tenant_id = old.tenant_id and t.live_at is not null) then
			raise exception 'a tenant is set up before it is live' using errcode = 'check_violation', constraint = 'tenants_are_set_up_before_they_are_live';
		end if;
	end if;
	return new;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_to_speak_for_the_other_side()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	case current_setting('app.scope', true)
	when 'office' then
		if (new.referral_id, new.visible_until, new.revoked_at, new.acknowledged_at) is distinct from (old.referral_id, old.visible_until, old.revoked_at, old.acknowledged_at)
			or (new.office_news_at is not null and new.office_news_at is distinct from old.office_news_at)
			or (new.state <> old.state and (new.state not in ('taken', 'accepted', 'declined', 'closed') or old.state in ('declined', 'closed', 'revoked'))) then
			raise exception 'an office only answers' using errcode = 'check_violation', constraint = 'referrals_are_answered_and_not_changed_by_an_office';
		end if;
	when 'staff' then
		-- A referral that is being inserted has no old row: it begins as an unanswered draft.
		if (new.taken_by, new.taken_by_name, new.taken_at, new.answered_at, new.decline_reason, new.closed_at, new.outcome)
			is distinct from (old.taken_by, coalesce(old.taken_by_name, ''), old.taken_at, old.answered_at, coalesce(old.decline_reason, ''), old.closed_at, coalesce(old.outcome, ''))
			or new.state not in (coalesce(old.state, 'draft'), case coalesce(old.state, 'draft') when 'draft' then 'sent' else 'revoked' end) then
			raise exception 'only the office answers' using errcode = 'check_violation', constraint = 'referrals_are_answered_by_the_office_alone';
		end if;
		if old.office_news_at is not null and new.office_news_at is null then
			raise exception 'only the office says what it has read' using errcode = 'check_violation', constraint = 'referrals_are_read_by_the_office_alone';
		end if;
	else
		-- The owner, who is bound to no scope.
	end case;
	return new;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_to_speak_for_the_receiver()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
	said constant boolean := (new.answered_at, new.decline_reason, new.colleague, new.public_key, new.opened_at)
		is distinct from (old.answered_at, old.decline_reason, old.colleague, old.public_key, old.opened_at);
	done constant boolean := (new.withdrawn_at, new.withdrawn_by, new.sent_at, new.sent_by, new.expires_at)
		is distinct from (old.withdrawn_at, old.withdrawn_by, old.sent_at, old.sent_by, old.expires_at);
begin
	if said and (current_setting('app.scope', true) is distinct from 'crossing' or old.withdrawn_at is not null or old.opened_at is not null
		or old.answered_at is not null and (new.answered_at, new.decline_reason, new.colleague, new.public_key) is distinct from (old.answered_at, old.decline_reason, old.colleague, old.public_key)) then
		raise exception 'the other side says this, once' using errcode = 'check_violation', constraint = 'moves_are_answered_by_the_other_side';
	end if;
	if done and (old.withdrawn_at is not null or old.opened_at is not null
		or old.sent_at is not null and (new.sent_at, new.sent_by, new.expires_at) is distinct from (old.sent_at, old.sent_by, old.expires_at)) then
		raise exception 'a move that is over stays as it is' using errcode = 'check_violation', constraint = 'moves_that_are_over_stay';
	end if;
	return new;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_to_speak_for_the_sender()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
	crossing constant boolean := current_setting('app.scope', true) = 'crossing' is true;
	sent constant boolean := (new.withdrawn_at, new.sent_at, new.expires_at) is distinct from (old.withdrawn_at, old.sent_at, old.expires_at);
	answered constant boolean := (new.answered_at, new.answered_by, new.decline_reason, new.responsible_id, new.colleague, new.public_key)
		is distinct from (old.answered_at, old.answered_by, old.decline_reason, old.responsible_id, old.colleague, old.public_key);
	opened constant boolean := (new.opened_at, new.opened_by) is distinct from (old.opened_at, old.opened_by);
begin
	if sent and not crossing or crossing and (answered or opened) then
		raise exception 'each side says what it has done' using errcode = 'check_violation', constraint = 'arrivals_are_written_by_both_sides';
	end if;
	if (sent or answered or opened) and (old.withdrawn_at is not null or old.opened_at is not null)
		or answered and old.answered_at is not null or sent and old.sent_at is not null and new.withdrawn_at is null
		or opened and (old.sent_at is null or old.expires_at <= now()) then
		raise exception 'an arrival that is over stays as it is' using errcode = 'check_violation', constraint = 'arrivals_that_are_over_stay';
	end if;
	return new;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_to_take_back_a_withdrawal()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	if old.withdrawn_at is not null and (new.withdrawn_at, new.withdrawn_by) is distinct from (old.withdrawn_at, old.withdrawn_by) then
		raise exception 'a withdrawn consent stays withdrawn' using errcode = 'check_violation', constraint = 'consents_once_withdrawn_stay_withdrawn';
	end if;
	return new;
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_whom_nobody_within_names()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
	person constant uuid := nullif(current_setting('app.person_id', true), '')::uuid;
	circle record;
	successor record;
	held boolean;
	named boolean;
begin
	select * into circle from public.circles c where c.tenant_id = new.tenant_id and c.circle_id = new.circle_id;
	select m.* into successor from public.members m join public.member_professions p on p.tenant_id = m.tenant_id and p.member_id = m.member_id and p.profession = circle.profession
	where m.tenant_id = new.tenant_id and m.member_id = new.member_id and m.role in ('caseworker', 'coordinator') and (m.ended_at is null or m.ended_at > now());
	if not found then
		raise exception 'nobody of this profession is named' using errcode = 'check_violation', constraint = 'circles_are_of_one_profession';
	end if;
	held := exists (select from public.circle_holders(new.circle_id));
	named := exists (select from public.circle_members i where i.tenant_id = new.tenant_id and i.circle_id = new.circle_id);
	if new.named_by = person and (case
		when held then person in (select h.member_id from public.circle_holders(new.circle_id) h)
		when not named then circle.opened_by = person and new.member_id = person
		else exists (select from public.successions s where s.tenant_id = new.tenant_id and s.circle_id = new.circle_id and s.successor_id = new.member_id and s.named_by = person)
			and exists (select from public.members m where m.tenant_id = new.tenant_id and m.member_id = person and m.role = 'coordinator' and (m.ended_at is null or m.ended_at > now())
				and (m.connection_id, m.expected_subject) is distinct from (successor.connection_id, successor.expected_subject))
	end) then
		return new;
	end if;
	raise exception 'nobody within names them' using errcode = 'check_violation', constraint = 'circles_are_joined_from_within';
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_without_a_mandate()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
	if current_user = 'passerelle_platform' and exists (select from public.tenants t where t.tenant_id = new.tenant_id and t.live_at is not null)
		and not exists (select from public.mandates m where m.tenant_id = new.tenant_id and tg_argv[0] = any (m.acts)
			and m.approved_at is not null and m.ended_at is null and m.ends_at > now()) then
		raise exception 'a live tenant has given no mandate for this' using errcode = 'check_violation', constraint = 'live_tenants_give_a_mandate_first';
	end if;
	return new;
end $function$;

CREATE OR REPLACE FUNCTION public.remove_tenant_jobs(of_tenant uuid)
 RETURNS bigint
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
	n bigint;
begin
	delete from jobs.river_job j where j.args->>'tenant' = of_tenant::text;
	get diagnostics n = row_count;
	return n;
end $function$;
grant execute on function remove_tenant_jobs(uuid) to passerelle_transfer;

CREATE OR REPLACE FUNCTION public.remove_tenant_rows(t text, of_tenant uuid)
 RETURNS bigint
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
	place text;
	which text := public.rows_of_a_tenant(t);
	n bigint;
begin
	if t = 'identities' then
		foreach place in array array['members', 'office_members', 'applications', 'invitations', 'passkeys'] loop
			which := which || format(' and not exists (select from public.%I p where p.tenant_id <> $1 and p.identity_id = r.identity_id)', place);
		end loop;
	elsif t = 'sessions' then
		which := which || ' or not exists (select from public.identities i where i.identity_id = r.identity_id)';
	end if;
	perform set_config('session_replication_role', 'replica', true);
	execute format('delete from public.%I r where %s', t, which) using of_tenant;
	get diagnostics n = row_count;
	return n;
end $function$;
grant execute on function remove_tenant_rows(text,uuid) to passerelle_transfer;

CREATE OR REPLACE FUNCTION public.rows_of_a_tenant(t text)
 RETURNS text
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
	own constant text := 'exists (select from public.connections c where c.connection_id = r.connection_id and c.tenant_id = $1)';
	place text;
	places text := own;
begin
	case
	when t = 'identities' then
		foreach place in array array['members', 'office_members', 'applications', 'invitations'] loop
			places := places || format(' or exists (select from public.%I p where p.tenant_id = $1 and p.identity_id = r.identity_id)', place);
		end loop;
		return '(' || places || ')';
	when t in ('connection_secrets', 'signin_attempts', 'logout_tokens') then
		return own;
	when exists (select from pg_attribute where attrelid = format('public.%I', t)::regclass and attname = 'tenant_id') then
		return 'r.tenant_id = $1';
	else
		raise exception 'nothing says which rows of % are a tenant''s', t;
	end case;
end $function$;
grant execute on function rows_of_a_tenant(text) to passerelle_transfer;

CREATE OR REPLACE FUNCTION public.send_move(move uuid, sealed bytea)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
declare
	scope constant text := current_setting('app.scope', true);
	tenant constant text := current_setting('app.tenant_id', true);
	sent record;
	laid boolean;
begin
	select m.to_tenant_id, m.sent_at, m.expires_at into sent from public.moves m where m.move_id = move and m.sent_at is not null and m.withdrawn_at is null;
	if not found then
		return false;
	end if;
	perform public.cross_over(sent.to_tenant_id, move);
	update public.arrivals a set sent_at = sent.sent_at, expires_at = sent.expires_at where a.tenant_id = sent.to_tenant_id and a.move_id = move and a.withdrawn_at is null;
	update public.packages p set contents = sealed, expires_at = sent.expires_at where p.tenant_id = sent.to_tenant_id and p.move_id = move and p.contents is null;
	laid := found;
	if laid then
		perform public.note_crossing('move_sent', null);
	end if;
	perform public.come_back(scope, tenant);
	return laid;
end $function$;
grant execute on function send_move(uuid,bytea) to passerelle_app;

CREATE OR REPLACE FUNCTION public.take_a_move_back()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
declare
	scope constant text := current_setting('app.scope', true);
	tenant constant text := current_setting('app.tenant_id', true);
begin
	-- A tenant that leaves takes its own rows away, and nothing else.
	if current_user <> 'passerelle_transfer' and old.opened_at is null and old.withdrawn_at is null and (tg_op = 'DELETE' or new.withdrawn_at is not null) then
		perform public.cross_over(old.to_tenant_id, old.move_id);
		update public.arrivals a set withdrawn_at = now() where a.tenant_id = old.to_tenant_id and a.move_id = old.move_id and a.withdrawn_at is null and a.opened_at is null;
		if found then
			delete from public.packages p where p.tenant_id = old.to_tenant_id and p.move_id = old.move_id;
			perform public.note_crossing('move_withdrawn', null);
		end if;
		perform public.come_back(scope, tenant);
	end if;
	return null;
end $function$;

CREATE OR REPLACE FUNCTION public.tenant_jobs(of_tenant uuid)
 RETURNS TABLE(kind text, args jsonb, scheduled_at timestamp with time zone)
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
	select j.kind, j.args, j.scheduled_at from jobs.river_job j
	where j.args->>'tenant' = of_tenant::text and j.state in ('available', 'scheduled', 'retryable', 'pending', 'running') order by j.id
$function$;
grant execute on function tenant_jobs(uuid) to passerelle_transfer;

CREATE OR REPLACE FUNCTION public.tenant_rows(t text, of_tenant uuid)
 RETURNS SETOF jsonb
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
declare
	columns text;
	key text;
begin
	select string_agg(format('%L, r.%I', c, c), ', ') into columns from unnest(public.written_columns(t)) c;
	select string_agg(format('r.%I', a.attname), ', ' order by k.n) into key
		from pg_index i, unnest(i.indkey) with ordinality as k (attnum, n), pg_attribute a
		where i.indrelid = format('public.%I', t)::regclass and i.indisprimary and a.attrelid = i.indrelid and a.attnum = k.attnum;
	return query execute format('select jsonb_build_object(%s) from public.%I r where %s order by %s', columns, t, public.rows_of_a_tenant(t), key) using of_tenant;
end $function$;
grant execute on function tenant_rows(text,uuid) to passerelle_transfer;

CREATE OR REPLACE FUNCTION public.written_columns(t text)
 RETURNS text[]
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
	select array_agg(attname::text order by attnum) from pg_attribute
	where attrelid = format('public.%I', t)::regclass and attnum > 0 and not attisdropped and attgenerated = ''
$function$;
grant execute on function written_columns(text) to passerelle_transfer;

create table admin_codes (
	tenant_id uuid not null,
	member_id uuid not null,
	code_hash bytea not null,
	expires_at timestamp with time zone not null,
	used_at timestamp with time zone,
	name text not null default ''::text,
	constraint admin_codes_pkey PRIMARY KEY (tenant_id, member_id),
	constraint admin_codes_are_unlike UNIQUE (tenant_id, code_hash),
	constraint admin_codes_have_short_names CHECK (length(name) <= 100)
);
comment on table admin_codes is 'By which code, used once and handed over outside, a first administrator of a tenant is bound. Only the SHA-256 is kept.';
alter table admin_codes enable row level security;
alter table admin_codes force row level security;
create policy door_fence on admin_codes as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'signin'::text OR current_setting('app.scope'::text, true) = 'platform'::text)
	with check (current_setting('app.scope'::text, true) = 'signin'::text OR current_setting('app.scope'::text, true) = 'platform'::text);
create policy door on admin_codes as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'signin'::text)
	with check (current_setting('app.scope'::text, true) = 'signin'::text);
create policy platform_adds on admin_codes as permissive for insert to passerelle_platform
	with check (current_setting('app.scope'::text, true) = 'platform'::text);
create policy platform_reads on admin_codes as permissive for select to passerelle_platform
	using (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END);
create policy platform_renews on admin_codes as permissive for update to passerelle_platform
	using (current_setting('app.scope'::text, true) = 'platform'::text AND used_at IS NULL AND tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (current_setting('app.scope'::text, true) = 'platform'::text AND used_at IS NULL AND tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
CREATE TRIGGER admin_codes_are_renewed_before_the_tenant_is_live BEFORE UPDATE ON admin_codes FOR EACH ROW EXECUTE FUNCTION refuse_to_set_up_what_is_live();
CREATE TRIGGER codes_of_a_live_tenant_need_a_mandate BEFORE INSERT ON admin_codes FOR EACH ROW EXECUTE FUNCTION refuse_without_a_mandate('administrator');
grant select on admin_codes to passerelle_app;
grant delete, insert, select on admin_codes to passerelle_transfer;
grant update (used_at) on admin_codes to passerelle_app;
grant insert (tenant_id, member_id, code_hash, expires_at, name) on admin_codes to passerelle_platform;
grant select (tenant_id, member_id, expires_at, used_at, name) on admin_codes to passerelle_platform;
grant update (code_hash, expires_at) on admin_codes to passerelle_platform;

create table admissions (
	tenant_id uuid not null,
	dossier_id uuid not null,
	member_id uuid not null,
	constraint admissions_pkey PRIMARY KEY (tenant_id, dossier_id, member_id)
);
comment on table admissions is 'Who is named for a restricted dossier. Whoever is responsible for it always is.';
alter table admissions enable row level security;
alter table admissions force row level security;
create policy admission_fence on admissions as restrictive for all to public
	using (CASE WHEN NULLIF(current_setting('app.barred'::text, true), ''::text) IS NULL THEN true ELSE (dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE END)
	with check (CASE WHEN NULLIF(current_setting('app.barred'::text, true), ''::text) IS NULL THEN true ELSE (dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE END);
create policy scope_fence on admissions as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on admissions as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy staff on admissions as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
CREATE TRIGGER admissions_keep_whoever_is_responsible AFTER DELETE ON admissions FOR EACH ROW EXECUTE FUNCTION refuse_to_bar_whoever_is_responsible();
grant delete, insert, select on admissions to passerelle_app;
grant delete, insert, select on admissions to passerelle_transfer;

create table age_records (
	tenant_id uuid not null,
	age_record_id uuid not null,
	dossier_id uuid not null,
	finding text not null,
	found_on date not null,
	particulars bytea not null,
	written_by uuid not null,
	written_at timestamp with time zone not null,
	constraint age_records_pkey PRIMARY KEY (tenant_id, age_record_id),
	constraint age_records_name_a_finding CHECK (finding = ANY (ARRAY['disputed'::text, 'of_age'::text, 'minor'::text, 'unclear'::text]))
);
comment on table age_records is 'That the age of somebody is disputed, or what an assessment of it found. The last one counts.';
comment on column age_records.particulars is 'Sealed under the keyset of the dossier.';
CREATE INDEX age_records_by_dossier ON age_records USING btree (tenant_id, dossier_id, found_on DESC, written_at DESC, age_record_id);
alter table age_records enable row level security;
alter table age_records force row level security;
create policy admission_fence on age_records as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on age_records as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on age_records as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on age_records as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on age_records as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on age_records to passerelle_app;
grant delete, insert, select on age_records to passerelle_transfer;
grant select (tenant_id, age_record_id, dossier_id, particulars) on age_records to passerelle_rotation;
grant update (particulars) on age_records to passerelle_rotation;

create table agendas (
	tenant_id uuid not null,
	dossier_id uuid not null,
	rules text not null,
	computed_at timestamp with time zone not null default now(),
	responsible_id uuid not null,
	constraint agendas_pkey PRIMARY KEY (tenant_id, dossier_id),
	constraint agendas_name_the_rules_by_their_digest CHECK (rules ~ '^[0-9a-f]{64}$'::text)
);
comment on table agendas is 'By which rules the deadlines of a dossier were computed last, and when. Its row is locked while they are computed.';
CREATE INDEX agendas_by_rules ON agendas USING btree (tenant_id, rules);
alter table agendas enable row level security;
alter table agendas force row level security;
create policy admission_fence on agendas as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on agendas as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'clock'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'clock'::text THEN true ELSE false END);
create policy tenant_fence on agendas as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy clock_reads on agendas as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'clock'::text THEN true ELSE false END);
create policy staff on agendas as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on agendas to passerelle_app;
grant delete, insert, select on agendas to passerelle_transfer;
grant update (rules, computed_at) on agendas to passerelle_app;

create table agreements (
	tenant_id uuid not null,
	agreement_id uuid not null,
	office_id uuid not null,
	subject text not null,
	valid_from date not null,
	valid_until date,
	document text not null default ''::text,
	filed_at text not null default ''::text,
	contact text not null default ''::text,
	remind_days integer,
	version integer not null default 1,
	changed_at timestamp with time zone not null,
	changed_by uuid not null,
	constraint agreements_pkey PRIMARY KEY (tenant_id, agreement_id),
	constraint agreements_are_about_something CHECK (subject <> ''::text),
	constraint agreements_are_reminded_of_before_their_end CHECK (remind_days IS NULL OR valid_until IS NOT NULL AND remind_days >= 0 AND remind_days <= 730),
	constraint agreements_end_after_they_begin CHECK (valid_until >= valid_from)
);
comment on table agreements is 'What was agreed with an office, from when until when, where the paper is filed, and how long before the end somebody has to think of it.';
CREATE INDEX agreements_by_office ON agreements USING btree (tenant_id, office_id, valid_from DESC, agreement_id);
CREATE INDEX agreements_ending ON agreements USING btree (tenant_id, valid_until, agreement_id) WHERE remind_days IS NOT NULL;
alter table agreements enable row level security;
alter table agreements force row level security;
create policy scope_fence on agreements as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admin'::text THEN true WHEN 'clock'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admin'::text THEN true WHEN 'clock'::text THEN true ELSE false END);
create policy tenant_fence on agreements as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy clock_reads on agreements as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'clock'::text THEN true ELSE false END);
create policy keepers on agreements as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admin'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admin'::text THEN true ELSE false END);
grant delete, insert, select on agreements to passerelle_app;
grant delete, insert, select on agreements to passerelle_transfer;
grant update (subject, valid_from, valid_until, document, filed_at, contact, remind_days, version, changed_at, changed_by) on agreements to passerelle_app;

create table alerts (
	tenant_id uuid not null,
	alert_id uuid not null,
	kind text not null,
	person_id uuid not null,
	role text not null,
	office_id uuid,
	dossier_id uuid,
	referral_id uuid,
	opened integer not null default 0,
	usual integer not null default 0,
	since timestamp with time zone not null,
	until timestamp with time zone not null,
	at timestamp with time zone not null,
	acknowledged_at timestamp with time zone,
	acknowledged_by uuid,
	acknowledged_as text not null default ''::text,
	constraint alerts_pkey PRIMARY KEY (tenant_id, alert_id),
	constraint alerts_are_acknowledged_by_somebody CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL)),
	constraint alerts_name_codes_alone CHECK (kind ~ '^[a-z_]{1,40}$'::text AND role ~ '^[a-z_]{1,40}$'::text AND acknowledged_as ~ '^[a-z_]{0,40}$'::text),
	constraint alerts_tell_of_a_time CHECK (since <= until)
);
comment on table alerts is 'What the coordinator has to look into: who read far beyond the usual, opened a decoy, or met what could not be read.';
CREATE UNIQUE INDEX alerts_are_raised_once_an_hour ON alerts USING btree (tenant_id, person_id, kind, date_trunc('hour'::text, (until AT TIME ZONE 'UTC'::text))) WHERE office_id IS NULL OR (kind <> ALL (ARRAY['ceiling'::text, 'decoy'::text]));
CREATE INDEX alerts_in_order ON alerts USING btree (tenant_id, (acknowledged_at IS NOT NULL), at DESC, alert_id DESC);
CREATE INDEX alerts_open ON alerts USING btree (tenant_id) WHERE acknowledged_at IS NULL;
alter table alerts enable row level security;
alter table alerts force row level security;
create policy scope_fence on alerts as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'watch'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'watch'::text THEN true ELSE false END);
create policy tenant_fence on alerts as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy both_read on alerts as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'watch'::text THEN true ELSE false END);
create policy staff_acknowledges on alerts as permissive for update to passerelle_app
	using (current_setting('app.scope'::text, true) = 'staff'::text AND acknowledged_at IS NULL)
	with check (acknowledged_by = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
create policy watch_raises on alerts as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'watch'::text AND acknowledged_at IS NULL);
grant select on alerts to passerelle_app;
grant delete, insert, select on alerts to passerelle_transfer;
grant insert (tenant_id, alert_id, kind, person_id, role, office_id, dossier_id, referral_id, opened, usual, since, until, at) on alerts to passerelle_app;
grant update (acknowledged_at, acknowledged_by, acknowledged_as) on alerts to passerelle_app;

create table announcements (
	announcement_id uuid not null,
	tenant_id uuid,
	kind text not null,
	words_fr text not null,
	words_de text not null,
	words_it text not null,
	words_en text not null,
	from_at timestamp with time zone not null,
	until_at timestamp with time zone not null,
	version integer not null,
	written_by text not null,
	written_at timestamp with time zone not null,
	withdrawn_at timestamp with time zone,
	constraint announcements_pkey PRIMARY KEY (announcement_id),
	constraint announcements_are_of_a_kind CHECK (kind = ANY (ARRAY['information'::text, 'maintenance'::text, 'incident'::text])),
	constraint announcements_end_after_they_begin CHECK (until_at > from_at),
	constraint announcements_speak_four_languages CHECK (length(btrim(words_fr)) >= 1 AND length(btrim(words_fr)) <= 600 AND length(btrim(words_de)) >= 1 AND length(btrim(words_de)) <= 600 AND length(btrim(words_it)) >= 1 AND length(btrim(words_it)) <= 600 AND length(btrim(words_en)) >= 1 AND length(btrim(words_en)) <= 600)
);
comment on table announcements is 'What those who run the installation tell all who work in it, or those of one tenant. It stands on pages before sign-in as well.';
CREATE INDEX announcements_by_end ON announcements USING btree (until_at DESC, announcement_id);
alter table announcements enable row level security;
alter table announcements force row level security;
create policy door_fence on announcements as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'signin'::text OR current_setting('app.scope'::text, true) = 'platform'::text)
	with check (current_setting('app.scope'::text, true) = 'signin'::text OR current_setting('app.scope'::text, true) = 'platform'::text);
create policy door on announcements as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'signin'::text THEN true ELSE false END);
create policy platform_adds on announcements as permissive for insert to passerelle_platform
	with check (current_setting('app.scope'::text, true) = 'platform'::text);
create policy platform_changes on announcements as permissive for update to passerelle_platform
	using (current_setting('app.scope'::text, true) = 'platform'::text AND withdrawn_at IS NULL)
	with check (current_setting('app.scope'::text, true) = 'platform'::text);
create policy platform_reads on announcements as permissive for select to passerelle_platform
	using (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END);
grant select on announcements to passerelle_app;
grant insert, select on announcements to passerelle_platform;
grant delete, insert, select on announcements to passerelle_transfer;
grant update (tenant_id, kind, words_fr, words_de, words_it, words_en, from_at, until_at, version, written_by, written_at, withdrawn_at) on announcements to passerelle_platform;

create table applications (
	tenant_id uuid not null,
	application_id uuid not null,
	identity_id uuid not null,
	connection_id uuid not null,
	subject text not null,
	name text not null,
	email text not null,
	groups text[] not null default '{}'::text[],
	first_at timestamp with time zone not null,
	last_at timestamp with time zone not null,
	refused_at timestamp with time zone,
	accepted_at timestamp with time zone,
	answered_by uuid,
	announced_at timestamp with time zone,
	constraint applications_pkey PRIMARY KEY (tenant_id, application_id),
	constraint applications_are_made_once UNIQUE (tenant_id, identity_id),
	constraint applications_are_answered_by_somebody CHECK ((answered_by IS NULL) = (refused_at IS NULL AND accepted_at IS NULL)),
	constraint applications_have_one_answer CHECK (refused_at IS NULL OR accepted_at IS NULL)
);
comment on table applications is 'Somebody who signed in through a tenant''s connection and has no place there. Name, e-mail and groups are the provider''s words.';
alter table applications enable row level security;
alter table applications force row level security;
create policy door_fence on applications as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'signin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND current_setting('app.scope'::text, true) = 'admin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND current_setting('app.scope'::text, true) = 'directory'::text AND connection_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid)
	with check (current_setting('app.scope'::text, true) = 'signin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND current_setting('app.scope'::text, true) = 'admin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND current_setting('app.scope'::text, true) = 'directory'::text AND connection_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
create policy admin on applications as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END);
create policy admin_answers on applications as permissive for update to passerelle_app
	using (current_setting('app.scope'::text, true) = 'admin'::text)
	with check (answered_by = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
create policy directory on applications as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'directory'::text THEN true ELSE false END)
	with check (current_setting('app.scope'::text, true) = 'directory'::text AND accepted_at IS NULL);
create policy door on applications as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'signin'::text)
	with check (current_setting('app.scope'::text, true) = 'signin'::text);
grant delete, select on applications to passerelle_app;
grant delete, insert, select on applications to passerelle_transfer;
grant insert (tenant_id, application_id, identity_id, connection_id, subject, name, email, groups, first_at, last_at, announced_at) on applications to passerelle_app;
grant update (name, email, groups, last_at, refused_at, accepted_at, answered_by, announced_at) on applications to passerelle_app;

create table appointments (
	tenant_id uuid not null,
	appointment_id uuid not null,
	dossier_id uuid,
	member_id uuid not null,
	kind text not null,
	starts_at timestamp with time zone not null,
	minutes integer not null,
	reminder text not null,
	outcome text,
	series_id uuid not null,
	calendar_uid uuid not null default gen_random_uuid(),
	changed_by uuid not null,
	changed_at timestamp with time zone not null,
	version integer not null default 1,
	constraint appointments_pkey PRIMARY KEY (tenant_id, appointment_id),
	constraint appointments_name_codes_alone CHECK (kind ~ '^[a-z_]{1,40}$'::text AND reminder ~ '^[a-z_]{1,40}$'::text AND outcome ~ '^[a-z_]{1,40}$'::text),
	constraint appointments_take_some_time CHECK (minutes >= 5 AND minutes <= 720)
);
comment on table appointments is 'When somebody of the staff meets somebody: for a dossier, or of the member''s own.';
CREATE INDEX appointments_of_a_dossier ON appointments USING btree (tenant_id, dossier_id, starts_at, appointment_id);
CREATE INDEX appointments_of_a_member ON appointments USING btree (tenant_id, member_id, starts_at, appointment_id);
CREATE INDEX appointments_unwritten ON appointments USING btree (tenant_id, member_id, starts_at) WHERE outcome IS NULL AND dossier_id IS NOT NULL;
alter table appointments enable row level security;
alter table appointments force row level security;
create policy admission_fence on appointments as restrictive for all to public
	using ((COALESCE(dossier_id, tenant_id) = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((COALESCE(dossier_id, tenant_id) = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on appointments as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on appointments as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy staff on appointments as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
CREATE TRIGGER appointments_of_a_restricted_dossier_go_to_those_who_are_named AFTER INSERT OR UPDATE OF member_id ON appointments FOR EACH ROW WHEN (new.dossier_id IS NOT NULL) EXECUTE FUNCTION refuse_to_give_to_whoever_is_barred('member_id');
grant insert, select on appointments to passerelle_app;
grant delete, insert, select on appointments to passerelle_transfer;
grant update (member_id, kind, starts_at, minutes, reminder, outcome, changed_by, changed_at, version) on appointments to passerelle_app;

create table arrivals (
	tenant_id uuid not null,
	move_id uuid not null,
	from_tenant_id uuid not null,
	from_name text not null,
	reason text not null,
	answer_by date not null,
	asker_name text not null,
	asker_phone text not null,
	asker_email text not null,
	proposed_at timestamp with time zone not null,
	withdrawn_at timestamp with time zone,
	answered_by uuid,
	answered_at timestamp with time zone,
	decline_reason text not null default ''::text,
	responsible_id uuid,
	colleague text not null default ''::text,
	public_key bytea,
	sent_at timestamp with time zone,
	expires_at timestamp with time zone,
	opened_by uuid,
	opened_at timestamp with time zone,
	cleared_at timestamp with time zone,
	constraint arrivals_pkey PRIMARY KEY (tenant_id, move_id),
	constraint arrivals_are_accepted_with_a_key CHECK ((answered_at IS NOT NULL AND decline_reason = ''::text) = (public_key IS NOT NULL) AND (public_key IS NULL) = (responsible_id IS NULL)),
	constraint arrivals_are_answered_by_somebody CHECK ((answered_at IS NULL) = (answered_by IS NULL)),
	constraint arrivals_are_declined_for_a_known_reason CHECK (decline_reason = ANY (ARRAY[''::text, 'no_place'::text, 'not_competent'::text, 'unreachable'::text, 'other'::text])),
	constraint arrivals_are_opened_after_they_are_sent CHECK (opened_at IS NULL OR sent_at IS NOT NULL),
	constraint arrivals_are_opened_by_somebody CHECK ((opened_at IS NULL) = (opened_by IS NULL)),
	constraint arrivals_have_a_known_reason CHECK (reason = ANY (ARRAY['safety'::text, 'housing'::text, 'work'::text, 'family'::text, 'other'::text]))
);
comment on table arrivals is 'That another tenant asks whether an accompaniment is taken over, as the side sees it that would. It says nothing of whom.';
CREATE INDEX arrivals_by_time ON arrivals USING btree (tenant_id, proposed_at DESC, move_id);
alter table arrivals enable row level security;
alter table arrivals force row level security;
create policy scope_fence on arrivals as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'crossing'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'crossing'::text THEN true ELSE false END);
create policy tenant_fence on arrivals as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy crossing on arrivals as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'crossing'::text THEN move_id = NULLIF(current_setting('app.crossing'::text, true), ''::text)::uuid ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'crossing'::text THEN move_id = NULLIF(current_setting('app.crossing'::text, true), ''::text)::uuid ELSE false END);
create policy staff_answers on arrivals as permissive for update to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END AND (cleared_at IS NOT NULL OR NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid = answered_by OR NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid = opened_by));
create policy staff_reads on arrivals as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
CREATE TRIGGER arrivals_are_told_to_the_other_side AFTER UPDATE ON arrivals FOR EACH ROW EXECUTE FUNCTION answer_a_move();
CREATE TRIGGER arrivals_are_written_by_both_sides BEFORE UPDATE ON arrivals FOR EACH ROW EXECUTE FUNCTION refuse_to_speak_for_the_sender();
grant insert, select on arrivals to passerelle_app;
grant delete, insert, select on arrivals to passerelle_transfer;
grant update (withdrawn_at, answered_by, answered_at, decline_reason, responsible_id, colleague, public_key, sent_at, expires_at, opened_by, opened_at, cleared_at) on arrivals to passerelle_app;

create table bed_holds (
	tenant_id uuid not null,
	hold_id uuid not null,
	dossier_id uuid not null,
	place_id uuid not null,
	beds integer not null,
	from_on date not null,
	until_on date not null,
	held_by uuid not null,
	constraint bed_holds_pkey PRIMARY KEY (tenant_id, hold_id),
	constraint bed_holds_are_of_beds CHECK (beds >= 1 AND beds <= 12),
	constraint bed_holds_end_after_they_begin CHECK (until_on >= from_on)
);
comment on table bed_holds is 'Beds that are kept for somebody. After its last day a hold counts no more, with nothing having to run.';
CREATE INDEX bed_holds_of_a_dossier ON bed_holds USING btree (tenant_id, dossier_id);
CREATE INDEX bed_holds_of_a_place ON bed_holds USING btree (tenant_id, place_id, until_on);
alter table bed_holds enable row level security;
alter table bed_holds force row level security;
create policy scope_fence on bed_holds as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on bed_holds as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy staff on bed_holds as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant delete, insert, select on bed_holds to passerelle_app;
grant delete, insert, select on bed_holds to passerelle_transfer;

create table beneficiaries (
	tenant_id uuid not null,
	dossier_id uuid not null,
	particulars bytea not null,
	constraint beneficiaries_pkey PRIMARY KEY (tenant_id, dossier_id)
);
comment on table beneficiaries is 'The person: identity, how to reach her or him safely, and what is known of the exploitation. Never read for a list.';
comment on column beneficiaries.particulars is 'Sealed under the keyset of the dossier: identity, safe contact, and what is known of the exploitation.';
alter table beneficiaries enable row level security;
alter table beneficiaries force row level security;
create policy admission_fence on beneficiaries as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on beneficiaries as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on beneficiaries as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on beneficiaries as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on beneficiaries as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select, update on beneficiaries to passerelle_app;
grant delete, insert, select on beneficiaries to passerelle_transfer;
grant select (tenant_id, dossier_id, particulars) on beneficiaries to passerelle_rotation;
grant update (particulars) on beneficiaries to passerelle_rotation;

create table bodies (
	tenant_id uuid not null,
	body_id uuid not null,
	kind text not null,
	name text not null,
	website text not null default ''::text,
	authority_id uuid,
	authority_kind text not null generated always as ('authority'::text) stored,
	valid_from date,
	valid_until date,
	ends_on date not null generated always as (COALESCE(valid_until, 'infinity'::date)) stored,
	successor_id uuid,
	successor_ends_on date,
	version integer not null default 1,
	changed_at timestamp with time zone not null,
	changed_by uuid not null,
	constraint bodies_pkey PRIMARY KEY (tenant_id, body_id),
	constraint bodies_are_known_by_their_end UNIQUE (tenant_id, kind, body_id, ends_on),
	constraint bodies_are_known_by_their_kind UNIQUE (tenant_id, body_id, kind),
	constraint bodies_are_followed_by_what_ends_later CHECK ((successor_id IS NULL) = (successor_ends_on IS NULL) AND (successor_id IS NULL OR valid_until IS NOT NULL AND successor_ends_on > valid_until)),
	constraint bodies_are_of_a_known_kind CHECK (kind = ANY (ARRAY['organisation'::text, 'region'::text, 'authority'::text])),
	constraint bodies_end_after_they_begin CHECK (valid_until >= valid_from),
	constraint bodies_have_a_name CHECK (name <> ''::text),
	constraint bodies_with_an_authority_are_regions CHECK (authority_id IS NULL OR kind = 'region'::text)
);
comment on table bodies is 'Organisations, regions and authorities of the directory: for how long each is one, and what came after it.';
comment on column bodies.ends_on is 'The last day, or infinity. A successor names it with its key, so that it follows when it changes.';
CREATE INDEX bodies_by_authority ON bodies USING btree (tenant_id, authority_id) WHERE authority_id IS NOT NULL;
CREATE INDEX bodies_by_name ON bodies USING btree (tenant_id, kind, name, body_id);
CREATE INDEX bodies_by_successor ON bodies USING btree (tenant_id, successor_id) WHERE successor_id IS NOT NULL;
alter table bodies enable row level security;
alter table bodies force row level security;
create policy scope_fence on bodies as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admin'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admin'::text THEN true ELSE false END);
create policy tenant_fence on bodies as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy keepers on bodies as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admin'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admin'::text THEN true ELSE false END);
grant delete, insert, select on bodies to passerelle_app;
grant delete, insert, select on bodies to passerelle_transfer;
grant update (name, website, authority_id, valid_from, valid_until, successor_id, successor_ends_on, version, changed_at, changed_by) on bodies to passerelle_app;

create table bookings (
	tenant_id uuid not null,
	booking_id uuid not null,
	appointment_id uuid not null,
	dossier_id uuid not null,
	interpreter_id uuid not null,
	terms bytea not null,
	state text not null,
	booked_by uuid not null,
	booked_at timestamp with time zone not null,
	changed_at timestamp with time zone not null,
	constraint bookings_pkey PRIMARY KEY (tenant_id, booking_id),
	constraint bookings_name_codes_alone CHECK (state ~ '^[a-z_]{1,40}$'::text)
);
comment on table bookings is 'An interpreter asked to come to an appointment, and what came of it. What the interpreter is told is in the terms, and nothing else is.';
comment on column bookings.terms is 'Sealed under the keyset of the dossier.';
CREATE INDEX bookings_of_a_dossier ON bookings USING btree (tenant_id, dossier_id, booked_at DESC);
CREATE INDEX bookings_of_an_appointment ON bookings USING btree (tenant_id, appointment_id, booked_at DESC);
CREATE UNIQUE INDEX bookings_of_an_appointment_run_one_at_a_time ON bookings USING btree (tenant_id, appointment_id) WHERE state = ANY (ARRAY['requested'::text, 'confirmed'::text]);
alter table bookings enable row level security;
alter table bookings force row level security;
create policy admission_fence on bookings as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on bookings as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on bookings as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on bookings as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on bookings as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on bookings to passerelle_app;
grant delete, insert, select on bookings to passerelle_transfer;
grant update (state, changed_at) on bookings to passerelle_app;
grant select (tenant_id, booking_id, dossier_id, terms) on bookings to passerelle_rotation;
grant update (terms) on bookings to passerelle_rotation;

create table circle_members (
	tenant_id uuid not null,
	circle_id uuid not null,
	dossier_id uuid not null,
	member_id uuid not null,
	named_by uuid not null,
	named_at timestamp with time zone not null,
	constraint circle_members_pkey PRIMARY KEY (tenant_id, circle_id, member_id)
);
comment on table circle_members is 'Who is in a circle. Whoever sees the dossier sees whom to ask.';
CREATE INDEX circle_members_of_somebody ON circle_members USING btree (tenant_id, member_id, circle_id);
alter table circle_members enable row level security;
alter table circle_members force row level security;
create policy admission_fence on circle_members as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on circle_members as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on circle_members as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy members_remove on circle_members as permissive for delete to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END AND (circle_id = ANY (NULLIF(current_setting('app.circles'::text, true), ''::text)::uuid[])));
create policy staff_names on circle_members as permissive for insert to passerelle_app
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy staff_reads on circle_members as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
CREATE TRIGGER circle_members_are_named_from_within BEFORE INSERT ON circle_members FOR EACH ROW EXECUTE FUNCTION refuse_whom_nobody_within_names();
CREATE TRIGGER circle_members_leave_somebody AFTER DELETE ON circle_members FOR EACH ROW EXECUTE FUNCTION refuse_to_leave_a_circle_to_nobody();
grant delete, insert, select on circle_members to passerelle_app;
grant delete, insert, select on circle_members to passerelle_transfer;

create table circles (
	tenant_id uuid not null,
	circle_id uuid not null,
	dossier_id uuid not null,
	profession text not null,
	opened_by uuid not null,
	opened_at timestamp with time zone not null,
	closed_by uuid,
	closed_at timestamp with time zone,
	constraint circles_pkey PRIMARY KEY (tenant_id, circle_id),
	constraint circles_are_of_one_dossier UNIQUE (tenant_id, circle_id, dossier_id),
	constraint circles_are_closed_by_somebody CHECK ((closed_at IS NULL) = (closed_by IS NULL)),
	constraint circles_are_of_a_known_profession CHECK (profession = ANY (ARRAY['medical'::text, 'psychological'::text, 'legal'::text]))
);
comment on table circles is 'That those of a profession keep notes on a dossier which nobody else reads, and since when. Whoever sees the dossier sees that there is one.';
CREATE UNIQUE INDEX circles_are_open_once ON circles USING btree (tenant_id, dossier_id, profession) WHERE closed_at IS NULL;
CREATE INDEX circles_of_a_dossier ON circles USING btree (tenant_id, dossier_id, opened_at, circle_id);
alter table circles enable row level security;
alter table circles force row level security;
create policy admission_fence on circles as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on circles as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on circles as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy members_close on circles as permissive for update to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END AND (circle_id = ANY (NULLIF(current_setting('app.circles'::text, true), ''::text)::uuid[])))
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END AND (circle_id = ANY (NULLIF(current_setting('app.circles'::text, true), ''::text)::uuid[])));
create policy staff_opens on circles as permissive for insert to passerelle_app
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END AND opened_by = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
create policy staff_reads on circles as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on circles to passerelle_app;
grant delete, insert, select on circles to passerelle_transfer;
grant update (closed_by, closed_at) on circles to passerelle_app;

create table claims (
	tenant_id uuid not null,
	claim_id uuid not null,
	dossier_id uuid not null,
	kind text not null,
	asked_on date,
	decided_on date,
	decision text not null default ''::text,
	granted_until date,
	version integer not null,
	details bytea not null,
	constraint claims_pkey PRIMARY KEY (tenant_id, claim_id),
	constraint claims_are_decided_after_they_are_asked CHECK (decided_on >= asked_on),
	constraint claims_are_granted_from_when_they_are_asked CHECK (granted_until >= asked_on),
	constraint claims_are_told_by_codes CHECK (kind ~ '^[a-z_]{1,40}$'::text AND decision ~ '^[a-z_]{0,40}$'::text)
);
comment on table claims is 'What is asked of victim assistance (LAVI), and what came of it.';
comment on column claims.details is 'Sealed under the keyset of the dossier.';
CREATE INDEX claims_of_a_dossier ON claims USING btree (tenant_id, dossier_id, kind);
alter table claims enable row level security;
alter table claims force row level security;
create policy admission_fence on claims as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on claims as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on claims as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on claims as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on claims as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on claims to passerelle_app;
grant delete, insert, select on claims to passerelle_transfer;
grant update (kind, asked_on, decided_on, decision, granted_until, version, details) on claims to passerelle_app;
grant select (tenant_id, claim_id, dossier_id, details) on claims to passerelle_rotation;
grant update (details) on claims to passerelle_rotation;

create table closures (
	tenant_id uuid not null,
	closure_id uuid not null,
	dossier_id uuid not null,
	reason text not null,
	words bytea not null,
	closed_by uuid not null,
	closed_at timestamp with time zone not null,
	aftercare_by uuid,
	aftercare_at timestamp with time zone,
	reopened_by uuid,
	reopened_at timestamp with time zone,
	constraint closures_pkey PRIMARY KEY (tenant_id, closure_id),
	constraint closures_have_a_known_reason CHECK (reason = ANY (ARRAY['independent'::text, 'return'::text, 'other_service'::text, 'contact_lost'::text, 'not_trafficking'::text, 'own_wish'::text, 'death'::text, 'moved'::text, 'other'::text])),
	constraint closures_say_who_began_aftercare CHECK ((aftercare_at IS NULL) = (aftercare_by IS NULL)),
	constraint closures_say_who_reopened CHECK ((reopened_at IS NULL) = (reopened_by IS NULL))
);
comment on table closures is 'When and why an accompaniment was closed, followed up and reopened.';
comment on column closures.words is 'Sealed under the keyset of the dossier.';
CREATE INDEX closures_by_dossier ON closures USING btree (tenant_id, dossier_id, closed_at DESC);
CREATE UNIQUE INDEX closures_close_once ON closures USING btree (tenant_id, dossier_id) WHERE reopened_at IS NULL;
alter table closures enable row level security;
alter table closures force row level security;
create policy admission_fence on closures as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on closures as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on closures as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on closures as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on closures as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on closures to passerelle_app;
grant delete, insert, select on closures to passerelle_transfer;
grant update (words, aftercare_by, aftercare_at, reopened_by, reopened_at) on closures to passerelle_app;
grant select (tenant_id, closure_id, dossier_id, words) on closures to passerelle_rotation;
grant update (words) on closures to passerelle_rotation;

create table connection_changes (
	tenant_id uuid not null,
	change_id uuid not null,
	connection_id uuid not null,
	kind text not null,
	name text not null,
	issuer text not null,
	client_id text not null,
	secret_id uuid,
	scopes text[] not null,
	name_claim text not null,
	email_claim text not null,
	email_domains text[] not null,
	keeps_subjects boolean not null,
	version integer not null,
	tried_version integer,
	written_by uuid not null,
	written_at timestamp with time zone not null,
	proposed_by uuid,
	proposed_at timestamp with time zone,
	approved_by uuid,
	approved_at timestamp with time zone,
	takes_effect_at timestamp with time zone,
	took_effect_at timestamp with time zone,
	withdrawn_by uuid,
	withdrawn_at timestamp with time zone,
	constraint connection_changes_pkey PRIMARY KEY (tenant_id, change_id),
	constraint connection_changes_are_proposed_by_somebody CHECK ((proposed_at IS NULL) = (proposed_by IS NULL)),
	constraint connection_changes_are_tried_before_they_are_proposed CHECK (proposed_at IS NULL OR kind = 'end'::text OR NOT tried_version IS DISTINCT FROM version),
	constraint connection_changes_are_withdrawn_by_somebody CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL)),
	constraint connection_changes_set_or_end CHECK (kind = ANY (ARRAY['set'::text, 'end'::text])),
	constraint connection_changes_take_effect_once_approved CHECK (took_effect_at IS NULL OR approved_at IS NOT NULL AND withdrawn_at IS NULL),
	constraint connection_changes_take_two CHECK (approved_at IS NULL AND approved_by IS NULL OR approved_at IS NOT NULL AND approved_by IS NOT NULL AND proposed_by IS NOT NULL AND approved_by <> proposed_by AND approved_by <> written_by),
	constraint connection_changes_wait_once_approved CHECK ((approved_at IS NULL) = (takes_effect_at IS NULL) AND takes_effect_at >= approved_at)
);
comment on table connection_changes is 'What a connection is to become: written and tried by one administrator, proposed, approved by another, and done at the door once the delay is over.';
CREATE UNIQUE INDEX connection_changes_are_open_one_at_a_time ON connection_changes USING btree (tenant_id, connection_id) WHERE took_effect_at IS NULL AND withdrawn_at IS NULL;
CREATE INDEX connection_changes_of_a_connection ON connection_changes USING btree (tenant_id, connection_id, written_at DESC);
alter table connection_changes enable row level security;
alter table connection_changes force row level security;
create policy scope_fence on connection_changes as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true WHEN 'signin'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true WHEN 'signin'::text THEN true ELSE false END);
create policy tenant_fence on connection_changes as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy admin_writes on connection_changes as permissive for insert to passerelle_app
	with check (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END AND proposed_at IS NULL AND approved_at IS NULL AND took_effect_at IS NULL);
create policy both_change on connection_changes as permissive for update to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true WHEN 'signin'::text THEN true ELSE false END)
	with check (current_setting('app.scope'::text, true) = 'signin'::text OR took_effect_at IS NULL);
create policy both_see on connection_changes as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true WHEN 'signin'::text THEN true ELSE false END);
CREATE TRIGGER connection_changes_stay BEFORE UPDATE ON connection_changes FOR EACH ROW EXECUTE FUNCTION refuse_to_change_what_was_proposed();
grant insert, select on connection_changes to passerelle_app;
grant delete, insert, select on connection_changes to passerelle_transfer;
grant update (name, issuer, client_id, secret_id, scopes, name_claim, email_claim, email_domains, keeps_subjects, version, tried_version, written_by, written_at, proposed_by, proposed_at, approved_by, approved_at, takes_effect_at, took_effect_at, withdrawn_by, withdrawn_at) on connection_changes to passerelle_app;

create table connection_secrets (
	secret_id uuid not null,
	connection_id uuid not null,
	secret bytea not null,
	made_at timestamp with time zone not null,
	constraint connection_secrets_pkey PRIMARY KEY (secret_id)
);
comment on table connection_secrets is 'What this installation shows to a provider. It is opened at the moment when a code is redeemed, and nowhere else.';
comment on column connection_secrets.secret is 'Sealed under the keyset of the connection.';
CREATE INDEX connection_secrets_of_a_connection ON connection_secrets USING btree (connection_id);
alter table connection_secrets enable row level security;
alter table connection_secrets force row level security;
create policy door_fence on connection_secrets as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'signin'::text)
	with check (current_setting('app.scope'::text, true) = 'signin'::text);
create policy door on connection_secrets as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'signin'::text)
	with check (current_setting('app.scope'::text, true) = 'signin'::text);
create policy rotation on connection_secrets as permissive for all to passerelle_rotation
	using (true)
	with check (true);
grant delete, insert, select on connection_secrets to passerelle_app;
grant delete, insert, select on connection_secrets to passerelle_transfer;
grant select (secret_id, connection_id, secret) on connection_secrets to passerelle_rotation;
grant update (secret) on connection_secrets to passerelle_rotation;

create table connection_settings (
	tenant_id uuid not null,
	delay_hours integer not null,
	next_hours integer,
	next_from timestamp with time zone,
	version integer not null,
	set_by uuid not null,
	set_at timestamp with time zone not null,
	constraint connection_settings_pkey PRIMARY KEY (tenant_id),
	constraint connection_settings_are_lowered_from_a_moment_on CHECK ((next_hours IS NULL) = (next_from IS NULL)),
	constraint connection_settings_wait_two_weeks_at_most CHECK (delay_hours >= 0 AND delay_hours <= 336 AND next_hours >= 0 AND next_hours <= 336)
);
comment on table connection_settings is 'How long a change of a connection waits once it is approved. A shorter delay waits for as long as the old one was.';
alter table connection_settings enable row level security;
alter table connection_settings force row level security;
create policy scope_fence on connection_settings as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END);
create policy tenant_fence on connection_settings as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy admin on connection_settings as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END);
grant insert, select on connection_settings to passerelle_app;
grant delete, insert, select on connection_settings to passerelle_transfer;
grant update (delay_hours, next_hours, next_from, version, set_by, set_at) on connection_settings to passerelle_app;

create table connection_trials (
	tenant_id uuid not null,
	trial_id uuid not null,
	connection_id uuid not null,
	change_id uuid not null,
	version integer not null,
	member_id uuid not null,
	tried_at timestamp with time zone not null,
	outcome text not null,
	report bytea not null,
	constraint connection_trials_pkey PRIMARY KEY (tenant_id, trial_id),
	constraint connection_trials_are_kept_once UNIQUE (tenant_id, change_id, member_id),
	constraint connection_trials_name_codes_alone CHECK (outcome ~ '^[a-z_]{0,40}$'::text)
);
comment on table connection_trials is 'The last trial of a change by each administrator: how it went, and sealed what the provider said. It goes when the change is over.';
comment on column connection_trials.report is 'Sealed under the keyset of the connection.';
alter table connection_trials enable row level security;
alter table connection_trials force row level security;
create policy scope_fence on connection_trials as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true WHEN 'signin'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true WHEN 'signin'::text THEN true ELSE false END);
create policy tenant_fence on connection_trials as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy both_forget on connection_trials as permissive for delete to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true WHEN 'signin'::text THEN true ELSE false END);
create policy both_see on connection_trials as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true WHEN 'signin'::text THEN true ELSE false END);
create policy door_tries on connection_trials as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'signin'::text);
create policy rotation on connection_trials as permissive for all to passerelle_rotation
	using (true)
	with check (true);
grant delete, insert, select on connection_trials to passerelle_app;
grant delete, insert, select on connection_trials to passerelle_transfer;
grant select (tenant_id, trial_id, connection_id, report) on connection_trials to passerelle_rotation;
grant update (report) on connection_trials to passerelle_rotation;

create table connections (
	connection_id uuid not null,
	tenant_id uuid,
	slug text not null,
	name text not null,
	kind text not null,
	issuer text not null,
	client_id text not null,
	client_secret text not null default ''::text,
	email_domains text[] not null default '{}'::text[],
	secret_id uuid,
	scopes text[] not null default '{openid,profile,email}'::text[],
	name_claim text not null default 'name'::text,
	email_claim text not null default 'email'::text,
	live_at timestamp with time zone default now(),
	ended_at timestamp with time zone,
	has_secret boolean not null generated always as (client_secret <> ''::text OR secret_id IS NOT NULL) stored,
	constraint connections_pkey PRIMARY KEY (connection_id),
	constraint connections_have_a_slug_of_their_own UNIQUE (slug),
	constraint connections_have_one_tenant UNIQUE (tenant_id, connection_id),
	constraint connections_are_live_with_a_provider CHECK (live_at IS NULL OR issuer <> ''::text AND client_id <> ''::text),
	constraint connections_of_staff_belong_to_a_tenant CHECK (kind <> 'staff'::text OR tenant_id IS NOT NULL),
	constraint connections_serve_staff_or_offices CHECK (kind = ANY (ARRAY['staff'::text, 'office'::text]))
);
comment on table connections is 'An OpenID provider through which people of one tenant, or of partner organisations, sign in.';
comment on column connections.client_secret is 'Handed in by those who set up the installation, and emptied by the application, which seals it.';
alter table connections enable row level security;
alter table connections force row level security;
create policy door_fence on connections as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'signin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND current_setting('app.scope'::text, true) = 'admin'::text OR current_setting('app.scope'::text, true) = 'platform'::text AND kind = 'staff'::text)
	with check (current_setting('app.scope'::text, true) = 'signin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND current_setting('app.scope'::text, true) = 'admin'::text OR current_setting('app.scope'::text, true) = 'platform'::text AND kind = 'staff'::text);
create policy admin on connections as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END);
create policy admin_adds on connections as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'admin'::text AND live_at IS NULL AND issuer = ''::text AND client_id = ''::text AND client_secret = ''::text AND secret_id IS NULL);
create policy door on connections as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'signin'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'signin'::text THEN true ELSE false END);
create policy platform_adds on connections as permissive for insert to passerelle_platform
	with check (current_setting('app.scope'::text, true) = 'platform'::text);
create policy platform_changes on connections as permissive for update to passerelle_platform
	using (current_setting('app.scope'::text, true) = 'platform'::text AND tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (current_setting('app.scope'::text, true) = 'platform'::text AND tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy platform_reads on connections as permissive for select to passerelle_platform
	using (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END);
CREATE TRIGGER connections_are_set_up_before_the_tenant_is_live BEFORE UPDATE ON connections FOR EACH ROW EXECUTE FUNCTION refuse_to_set_up_what_is_live();
CREATE TRIGGER connections_of_a_live_tenant_are_its_own BEFORE INSERT ON connections FOR EACH ROW EXECUTE FUNCTION refuse_without_a_mandate('never');
grant select on connections to passerelle_app;
grant delete, insert, select on connections to passerelle_transfer;
grant insert (connection_id, tenant_id, slug, name, kind, issuer, client_id, live_at) on connections to passerelle_app;
grant update (name, issuer, client_id, client_secret, email_domains, secret_id, scopes, name_claim, email_claim, live_at, ended_at) on connections to passerelle_app;
grant insert (connection_id, tenant_id, slug, name, kind, issuer, client_id, client_secret, email_domains, scopes) on connections to passerelle_platform;
grant select (connection_id, tenant_id, slug, name, kind, issuer, client_id, email_domains, scopes, has_secret) on connections to passerelle_platform;
grant update (name, issuer, client_id, client_secret, email_domains, scopes) on connections to passerelle_platform;

create table consents (
	tenant_id uuid not null,
	consent_id uuid not null,
	dossier_id uuid not null,
	office_id uuid not null,
	purpose text not null,
	data_classes text[] not null,
	valid_from date not null,
	valid_until date not null,
	given_how text not null,
	recorded_by uuid not null,
	recorded_at timestamp with time zone not null default now(),
	withdrawn_by uuid,
	withdrawn_at timestamp with time zone,
	interpreter bytea,
	constraint consents_pkey PRIMARY KEY (tenant_id, consent_id),
	constraint consents_name_one_dossier_and_office UNIQUE (tenant_id, consent_id, dossier_id, office_id),
	constraint consents_are_given_orally_or_in_writing CHECK (given_how = ANY (ARRAY['orally'::text, 'in_writing'::text])),
	constraint consents_are_withdrawn_by_somebody CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL)),
	constraint consents_cover_something CHECK (cardinality(data_classes) > 0),
	constraint consents_end_after_they_begin CHECK (valid_until >= valid_from)
);
comment on table consents is 'What the beneficiary agreed to have shared: with one office, for one purpose, these classes of data, from and until. Withdrawal closes what hangs on it in the same transaction.';
comment on column consents.interpreter is 'Sealed under the keyset of the dossier.';
CREATE INDEX consents_by_dossier ON consents USING btree (tenant_id, dossier_id, recorded_at DESC);
alter table consents enable row level security;
alter table consents force row level security;
create policy admission_fence on consents as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on consents as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on consents as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on consents as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on consents as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
CREATE TRIGGER consents_once_withdrawn_stay_withdrawn BEFORE UPDATE ON consents FOR EACH ROW EXECUTE FUNCTION refuse_to_take_back_a_withdrawal();
grant insert, select on consents to passerelle_app;
grant delete, insert, select on consents to passerelle_transfer;
grant update (withdrawn_by, withdrawn_at) on consents to passerelle_app;
grant select (tenant_id, consent_id, dossier_id, interpreter) on consents to passerelle_rotation;
grant update (interpreter) on consents to passerelle_rotation;

create table deadlines (
	tenant_id uuid not null,
	dossier_id uuid not null,
	rule text not null,
	about text not null,
	due_on date not null,
	to_the_month boolean not null,
	presses boolean not null,
	settled_on date,
	warn_on date[] not null default '{}'::date[],
	constraint deadlines_pkey PRIMARY KEY (tenant_id, dossier_id, rule, about),
	constraint deadlines_name_codes_alone CHECK (rule ~ '^[a-z0-9_]{1,60}$'::text AND about ~ '^[a-z0-9_:-]{0,80}$'::text),
	constraint deadlines_of_a_birthday_tell_the_month_alone CHECK (NOT to_the_month OR EXTRACT(day FROM due_on) = 1::numeric)
);
comment on table deadlines is 'Which date follows for a dossier by which rule, about which thing. Computed from the facts whenever one changes; nobody writes into it otherwise.';
CREATE INDEX deadlines_open ON deadlines USING btree (tenant_id, due_on, dossier_id, rule, about) INCLUDE (to_the_month) WHERE settled_on IS NULL AND presses;
CREATE INDEX deadlines_open_of_a_dossier ON deadlines USING btree (tenant_id, dossier_id, due_on) WHERE settled_on IS NULL AND presses;
alter table deadlines enable row level security;
alter table deadlines force row level security;
create policy admission_fence on deadlines as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on deadlines as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'clock'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'clock'::text THEN true ELSE false END);
create policy tenant_fence on deadlines as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy clock_reads on deadlines as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'clock'::text THEN true ELSE false END);
create policy staff on deadlines as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant delete, insert, select on deadlines to passerelle_app;
grant delete, insert, select on deadlines to passerelle_transfer;

create table decoys (
	tenant_id uuid not null,
	dossier_id uuid not null,
	marked_by uuid not null,
	marked_at timestamp with time zone not null,
	constraint decoys_pkey PRIMARY KEY (tenant_id, dossier_id)
);
comment on table decoys is 'Dossiers that nobody has a reason to open: who does raises an alert. Who may not mark them sees no difference.';
alter table decoys enable row level security;
alter table decoys force row level security;
create policy scope_fence on decoys as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'watch'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'watch'::text THEN true ELSE false END);
create policy tenant_fence on decoys as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy both_read on decoys as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'watch'::text THEN true ELSE false END);
create policy staff_marks on decoys as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'staff'::text AND marked_by = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
create policy staff_unmarks on decoys as permissive for delete to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant delete, select on decoys to passerelle_app;
grant delete, insert, select on decoys to passerelle_transfer;
grant insert (tenant_id, dossier_id, marked_by, marked_at) on decoys to passerelle_app;

create table digests (
	tenant_id uuid not null,
	digest_id uuid not null,
	member_id uuid not null,
	kind text not null,
	day date not null,
	made_at timestamp with time zone not null default now(),
	begun_at timestamp with time zone,
	sent_at timestamp with time zone,
	constraint digests_pkey PRIMARY KEY (tenant_id, digest_id),
	constraint digests_are_made_once UNIQUE (tenant_id, member_id, kind, day),
	constraint digests_are_daily_or_weekly CHECK (kind = ANY (ARRAY['daily'::text, 'weekly'::text])),
	constraint digests_are_sent_once_begun CHECK (sent_at IS NULL OR begun_at IS NOT NULL)
);
comment on table digests is 'That something waits for somebody on a day, and that an e-mail has said so. It says nothing else.';
alter table digests enable row level security;
alter table digests force row level security;
create policy scope_fence on digests as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'clock'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'clock'::text THEN true ELSE false END);
create policy tenant_fence on digests as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy clock on digests as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'clock'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'clock'::text THEN true ELSE false END);
grant select on digests to passerelle_app;
grant delete, insert, select on digests to passerelle_transfer;
grant insert (tenant_id, digest_id, member_id, kind, day) on digests to passerelle_app;
grant update (begun_at, sent_at) on digests to passerelle_app;

create table documents (
	tenant_id uuid not null,
	document_id uuid not null,
	dossier_id uuid not null,
	data_class text not null,
	kind text not null,
	bytes integer not null,
	state text not null,
	file_id uuid not null,
	particulars bytea not null,
	added_by uuid not null,
	added_at timestamp with time zone not null,
	version integer not null default 1,
	constraint documents_pkey PRIMARY KEY (tenant_id, document_id),
	constraint documents_have_a_file_of_their_own UNIQUE (tenant_id, file_id),
	constraint documents_are_in_a_known_state CHECK (state = ANY (ARRAY['quarantined'::text, 'clean'::text, 'unscanned'::text, 'infected'::text])),
	constraint documents_have_contents CHECK (bytes > 0),
	constraint documents_name_codes_alone CHECK (data_class ~ '^[a-z_]{1,40}$'::text AND (kind = ANY (ARRAY['pdf'::text, 'jpeg'::text, 'png'::text, 'docx'::text])))
);
comment on table documents is 'What was handed in for a dossier, as it was let in: its contents lie in the store of files and never change.';
comment on column documents.particulars is 'Sealed under the keyset of the dossier: what it is called, and the key of its file.';
comment on column documents.state is 'Whether a scanner has yet to look at it, found nothing, was not there, or found something: then its file is gone.';
CREATE INDEX documents_of_a_dossier ON documents USING btree (tenant_id, dossier_id, added_at DESC, document_id);
alter table documents enable row level security;
alter table documents force row level security;
create policy admission_fence on documents as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on documents as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'staff'::text)
	with check (current_setting('app.scope'::text, true) = 'staff'::text);
create policy tenant_fence on documents as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on documents as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on documents as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'staff'::text)
	with check (current_setting('app.scope'::text, true) = 'staff'::text);
grant delete, insert, select on documents to passerelle_app;
grant delete, insert, select on documents to passerelle_transfer;
grant update (data_class, state, particulars, version) on documents to passerelle_app;
grant select (tenant_id, document_id, dossier_id, particulars) on documents to passerelle_rotation;
grant update (particulars) on documents to passerelle_rotation;

create table dossier_counts (
	tenant_id uuid not null,
	dossiers bigint not null,
	constraint dossier_counts_pkey PRIMARY KEY (tenant_id),
	constraint dossier_counts_are_not_negative CHECK (dossiers >= 0)
);
comment on table dossier_counts is 'How many dossiers a tenant has, kept in the transaction that opens one.';
alter table dossier_counts enable row level security;
alter table dossier_counts force row level security;
create policy scope_fence on dossier_counts as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on dossier_counts as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy staff on dossier_counts as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select, update on dossier_counts to passerelle_app;
grant delete, insert, select on dossier_counts to passerelle_transfer;

create table dossiers (
	tenant_id uuid not null,
	dossier_id uuid not null,
	code_name text not null,
	code_name_key text collate "C" not null generated always as (lower(code_name COLLATE "C")) stored,
	phase text not null default 'first_contact'::text,
	responsible_id uuid not null,
	reached_through text not null default ''::text,
	opened_at timestamp with time zone not null default now(),
	updated_at timestamp with time zone not null default now(),
	version integer not null default 1,
	situation_version integer not null default 1,
	phase_set boolean not null default false,
	closed_at timestamp with time zone,
	aftercare_at timestamp with time zone,
	turns_on date[] not null default '{}'::date[],
	turns_into text[] not null default '{}'::text[],
	turned_on date,
	constraint dossiers_pkey PRIMARY KEY (tenant_id, dossier_id),
	constraint dossiers_are_somebodys UNIQUE (tenant_id, dossier_id, responsible_id),
	constraint dossiers_have_a_code_name_of_their_own UNIQUE (tenant_id, code_name_key) INCLUDE (dossier_id, code_name, phase, responsible_id, updated_at),
	constraint aftercare_follows_a_closing CHECK (aftercare_at IS NULL OR aftercare_at >= closed_at),
	constraint dossiers_are_in_a_known_phase CHECK (phase = ANY (ARRAY['first_contact'::text, 'identification'::text, 'reflection'::text, 'proceedings'::text, 'integration'::text, 'independent'::text, 'return'::text, 'closed'::text, 'aftercare'::text])),
	constraint dossiers_code_names_are_plain_letters CHECK (code_name ~ '^[A-Za-z]{3,24}$'::text),
	constraint dossiers_that_are_closed_say_so CHECK (closed_at IS NULL OR (phase = ANY (ARRAY['closed'::text, 'aftercare'::text]))),
	constraint dossiers_turn_into_a_phase_each_day CHECK (cardinality(turns_on) = cardinality(turns_into)),
	constraint dossiers_turn_into_known_phases CHECK (turns_into <@ ARRAY['first_contact'::text, 'identification'::text, 'reflection'::text, 'proceedings'::text, 'integration'::text, 'independent'::text, 'return'::text, 'closed'::text, 'aftercare'::text])
);
comment on table dossiers is 'A person''s accompaniment. Only the code name appears in lists.';
comment on column dossiers.aftercare_at is 'Since when somebody looks after the person again, the dossier staying closed.';
comment on column dossiers.closed_at is 'Since when the accompaniment is closed; a closed dossier takes no changes.';
comment on column dossiers.phase_set is 'A person has set the phase; otherwise it follows from the facts.';
comment on column dossiers.turned_on is 'Through which day the clock has turned it.';
comment on column dossiers.turns_into is 'Into which phase it turns on each of these days.';
comment on column dossiers.turns_on is 'The days ahead on which the phase turns by what is known, soonest first.';
CREATE INDEX dossiers_recent ON dossiers USING btree (tenant_id, updated_at DESC, dossier_id DESC) INCLUDE (code_name, phase, responsible_id);
CREATE INDEX dossiers_recent_by_phase ON dossiers USING btree (tenant_id, phase, updated_at DESC, dossier_id DESC) INCLUDE (code_name, responsible_id);
CREATE INDEX dossiers_recent_by_responsible ON dossiers USING btree (tenant_id, responsible_id, updated_at DESC, dossier_id DESC) INCLUDE (code_name, phase);
CREATE INDEX dossiers_running ON dossiers USING btree (tenant_id, updated_at DESC, dossier_id DESC) INCLUDE (code_name, responsible_id, opened_at) WHERE closed_at IS NULL;
CREATE INDEX dossiers_running_of_a_person ON dossiers USING btree (tenant_id, responsible_id, dossier_id) WHERE closed_at IS NULL;
CREATE INDEX dossiers_turning ON dossiers USING btree (tenant_id, dossier_id) WHERE turns_on <> '{}'::date[];
alter table dossiers enable row level security;
alter table dossiers force row level security;
create policy admission_fence on dossiers as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'admittance'::text THEN true ELSE (dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'admittance'::text THEN true ELSE (dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE END);
create policy erasure_fence on dossiers as restrictive for delete to public
	using (dossier_id = NULLIF(current_setting('app.erases'::text, true), ''::text)::uuid);
create policy scope_fence on dossiers as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'clock'::text THEN true WHEN 'admittance'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'clock'::text THEN true WHEN 'admittance'::text THEN true ELSE false END);
create policy tenant_fence on dossiers as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy admittance_reads on dossiers as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'admittance'::text THEN true ELSE false END);
create policy clock_reads on dossiers as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'clock'::text THEN true ELSE false END);
create policy clock_turns on dossiers as permissive for update to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'clock'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'clock'::text THEN true ELSE false END);
create policy staff on dossiers as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
CREATE TRIGGER dossiers_are_counted AFTER INSERT ON dossiers REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION count_new_dossiers();
CREATE TRIGGER dossiers_are_counted_down AFTER DELETE ON dossiers REFERENCING OLD TABLE AS erased FOR EACH STATEMENT EXECUTE FUNCTION count_erased_dossiers();
CREATE TRIGGER dossiers_are_counted_for_the_year AFTER INSERT ON dossiers REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION count_year_of_dossiers();
CREATE TRIGGER dossiers_are_counted_for_the_year_anew AFTER UPDATE ON dossiers REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION count_year_of_dossiers();
CREATE TRIGGER dossiers_are_counted_for_the_year_down AFTER DELETE ON dossiers REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION count_year_of_dossiers();
CREATE TRIGGER dossiers_are_turned_alone BEFORE UPDATE ON dossiers FOR EACH ROW EXECUTE FUNCTION refuse_the_clock_more_than_a_turn();
CREATE TRIGGER dossiers_name_whoever_is_responsible AFTER UPDATE OF responsible_id ON dossiers FOR EACH ROW WHEN (old.responsible_id IS DISTINCT FROM new.responsible_id) EXECUTE FUNCTION name_whoever_is_responsible();
grant delete, insert, select on dossiers to passerelle_app;
grant delete, insert, select on dossiers to passerelle_transfer;
grant update (code_name, phase, responsible_id, reached_through, updated_at, version, situation_version, phase_set, closed_at, aftercare_at, turns_on, turns_into, turned_on) on dossiers to passerelle_app;

create table download_tickets (
	tenant_id uuid not null,
	ticket_hash bytea not null,
	document_id uuid not null,
	person_id uuid not null,
	session_hash bytea not null,
	expires_at timestamp with time zone not null,
	constraint download_tickets_pkey PRIMARY KEY (tenant_id, ticket_hash)
);
comment on table download_tickets is 'Leave to take one document once, within a minute, in the session in which it was asked for.';
CREATE INDEX download_tickets_of_a_member ON download_tickets USING btree (tenant_id, person_id, expires_at);
alter table download_tickets enable row level security;
alter table download_tickets force row level security;
create policy scope_fence on download_tickets as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'staff'::text AND person_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid)
	with check (current_setting('app.scope'::text, true) = 'staff'::text AND person_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
create policy tenant_fence on download_tickets as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy staff on download_tickets as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'staff'::text)
	with check (current_setting('app.scope'::text, true) = 'staff'::text);
grant delete, insert, select on download_tickets to passerelle_app;
grant delete, insert, select on download_tickets to passerelle_transfer;

create table drafts (
	tenant_id uuid not null,
	draft_id uuid not null,
	person_id uuid not null,
	dossier_id uuid,
	form_values bytea not null,
	saved_at timestamp with time zone not null,
	constraint drafts_pkey PRIMARY KEY (tenant_id, draft_id)
);
comment on table drafts is 'What somebody is writing about an interview and has not handed in: that person''s alone, and for a week.';
comment on column drafts.form_values is 'Sealed under the keyset of the person.';
CREATE INDEX drafts_about_a_dossier ON drafts USING btree (tenant_id, dossier_id);
CREATE INDEX drafts_of_a_person ON drafts USING btree (tenant_id, person_id, saved_at DESC);
alter table drafts enable row level security;
alter table drafts force row level security;
create policy admission_fence on drafts as restrictive for all to public
	using ((COALESCE(dossier_id, tenant_id) = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((COALESCE(dossier_id, tenant_id) = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on drafts as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'staff'::text AND person_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid)
	with check (current_setting('app.scope'::text, true) = 'staff'::text AND person_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
create policy tenant_fence on drafts as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on drafts as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on drafts as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant delete, insert, select on drafts to passerelle_app;
grant delete, insert, select on drafts to passerelle_transfer;
grant update (dossier_id, form_values, saved_at) on drafts to passerelle_app;
grant select (tenant_id, draft_id, person_id, form_values) on drafts to passerelle_rotation;
grant update (form_values) on drafts to passerelle_rotation;

create table emergency_accesses (
	tenant_id uuid not null,
	emergency_access_id uuid not null,
	dossier_id uuid not null,
	member_id uuid not null,
	code_name text not null,
	reason text not null,
	words bytea not null,
	opened_at timestamp with time zone not null default now(),
	until timestamp with time zone not null default now() + '03:00:00'::interval,
	responsible_saw_at timestamp with time zone,
	responsible_saw_by uuid,
	coordination_saw_at timestamp with time zone,
	coordination_saw_by uuid,
	constraint emergency_accesses_pkey PRIMARY KEY (tenant_id, emergency_access_id),
	constraint emergency_accesses_are_seen_by_others CHECK (responsible_saw_by <> member_id AND coordination_saw_by <> member_id),
	constraint emergency_accesses_are_seen_by_somebody CHECK ((responsible_saw_at IS NULL) = (responsible_saw_by IS NULL) AND (coordination_saw_at IS NULL) = (coordination_saw_by IS NULL)),
	constraint emergency_accesses_have_a_known_reason CHECK (reason = ANY (ARRAY['danger'::text, 'health'::text, 'deadline'::text, 'authority'::text, 'absence'::text, 'other'::text])),
	constraint emergency_accesses_last_three_hours CHECK (until = (opened_at + '03:00:00'::interval))
);
comment on table emergency_accesses is 'Who opened a restricted dossier without being named for it, for three hours, and why; and that those who have to look at it have.';
comment on column emergency_accesses.code_name is 'What the dossier was called then, for whoever coordinates and is not named for it.';
comment on column emergency_accesses.words is 'Sealed under the keyset of the dossier: why, in words.';
CREATE INDEX emergency_accesses_in_order ON emergency_accesses USING btree (tenant_id, opened_at DESC, emergency_access_id DESC);
CREATE INDEX emergency_accesses_to_a_dossier ON emergency_accesses USING btree (tenant_id, dossier_id, member_id, until);
CREATE INDEX emergency_accesses_to_look_at ON emergency_accesses USING btree (tenant_id, opened_at DESC) WHERE responsible_saw_at IS NULL OR coordination_saw_at IS NULL;
alter table emergency_accesses enable row level security;
alter table emergency_accesses force row level security;
create policy scope_fence on emergency_accesses as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on emergency_accesses as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on emergency_accesses as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff_looks on emergency_accesses as permissive for update to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy staff_opens on emergency_accesses as permissive for insert to passerelle_app
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END AND member_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
create policy staff_reads on emergency_accesses as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant select on emergency_accesses to passerelle_app;
grant delete, insert, select on emergency_accesses to passerelle_transfer;
grant insert (tenant_id, emergency_access_id, dossier_id, member_id, code_name, reason, words) on emergency_accesses to passerelle_app;
grant update (responsible_saw_at, responsible_saw_by, coordination_saw_at, coordination_saw_by) on emergency_accesses to passerelle_app;
grant select (tenant_id, emergency_access_id, dossier_id, words) on emergency_accesses to passerelle_rotation;
grant update (words) on emergency_accesses to passerelle_rotation;

create table enclosure_tickets (
	tenant_id uuid not null,
	ticket_hash bytea not null,
	enclosure_id uuid not null,
	office_id uuid not null,
	person_id uuid not null,
	session_hash bytea not null,
	expires_at timestamp with time zone not null,
	constraint enclosure_tickets_pkey PRIMARY KEY (tenant_id, ticket_hash)
);
comment on table enclosure_tickets is 'Leave of somebody at an office to take one enclosure once, within a minute, in the session in which it was asked for.';
CREATE INDEX enclosure_tickets_of_a_person ON enclosure_tickets USING btree (tenant_id, person_id, expires_at);
alter table enclosure_tickets enable row level security;
alter table enclosure_tickets force row level security;
create policy scope_fence on enclosure_tickets as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'office'::text AND office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid AND person_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid)
	with check (current_setting('app.scope'::text, true) = 'office'::text AND office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid AND person_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
create policy tenant_fence on enclosure_tickets as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy office on enclosure_tickets as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'office'::text)
	with check (current_setting('app.scope'::text, true) = 'office'::text);
grant delete, insert, select on enclosure_tickets to passerelle_app;
grant delete, insert, select on enclosure_tickets to passerelle_transfer;

create table enclosures (
	tenant_id uuid not null,
	enclosure_id uuid not null,
	referral_id uuid not null,
	dossier_id uuid not null,
	office_id uuid not null,
	visible_until timestamp with time zone not null,
	place smallint not null,
	data_class text not null,
	kind text not null,
	bytes integer not null,
	scanned boolean not null,
	file_id uuid not null,
	particulars bytea not null,
	constraint enclosures_pkey PRIMARY KEY (tenant_id, enclosure_id),
	constraint enclosures_go_once_with_a_referral UNIQUE (tenant_id, referral_id, file_id),
	constraint enclosures_have_contents CHECK (bytes > 0),
	constraint enclosures_name_codes_alone CHECK (data_class ~ '^[a-z_]{1,40}$'::text AND (kind = ANY (ARRAY['pdf'::text, 'jpeg'::text, 'png'::text, 'docx'::text])))
);
comment on table enclosures is 'Documents as they were sent with a referral. The office takes them from here, and sees nothing of the dossier''s own.';
comment on column enclosures.particulars is 'Sealed under the keyset of the referral: what it was called, and the key of its file.';
CREATE INDEX enclosures_by_file ON enclosures USING btree (tenant_id, file_id);
CREATE INDEX enclosures_of_a_dossier ON enclosures USING btree (tenant_id, dossier_id);
alter table enclosures enable row level security;
alter table enclosures force row level security;
create policy admission_fence on enclosures as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on enclosures as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'office'::text THEN office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid AND visible_until > now() ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'office'::text THEN office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid AND visible_until > now() ELSE false END);
create policy tenant_fence on enclosures as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy both_read on enclosures as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'office'::text THEN true ELSE false END);
create policy rotation on enclosures as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff_writes on enclosures as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'staff'::text);
CREATE TRIGGER enclosures_end_with_their_referral BEFORE INSERT ON enclosures FOR EACH ROW EXECUTE FUNCTION end_with_the_referral();
grant insert, select on enclosures to passerelle_app;
grant delete, insert, select on enclosures to passerelle_transfer;
grant select (tenant_id, enclosure_id, referral_id, particulars) on enclosures to passerelle_rotation;
grant update (particulars) on enclosures to passerelle_rotation;

create table events (
	tenant_id uuid not null,
	event_id uuid not null,
	dossier_id uuid not null,
	referral_id uuid,
	office_id uuid,
	visible_until timestamp with time zone,
	kind text not null,
	at timestamp with time zone not null default clock_timestamp(),
	actor_id uuid not null,
	actor_name text not null,
	office_name text not null default ''::text,
	detail text not null default ''::text,
	constraint events_pkey PRIMARY KEY (tenant_id, event_id),
	constraint events_of_a_referral_end_with_it CHECK ((referral_id IS NULL) = (visible_until IS NULL)),
	constraint events_of_an_office_are_of_a_referral CHECK ((office_id IS NULL) = (referral_id IS NULL))
);
comment on table events is 'What happened in a dossier, as its timeline tells it: written once, in the transaction of the act itself.';
CREATE INDEX events_by_dossier ON events USING btree (tenant_id, dossier_id, at DESC, event_id DESC);
CREATE INDEX events_by_referral ON events USING btree (tenant_id, referral_id, at) WHERE referral_id IS NOT NULL;
alter table events enable row level security;
alter table events force row level security;
create policy admission_fence on events as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on events as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'office'::text THEN office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid AND visible_until > now() WHEN 'clock'::text THEN kind = 'phase_turned'::text ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'office'::text THEN office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid AND visible_until > now() WHEN 'clock'::text THEN kind = 'phase_turned'::text ELSE false END);
create policy tenant_fence on events as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy both_read on events as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'office'::text THEN true ELSE false END);
create policy clock_writes on events as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'clock'::text AND referral_id IS NULL AND kind = 'phase_turned'::text AND actor_name = ''::text);
create policy office_writes on events as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'office'::text AND actor_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid AND (kind = ANY (ARRAY['referral_taken'::text, 'referral_accepted'::text, 'referral_declined'::text, 'referral_asked'::text, 'referral_message'::text, 'referral_closed'::text])));
create policy staff_writes on events as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'staff'::text AND actor_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
CREATE TRIGGER events_end_with_their_referral BEFORE INSERT ON events FOR EACH ROW WHEN (new.referral_id IS NOT NULL) EXECUTE FUNCTION end_with_the_referral();
grant insert, select on events to passerelle_app;
grant delete, insert, select on events to passerelle_transfer;

create table exclusions (
	tenant_id uuid not null,
	exclusion_id uuid not null,
	dossier_id uuid not null,
	terms bytea not null,
	recorded_by uuid not null,
	recorded_at timestamp with time zone not null,
	lifted_by uuid,
	lifted_at timestamp with time zone,
	constraint exclusions_pkey PRIMARY KEY (tenant_id, exclusion_id),
	constraint exclusions_are_lifted_by_somebody CHECK ((lifted_at IS NULL) = (lifted_by IS NULL))
);
comment on table exclusions is 'Who must not interpret for a person, or rather should not: people of a region, a community or a gender, or somebody named.';
comment on column exclusions.terms is 'Sealed under the keyset of the dossier.';
CREATE INDEX exclusions_of_a_dossier ON exclusions USING btree (tenant_id, dossier_id, recorded_at DESC);
alter table exclusions enable row level security;
alter table exclusions force row level security;
create policy admission_fence on exclusions as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on exclusions as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on exclusions as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on exclusions as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on exclusions as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on exclusions to passerelle_app;
grant delete, insert, select on exclusions to passerelle_transfer;
grant update (lifted_by, lifted_at) on exclusions to passerelle_app;
grant select (tenant_id, exclusion_id, dossier_id, terms) on exclusions to passerelle_rotation;
grant update (terms) on exclusions to passerelle_rotation;

create table exports (
	tenant_id uuid not null,
	export_id uuid not null,
	subject text not null,
	format text not null,
	reason text not null,
	people integer not null,
	asked_by uuid not null,
	asked_at timestamp with time zone not null,
	expires_at timestamp with time zone not null,
	answered_by uuid,
	answered_at timestamp with time zone,
	granted boolean not null default false,
	taken_at timestamp with time zone,
	constraint exports_pkey PRIMARY KEY (tenant_id, export_id),
	constraint exports_are_answered_at_a_moment CHECK ((answered_by IS NULL) = (answered_at IS NULL) AND (answered_at IS NOT NULL OR NOT granted)),
	constraint exports_last_a_day CHECK (expires_at <= (asked_at + '24:00:00'::interval)),
	constraint exports_name_codes_alone CHECK (subject ~ '^[a-z]{1,20}$'::text AND (format = ANY (ARRAY['csv'::text, 'xlsx'::text, 'pdf'::text])) AND reason ~ '^[a-z_]{1,40}$'::text),
	constraint exports_of_many_are_granted CHECK (taken_at IS NULL OR people <= 50 OR granted),
	constraint exports_take_two CHECK (answered_by <> asked_by),
	constraint exports_tell_of_somebody CHECK (people > 0)
);
comment on table exports is 'Files that somebody asked for: of what, of how many people, why, who else granted it, and whether it was taken.';
CREATE INDEX exports_by_time ON exports USING btree (tenant_id, asked_at DESC, export_id);
alter table exports enable row level security;
alter table exports force row level security;
create policy scope_fence on exports as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admin'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admin'::text THEN true ELSE false END);
create policy tenant_fence on exports as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy both_answer on exports as permissive for update to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admin'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admin'::text THEN true ELSE false END);
create policy both_read on exports as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admin'::text THEN true ELSE false END);
create policy staff_asks on exports as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'staff'::text AND asked_by = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid AND answered_by IS NULL AND taken_at IS NULL);
CREATE TRIGGER exports_are_nobody_elses BEFORE UPDATE ON exports FOR EACH ROW EXECUTE FUNCTION refuse_to_export_for_another();
grant insert, select on exports to passerelle_app;
grant delete, insert, select on exports to passerelle_transfer;
grant update (answered_by, answered_at, granted, taken_at) on exports to passerelle_app;

create table facts (
	tenant_id uuid not null,
	dossier_id uuid not null,
	source text not null,
	facts bytea not null,
	constraint facts_pkey PRIMARY KEY (tenant_id, dossier_id, source),
	constraint facts_name_their_source_by_a_code CHECK (source ~ '^[a-z_]{1,40}$'::text)
);
comment on table facts is 'What a capability has reported of a dossier: dated facts, all that it knows in one value.';
comment on column facts.facts is 'Sealed under the keyset of the dossier.';
alter table facts enable row level security;
alter table facts force row level security;
create policy admission_fence on facts as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on facts as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on facts as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on facts as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on facts as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant delete, insert, select on facts to passerelle_app;
grant delete, insert, select on facts to passerelle_transfer;
grant update (facts) on facts to passerelle_app;
grant select (tenant_id, dossier_id, source, facts) on facts to passerelle_rotation;
grant update (facts) on facts to passerelle_rotation;

create table findings (
	tenant_id uuid not null,
	finding_id uuid not null,
	dossier_id uuid not null,
	body text not null,
	verdict text not null,
	found_on date not null,
	words bytea not null,
	recorded_by uuid not null,
	recorded_at timestamp with time zone not null,
	corrects uuid,
	withdrawn_at timestamp with time zone,
	withdrawn_by uuid,
	constraint findings_pkey PRIMARY KEY (tenant_id, finding_id),
	constraint findings_are_corrected_once UNIQUE (tenant_id, corrects),
	constraint findings_of_one_dossier_are_told_apart UNIQUE (tenant_id, dossier_id, finding_id),
	constraint findings_are_by_a_known_body CHECK (body = ANY (ARRAY['ngo'::text, 'police_justice'::text, 'sem'::text, 'court'::text, 'victim_assistance'::text])),
	constraint findings_are_what_their_body_can_find CHECK (
CASE body
    WHEN 'ngo'::text THEN verdict = ANY (ARRAY['presumed'::text, 'identified'::text, 'not_trafficking'::text, 'unclear'::text, 'contact_lost'::text])
    ELSE verdict = ANY (ARRAY['indications'::text, 'recognised'::text, 'not_recognised'::text, 'pending'::text])
END),
	constraint findings_withdrawn_say_by_whom CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL))
);
comment on table findings is 'What a body found on whether the person is a victim of trafficking, on a day. Several stand side by side; what was wrong is corrected or withdrawn, and stays.';
comment on column findings.words is 'Sealed under the keyset of the dossier.';
CREATE INDEX findings_by_dossier ON findings USING btree (tenant_id, dossier_id, found_on DESC, finding_id);
alter table findings enable row level security;
alter table findings force row level security;
create policy admission_fence on findings as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on findings as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on findings as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on findings as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on findings as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
CREATE TRIGGER findings_are_counted_for_the_year AFTER INSERT ON findings REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION count_year_of_findings();
CREATE TRIGGER findings_are_counted_for_the_year_anew AFTER UPDATE ON findings REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION count_year_of_findings();
CREATE TRIGGER findings_are_counted_for_the_year_down AFTER DELETE ON findings REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION count_year_of_findings();
grant insert, select on findings to passerelle_app;
grant delete, insert, select on findings to passerelle_transfer;
grant update (words, withdrawn_at, withdrawn_by) on findings to passerelle_app;
grant select (tenant_id, finding_id, dossier_id, words) on findings to passerelle_rotation;
grant update (words) on findings to passerelle_rotation;

create table guardians (
	tenant_id uuid not null,
	guardian_id uuid not null,
	dossier_id uuid not null,
	role text not null,
	since date not null,
	until date,
	particulars bytea not null,
	version integer not null,
	written_by uuid not null,
	written_at timestamp with time zone not null,
	constraint guardians_pkey PRIMARY KEY (tenant_id, guardian_id),
	constraint guardians_end_after_they_begin CHECK (until >= since),
	constraint guardians_have_a_role CHECK (role = ANY (ARRAY['curator'::text, 'person_of_trust'::text]))
);
comment on table guardians is 'Who acts for a child: the curator whom the protection authority appointed, and the person of trust.';
comment on column guardians.particulars is 'Sealed under the keyset of the dossier.';
CREATE INDEX guardians_by_dossier ON guardians USING btree (tenant_id, dossier_id, since DESC, guardian_id);
alter table guardians enable row level security;
alter table guardians force row level security;
create policy admission_fence on guardians as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on guardians as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on guardians as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on guardians as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on guardians as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on guardians to passerelle_app;
grant delete, insert, select on guardians to passerelle_transfer;
grant update (until, particulars, version, written_by, written_at) on guardians to passerelle_app;
grant select (tenant_id, guardian_id, dossier_id, particulars) on guardians to passerelle_rotation;
grant update (particulars) on guardians to passerelle_rotation;

create table handover_keys (
	tenant_id uuid not null,
	recipient text not null,
	version integer not null,
	written_by uuid not null,
	written_at timestamp with time zone not null,
	confirmed_by uuid,
	confirmed_at timestamp with time zone,
	constraint handover_keys_pkey PRIMARY KEY (tenant_id),
	constraint handover_keys_are_confirmed_at_a_moment CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL)),
	constraint handover_keys_are_for_age CHECK (recipient ~ '^age1[02-9ac-hj-np-z]{58}$'::text),
	constraint handover_keys_take_two CHECK (confirmed_by <> written_by)
);
comment on table handover_keys is 'The public key for which an archive of everything is encrypted: given by one who administers the tenant, and confirmed by another. The tenant has the other half, and nobody else.';
alter table handover_keys enable row level security;
alter table handover_keys force row level security;
create policy scope_fence on handover_keys as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END);
create policy tenant_fence on handover_keys as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy admin on handover_keys as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END)
	with check (current_setting('app.scope'::text, true) = 'admin'::text AND NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid = COALESCE(confirmed_by, written_by));
grant insert, select on handover_keys to passerelle_app;
grant delete, insert, select on handover_keys to passerelle_transfer;
grant update (recipient, version, written_by, written_at, confirmed_by, confirmed_at) on handover_keys to passerelle_app;

create table handovers (
	tenant_id uuid not null,
	handover_id uuid not null,
	from_id uuid not null,
	asked_by uuid,
	asked_at timestamp with time zone,
	to_id uuid,
	done_by uuid,
	done_at timestamp with time zone,
	dossiers integer not null default 0,
	tasks integer not null default 0,
	referrals integer not null default 0,
	appointments integer not null default 0,
	constraint handovers_pkey PRIMARY KEY (tenant_id, handover_id),
	constraint handovers_are_asked_for_by_somebody CHECK ((asked_at IS NULL) = (asked_by IS NULL)),
	constraint handovers_are_done_by_somebody CHECK ((done_at IS NULL) = (done_by IS NULL) AND (done_at IS NULL) = (to_id IS NULL)),
	constraint handovers_are_to_somebody_else CHECK (from_id <> to_id)
);
comment on table handovers is 'That the work of a member was to go to a colleague, and did: how many dossiers, tasks and referrals, and none of which.';
CREATE UNIQUE INDEX handovers_are_open_once ON handovers USING btree (tenant_id, from_id) WHERE done_at IS NULL;
CREATE INDEX handovers_by_member ON handovers USING btree (tenant_id, from_id);
alter table handovers enable row level security;
alter table handovers force row level security;
create policy scope_fence on handovers as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admin'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admin'::text THEN true ELSE false END);
create policy tenant_fence on handovers as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy both_read on handovers as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admin'::text THEN true ELSE false END);
create policy both_write on handovers as permissive for insert to passerelle_app
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admin'::text THEN true ELSE false END);
create policy staff_hands_over on handovers as permissive for update to passerelle_app
	using (current_setting('app.scope'::text, true) = 'staff'::text AND done_at IS NULL)
	with check (done_by = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
grant select on handovers to passerelle_app;
grant delete, insert, select on handovers to passerelle_transfer;
grant insert (tenant_id, handover_id, from_id, asked_by, asked_at) on handovers to passerelle_app;
grant update (to_id, done_by, done_at, dossiers, tasks, referrals, appointments) on handovers to passerelle_app;

create table house_rules (
	tenant_id uuid not null,
	house_rule_id uuid not null,
	rule text not null,
	version integer not null,
	amount integer,
	half boolean not null default false,
	unit text,
	warn integer[] not null,
	valid_from date not null,
	words bytea not null,
	decided_by uuid not null,
	decided_at timestamp with time zone not null,
	constraint house_rules_pkey PRIMARY KEY (tenant_id, house_rule_id),
	constraint house_rules_are_decided_one_after_the_other UNIQUE (tenant_id, rule, version),
	constraint house_rules_are_counted CHECK (version >= 1),
	constraint house_rules_count_days_or_months CHECK (unit = ANY (ARRAY['days'::text, 'months'::text])),
	constraint house_rules_have_a_whole_length CHECK ((amount IS NULL) = (unit IS NULL) AND amount > 0 AND (amount IS NOT NULL OR NOT half)),
	constraint house_rules_name_the_rule_by_a_code CHECK (rule ~ '^[a-z0-9_]{1,40}$'::text)
);
comment on table house_rules is 'What an organisation has decided of a rule: how long its own spans are and when to remind, from which day on, and who decided it. Only added to.';
comment on column house_rules.words is 'Sealed under the keyset of the directory.';
alter table house_rules enable row level security;
alter table house_rules force row level security;
create policy scope_fence on house_rules as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on house_rules as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on house_rules as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff_decides on house_rules as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'staff'::text AND decided_by = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
create policy staff_reads on house_rules as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on house_rules to passerelle_app;
grant delete, insert, select on house_rules to passerelle_transfer;
grant select (tenant_id, house_rule_id, words) on house_rules to passerelle_rotation;
grant update (words) on house_rules to passerelle_rotation;

create table housing_evaluations (
	tenant_id uuid not null,
	evaluation_id uuid not null,
	dossier_id uuid not null,
	stay_id uuid not null,
	evaluated_on date not null,
	decision text not null,
	prolonged_until date,
	document bytea not null,
	evaluated_by uuid not null,
	constraint housing_evaluations_pkey PRIMARY KEY (tenant_id, evaluation_id),
	constraint housing_evaluations_come_to_a_known_decision CHECK (decision = ANY (ARRAY['open'::text, 'prolonged'::text, 'solution_found'::text, 'not_prolonged'::text])),
	constraint housing_evaluations_that_prolong_say_until_when CHECK ((decision = 'prolonged'::text) = (prolonged_until IS NOT NULL))
);
comment on table housing_evaluations is 'What was considered before a stay in a protected place ended, and what was decided. Written once.';
comment on column housing_evaluations.document is 'Sealed under the keyset of the dossier.';
CREATE INDEX housing_evaluations_of_a_dossier ON housing_evaluations USING btree (tenant_id, dossier_id, evaluated_on DESC);
CREATE INDEX housing_evaluations_of_a_stay ON housing_evaluations USING btree (tenant_id, stay_id);
alter table housing_evaluations enable row level security;
alter table housing_evaluations force row level security;
create policy admission_fence on housing_evaluations as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on housing_evaluations as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on housing_evaluations as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on housing_evaluations as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on housing_evaluations as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on housing_evaluations to passerelle_app;
grant delete, insert, select on housing_evaluations to passerelle_transfer;
grant select (tenant_id, evaluation_id, dossier_id, document) on housing_evaluations to passerelle_rotation;
grant update (document) on housing_evaluations to passerelle_rotation;

create table housing_stays (
	tenant_id uuid not null,
	stay_id uuid not null,
	dossier_id uuid not null,
	place_id uuid,
	kind text not null,
	beds integer not null,
	begins_on date not null,
	planned_end_on date,
	leaves_on date,
	help_ended_on date,
	ended_on date,
	went_to text not null default ''::text,
	particulars bytea not null,
	address bytea,
	version integer not null default 1,
	constraint housing_stays_pkey PRIMARY KEY (tenant_id, stay_id),
	constraint housing_stays_are_in_a_place_or_an_own_flat CHECK ((kind = 'own_flat'::text) = (place_id IS NULL)),
	constraint housing_stays_end_after_they_begin CHECK (ended_on >= begins_on),
	constraint housing_stays_in_a_place_leave_the_address_to_it CHECK (kind = 'own_flat'::text OR address IS NULL),
	constraint housing_stays_name_where_to_by_a_code CHECK (went_to ~ '^[a-z_]{0,40}$'::text),
	constraint housing_stays_say_where_to_when_they_end CHECK ((ended_on IS NULL) = (went_to = ''::text)),
	constraint housing_stays_take_beds CHECK (beds >= 1 AND beds <= 12)
);
comment on table housing_stays is 'Who lives or lived where, from when until when. An own flat is no place: it is nobody else''s.';
comment on column housing_stays.address is 'Sealed under the keyset of the dossier.';
comment on column housing_stays.particulars is 'Sealed under the keyset of the dossier.';
CREATE INDEX housing_stays_by_end ON housing_stays USING btree (tenant_id, ended_on);
CREATE INDEX housing_stays_of_a_dossier ON housing_stays USING btree (tenant_id, dossier_id, begins_on);
CREATE UNIQUE INDEX housing_stays_run_one_at_a_time ON housing_stays USING btree (tenant_id, dossier_id) WHERE ended_on IS NULL;
CREATE INDEX housing_stays_running ON housing_stays USING btree (tenant_id, place_id) WHERE ended_on IS NULL;
alter table housing_stays enable row level security;
alter table housing_stays force row level security;
create policy scope_fence on housing_stays as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'figures'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'figures'::text THEN true ELSE false END);
create policy tenant_fence on housing_stays as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy figures on housing_stays as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'figures'::text THEN true ELSE false END);
create policy rotation on housing_stays as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on housing_stays as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
CREATE TRIGGER housing_stays_are_counted_for_the_year AFTER INSERT ON housing_stays REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION count_year_of_housing_stays();
CREATE TRIGGER housing_stays_are_counted_for_the_year_anew AFTER UPDATE ON housing_stays REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION count_year_of_housing_stays();
CREATE TRIGGER housing_stays_are_counted_for_the_year_down AFTER DELETE ON housing_stays REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION count_year_of_housing_stays();
grant insert, select on housing_stays to passerelle_app;
grant delete, insert, select on housing_stays to passerelle_transfer;
grant update (beds, begins_on, planned_end_on, leaves_on, help_ended_on, ended_on, went_to, particulars, address, version) on housing_stays to passerelle_app;
grant select (tenant_id, stay_id, dossier_id, particulars, address) on housing_stays to passerelle_rotation;
grant update (particulars, address) on housing_stays to passerelle_rotation;

create table identifications (
	tenant_id uuid not null,
	identification_id uuid not null,
	dossier_id uuid not null,
	set_digest text not null,
	assessed_on date not null,
	particulars bytea not null,
	written_by uuid not null,
	written_at timestamp with time zone not null,
	constraint identifications_pkey PRIMARY KEY (tenant_id, identification_id),
	constraint identifications_name_their_dossier UNIQUE (tenant_id, dossier_id, identification_id)
);
comment on table identifications is 'What somebody found that speaks for being a victim: answers to a set of indicators, a judgement in words, the view of the person. A new one never replaces the one before.';
comment on column identifications.particulars is 'Sealed under the keyset of the dossier.';
CREATE INDEX identifications_by_dossier ON identifications USING btree (tenant_id, dossier_id, assessed_on DESC, written_at DESC, identification_id);
alter table identifications enable row level security;
alter table identifications force row level security;
create policy admission_fence on identifications as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on identifications as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on identifications as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on identifications as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on identifications as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on identifications to passerelle_app;
grant delete, insert, select on identifications to passerelle_transfer;
grant select (tenant_id, identification_id, dossier_id, particulars) on identifications to passerelle_rotation;
grant update (particulars) on identifications to passerelle_rotation;

create table identities (
	identity_id uuid not null,
	connection_id uuid not null,
	issuer text not null,
	subject text not null,
	display_name text not null default ''::text,
	display_email text not null default ''::text,
	first_seen_at timestamp with time zone not null default now(),
	constraint identities_pkey PRIMARY KEY (identity_id),
	constraint identities_are_one_subject_of_one_issuer UNIQUE (connection_id, issuer, subject)
);
comment on table identities is 'Who a provider says that someone is: (connection, issuer, subject). Name and e-mail are for display and decide nothing.';
alter table identities enable row level security;
alter table identities force row level security;
create policy door_fence on identities as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'signin'::text OR current_setting('app.scope'::text, true) = 'directory'::text AND connection_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid)
	with check (current_setting('app.scope'::text, true) = 'signin'::text OR current_setting('app.scope'::text, true) = 'directory'::text AND connection_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
create policy directory on identities as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'directory'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'directory'::text THEN true ELSE false END);
create policy door on identities as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'signin'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'signin'::text THEN true ELSE false END);
grant insert, select, update on identities to passerelle_app;
grant delete, insert, select on identities to passerelle_transfer;

create table imports (
	tenant_id uuid not null,
	import_id uuid not null,
	person_id uuid not null,
	total integer not null,
	done integer not null default 0,
	sheet bytea,
	created_at timestamp with time zone not null,
	begun_at timestamp with time zone,
	finished_at timestamp with time zone,
	version integer not null default 1,
	constraint imports_pkey PRIMARY KEY (tenant_id, import_id),
	constraint imports_are_done_when_they_finish CHECK (finished_at IS NULL OR done = total),
	constraint imports_are_never_more_than_done CHECK (done >= 0 AND done <= total),
	constraint imports_have_rows CHECK (total > 0),
	constraint imports_keep_the_sheet_until_they_finish CHECK ((finished_at IS NULL) = (sheet IS NOT NULL))
);
comment on table imports is 'A file with a caseload on its way to being dossiers: how many rows, how many are done. The file goes with the last row.';
comment on column imports.sheet is 'Sealed under the keyset of the person.';
CREATE INDEX imports_in_order ON imports USING btree (tenant_id, person_id, created_at DESC, import_id);
alter table imports enable row level security;
alter table imports force row level security;
create policy scope_fence on imports as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'staff'::text AND person_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid)
	with check (current_setting('app.scope'::text, true) = 'staff'::text AND person_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
create policy tenant_fence on imports as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on imports as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on imports as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant delete, insert, select on imports to passerelle_app;
grant delete, insert, select on imports to passerelle_transfer;
grant update (done, sheet, begun_at, finished_at, version) on imports to passerelle_app;
grant select (tenant_id, import_id, person_id, sheet) on imports to passerelle_rotation;
grant update (sheet) on imports to passerelle_rotation;

create table indicator_sets (
	tenant_id uuid not null,
	digest text not null,
	name text not null,
	edition text not null,
	definition text not null,
	loaded_by uuid not null,
	loaded_at timestamp with time zone not null,
	constraint indicator_sets_pkey PRIMARY KEY (tenant_id, digest),
	constraint indicator_sets_are_known_by_their_digest CHECK (digest ~ '^[0-9a-f]{64}$'::text)
);
comment on table indicator_sets is 'A list of indicators as it was loaded, or as it was used for the first time. None is ever changed: an assessment goes on saying what was asked.';
CREATE INDEX indicator_sets_by_name ON indicator_sets USING btree (tenant_id, name, loaded_at DESC);
alter table indicator_sets enable row level security;
alter table indicator_sets force row level security;
create policy scope_fence on indicator_sets as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on indicator_sets as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy staff on indicator_sets as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on indicator_sets to passerelle_app;
grant delete, insert, select on indicator_sets to passerelle_transfer;

create table inquiries (
	tenant_id uuid not null,
	inquiry_id uuid not null,
	dossier_id uuid not null,
	particulars bytea not null,
	version integer not null,
	recorded_at timestamp with time zone not null,
	changed_at timestamp with time zone not null,
	changed_by uuid not null,
	changed_by_name text not null,
	constraint inquiries_pkey PRIMARY KEY (tenant_id, inquiry_id),
	constraint inquiries_count_their_versions_from_one CHECK (version >= 1)
);
comment on table inquiries is 'A request of a dossier''s person for access to what is kept about her, its extension and its answer.';
comment on column inquiries.particulars is 'Sealed under the keyset of the dossier.';
CREATE INDEX inquiries_of_a_dossier ON inquiries USING btree (tenant_id, dossier_id, recorded_at DESC, inquiry_id);
alter table inquiries enable row level security;
alter table inquiries force row level security;
create policy admission_fence on inquiries as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on inquiries as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on inquiries as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on inquiries as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on inquiries as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on inquiries to passerelle_app;
grant delete, insert, select on inquiries to passerelle_transfer;
grant update (particulars, version, changed_at, changed_by, changed_by_name) on inquiries to passerelle_app;
grant select (tenant_id, inquiry_id, dossier_id, particulars) on inquiries to passerelle_rotation;
grant update (particulars) on inquiries to passerelle_rotation;

create table interpreters (
	tenant_id uuid not null,
	interpreter_id uuid not null,
	particulars bytea not null,
	active_until date,
	added_by uuid not null,
	added_at timestamp with time zone not null,
	version integer not null default 1,
	constraint interpreters_pkey PRIMARY KEY (tenant_id, interpreter_id)
);
comment on table interpreters is 'The directory of those whom the NGO calls in to interpret.';
comment on column interpreters.particulars is 'Sealed under the keyset of the directory.';
alter table interpreters enable row level security;
alter table interpreters force row level security;
create policy scope_fence on interpreters as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on interpreters as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on interpreters as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on interpreters as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on interpreters to passerelle_app;
grant delete, insert, select on interpreters to passerelle_transfer;
grant update (particulars, active_until, version) on interpreters to passerelle_app;
grant select (tenant_id, interpreter_id, particulars) on interpreters to passerelle_rotation;
grant update (particulars) on interpreters to passerelle_rotation;

create table interview_counts (
	tenant_id uuid not null,
	month date not null,
	kind text not null,
	member_id uuid not null,
	interviews integer not null,
	minutes integer not null,
	constraint interview_counts_pkey PRIMARY KEY (tenant_id, month, kind, member_id),
	constraint interview_counts_are_not_negative CHECK (interviews >= 0 AND minutes >= 0)
);
comment on table interview_counts is 'How many interviews of which kind a member held in a month, and how long. A trigger keeps it in the transaction of each change.';
alter table interview_counts enable row level security;
alter table interview_counts force row level security;
create policy scope_fence on interview_counts as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'figures'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'figures'::text THEN true ELSE false END);
create policy tenant_fence on interview_counts as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy figures on interview_counts as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'figures'::text THEN true ELSE false END);
create policy staff on interview_counts as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on interview_counts to passerelle_app;
grant delete, insert, select on interview_counts to passerelle_transfer;
grant update (interviews, minutes) on interview_counts to passerelle_app;

create table interview_versions (
	tenant_id uuid not null,
	interview_id uuid not null,
	version integer not null,
	dossier_id uuid not null,
	contents bytea not null,
	written_at timestamp with time zone not null,
	written_by uuid not null,
	constraint interview_versions_pkey PRIMARY KEY (tenant_id, interview_id, version)
);
comment on table interview_versions is 'What an interview said before it was corrected, whole. Nobody changes or deletes it.';
comment on column interview_versions.contents is 'Sealed under the keyset of the dossier.';
alter table interview_versions enable row level security;
alter table interview_versions force row level security;
create policy admission_fence on interview_versions as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on interview_versions as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on interview_versions as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on interview_versions as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on interview_versions as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on interview_versions to passerelle_app;
grant delete, insert, select on interview_versions to passerelle_transfer;
grant select (tenant_id, interview_id, version, dossier_id, contents) on interview_versions to passerelle_rotation;
grant update (contents) on interview_versions to passerelle_rotation;

create table interviews (
	tenant_id uuid not null,
	interview_id uuid not null,
	dossier_id uuid not null,
	kind text not null,
	held_at timestamp with time zone not null,
	month date not null generated always as (date_trunc('month'::text, (held_at AT TIME ZONE 'Europe/Zurich'::text))::date) stored,
	minutes integer not null,
	member_id uuid not null,
	hard boolean not null,
	noted boolean not null,
	account bytea not null,
	recorded_at timestamp with time zone not null,
	version integer not null default 1,
	written_at timestamp with time zone not null,
	written_by uuid not null,
	constraint interviews_pkey PRIMARY KEY (tenant_id, interview_id),
	constraint interviews_keep_to_their_dossier UNIQUE (tenant_id, interview_id, dossier_id),
	constraint interviews_are_of_a_known_kind CHECK (kind = ANY (ARRAY['individual'::text, 'office'::text, 'phone'::text, 'crisis'::text, 'network'::text])),
	constraint interviews_last_a_day_at_most CHECK (minutes >= 1 AND minutes <= 1440)
);
comment on table interviews is 'An interview with a person, or an accompaniment: when, of what kind, how long, by whom. What was said, where and with whom is sealed.';
comment on column interviews.account is 'Sealed under the keyset of the dossier.';
CREATE INDEX interviews_of_a_dossier ON interviews USING btree (tenant_id, dossier_id, held_at DESC, interview_id DESC);
CREATE INDEX interviews_recent ON interviews USING btree (tenant_id, held_at DESC, interview_id DESC);
CREATE INDEX interviews_recent_by_kind ON interviews USING btree (tenant_id, kind, held_at DESC, interview_id DESC);
CREATE INDEX interviews_recent_by_member ON interviews USING btree (tenant_id, member_id, held_at DESC, interview_id DESC);
CREATE INDEX interviews_without_a_note ON interviews USING btree (tenant_id, member_id, held_at DESC, interview_id DESC) WHERE NOT noted;
alter table interviews enable row level security;
alter table interviews force row level security;
create policy admission_fence on interviews as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on interviews as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on interviews as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on interviews as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on interviews as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
CREATE TRIGGER interviews_are_counted AFTER INSERT ON interviews REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION count_interviews();
CREATE TRIGGER interviews_are_counted_anew AFTER UPDATE ON interviews REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION count_interviews();
CREATE TRIGGER interviews_are_counted_down AFTER DELETE ON interviews REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION count_interviews();
grant insert, select on interviews to passerelle_app;
grant delete, insert, select on interviews to passerelle_transfer;
grant update (kind, held_at, minutes, hard, noted, account, version, written_at, written_by) on interviews to passerelle_app;
grant select (tenant_id, interview_id, dossier_id, account) on interviews to passerelle_rotation;
grant update (account) on interviews to passerelle_rotation;

create table invitations (
	tenant_id uuid not null,
	invitation_id uuid not null,
	name text not null,
	email text not null,
	role text not null,
	office_id uuid,
	connection_id uuid not null,
	language text not null,
	code_hash bytea,
	invited_by uuid not null,
	invited_at timestamp with time zone not null,
	expires_at timestamp with time zone,
	letter integer not null default 0,
	begun_at timestamp with time zone,
	sent_at timestamp with time zone,
	withdrawn_at timestamp with time zone,
	withdrawn_by uuid,
	redeemed_at timestamp with time zone,
	identity_id uuid,
	constraint invitations_pkey PRIMARY KEY (tenant_id, invitation_id),
	constraint invitations_have_a_code_of_their_own UNIQUE (tenant_id, code_hash),
	constraint invitations_are_for_a_role CHECK (role = ANY (ARRAY['caseworker'::text, 'coordinator'::text, 'auditor'::text, 'statistician'::text, 'admin'::text, 'office_member'::text, 'office_lead'::text])),
	constraint invitations_are_in_a_language_of_pages CHECK (language = ANY (ARRAY['fr'::text, 'de'::text, 'it'::text, 'en'::text])),
	constraint invitations_are_redeemed_by_somebody CHECK ((redeemed_at IS NULL) = (identity_id IS NULL)),
	constraint invitations_are_redeemed_or_withdrawn CHECK (redeemed_at IS NULL OR withdrawn_at IS NULL),
	constraint invitations_are_sent_once_begun CHECK (sent_at IS NULL OR begun_at IS NOT NULL),
	constraint invitations_are_withdrawn_by_somebody CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL)),
	constraint invitations_to_an_office_name_it CHECK ((office_id IS NOT NULL) = (role = ANY (ARRAY['office_member'::text, 'office_lead'::text]))),
	constraint invitations_with_a_code_expire CHECK ((code_hash IS NULL) = (expires_at IS NULL))
);
comment on table invitations is 'That somebody may join in a role, by a code used once, of which only the SHA-256 is kept. The e-mail says where the code went, and links nobody.';
CREATE INDEX invitations_waiting ON invitations USING btree (tenant_id, invited_at DESC) WHERE redeemed_at IS NULL AND withdrawn_at IS NULL;
alter table invitations enable row level security;
alter table invitations force row level security;
create policy scope_fence on invitations as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'admin'::text OR current_setting('app.scope'::text, true) = 'office'::text AND office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid)
	with check (current_setting('app.scope'::text, true) = 'admin'::text OR current_setting('app.scope'::text, true) = 'office'::text AND office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid);
create policy tenant_fence on invitations as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy admin on invitations as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END);
create policy office on invitations as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'office'::text THEN true ELSE false END);
grant select on invitations to passerelle_app;
grant delete, insert, select on invitations to passerelle_transfer;
grant insert (tenant_id, invitation_id, name, email, role, office_id, connection_id, language, invited_by, invited_at) on invitations to passerelle_app;
grant update (code_hash, expires_at, letter, begun_at, sent_at, withdrawn_at, withdrawn_by, redeemed_at, identity_id) on invitations to passerelle_app;

create table journal_checkpoints (
	tenant_id uuid not null,
	checkpoint bigint not null,
	size bigint not null,
	root bytea not null,
	complete_until timestamp with time zone not null,
	note text not null,
	at timestamp with time zone not null default now(),
	constraint journal_checkpoints_pkey PRIMARY KEY (tenant_id, checkpoint),
	constraint journal_checkpoints_are_counted_from_one CHECK (checkpoint >= 1),
	constraint journal_checkpoints_hold_a_root CHECK (size >= 0 AND octet_length(root) = 32)
);
comment on table journal_checkpoints is 'What was signed of a tenant''s tree: its size, its root, and until when it holds every entry. Only added to.';
alter table journal_checkpoints enable row level security;
alter table journal_checkpoints force row level security;
create policy scope_fence on journal_checkpoints as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'sequencer'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'sequencer'::text THEN true ELSE false END);
create policy tenant_fence on journal_checkpoints as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy sequencer_adds on journal_checkpoints as permissive for insert to passerelle_sequencer
	with check (true);
create policy sequencer_reads on journal_checkpoints as permissive for select to passerelle_sequencer
	using (true);
CREATE TRIGGER journal_checkpoints_go_on_from_each_other BEFORE INSERT ON journal_checkpoints FOR EACH ROW EXECUTE FUNCTION refuse_another_history();
alter table journal_checkpoints enable always trigger journal_checkpoints_go_on_from_each_other;
CREATE TRIGGER journal_checkpoints_stay BEFORE DELETE OR UPDATE ON journal_checkpoints FOR EACH ROW EXECUTE FUNCTION refuse_to_change_the_journal();
alter table journal_checkpoints enable always trigger journal_checkpoints_stay;
CREATE TRIGGER journal_checkpoints_stay_all BEFORE TRUNCATE ON journal_checkpoints FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_the_journal();
alter table journal_checkpoints enable always trigger journal_checkpoints_stay_all;
grant select on journal_checkpoints to passerelle_sequencer;
grant delete, insert, select on journal_checkpoints to passerelle_transfer;
grant insert (tenant_id, checkpoint, size, root, complete_until, note) on journal_checkpoints to passerelle_sequencer;

create table journal_entries (
	tenant_id uuid not null,
	transaction xid8 not null default pg_current_xact_id(),
	entry_id uuid not null,
	at timestamp with time zone not null default clock_timestamp(),
	person_id uuid not null,
	role text not null,
	office_id uuid,
	action text not null,
	dossier_id uuid,
	referral_id uuid,
	data_classes text[] not null default '{}'::text[],
	reason text not null default ''::text,
	request_id uuid,
	constraint journal_entries_pkey PRIMARY KEY (tenant_id, transaction, entry_id),
	constraint journal_entries_name_codes_alone CHECK (action ~ '^[a-z_]{1,40}$'::text AND reason ~ '^[a-z_]{0,40}$'::text AND role ~ '^[a-z_]{1,40}$'::text AND array_to_string(data_classes, ','::text, '?'::text) ~ '^[a-z_,]{0,200}$'::text),
	constraint journal_entries_of_a_referral_name_its_dossier CHECK (referral_id IS NULL OR dossier_id IS NOT NULL)
);
comment on table journal_entries is 'Who saw or did what, when, with which dossier or referral. Only added to.';
CREATE INDEX journal_entries_by_dossier ON journal_entries USING btree (tenant_id, dossier_id, at DESC, entry_id DESC) WHERE dossier_id IS NOT NULL;
CREATE INDEX journal_entries_by_person ON journal_entries USING btree (tenant_id, person_id, at);
CREATE INDEX journal_entries_by_time ON journal_entries USING btree (tenant_id, at DESC, person_id);
alter table journal_entries enable row level security;
alter table journal_entries force row level security;
create policy scope_fence on journal_entries as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'crossing'::text AND role = 'neighbour'::text AND action ~ '^move_'::text OR current_setting('app.scope'::text, true) = 'factor'::text AND person_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid AND dossier_id IS NULL OR current_setting('app.scope'::text, true) = 'watch'::text OR current_setting('app.scope'::text, true) = 'staff'::text OR current_setting('app.scope'::text, true) = 'sequencer'::text OR current_setting('app.scope'::text, true) = 'office'::text AND office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid AND person_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid OR current_setting('app.scope'::text, true) = 'admin'::text AND (role = ANY (ARRAY['admin'::text, 'platform'::text, 'directory'::text])) AND dossier_id IS NULL OR current_setting('app.scope'::text, true) = 'admin'::text AND action ~ '^member_'::text AND dossier_id IS NULL OR current_setting('app.scope'::text, true) = 'platform'::text AND role = 'platform'::text AND dossier_id IS NULL OR current_setting('app.scope'::text, true) = 'directory'::text AND role = 'directory'::text AND person_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid AND dossier_id IS NULL)
	with check (current_setting('app.scope'::text, true) = 'crossing'::text AND role = 'neighbour'::text AND action ~ '^move_'::text OR current_setting('app.scope'::text, true) = 'factor'::text AND person_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid AND dossier_id IS NULL OR current_setting('app.scope'::text, true) = 'watch'::text OR current_setting('app.scope'::text, true) = 'staff'::text OR current_setting('app.scope'::text, true) = 'sequencer'::text OR current_setting('app.scope'::text, true) = 'office'::text AND office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid AND person_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid OR current_setting('app.scope'::text, true) = 'admin'::text AND (role = ANY (ARRAY['admin'::text, 'platform'::text, 'directory'::text])) AND dossier_id IS NULL OR current_setting('app.scope'::text, true) = 'admin'::text AND action ~ '^member_'::text AND dossier_id IS NULL OR current_setting('app.scope'::text, true) = 'platform'::text AND role = 'platform'::text AND dossier_id IS NULL OR current_setting('app.scope'::text, true) = 'directory'::text AND role = 'directory'::text AND person_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid AND dossier_id IS NULL);
create policy tenant_fence on journal_entries as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy admin_reads on journal_entries as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END);
create policy admin_writes on journal_entries as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'admin'::text AND person_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
create policy both_read on journal_entries as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'office'::text THEN true ELSE false END);
create policy crossing_writes on journal_entries as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'crossing'::text);
create policy directory_writes on journal_entries as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'directory'::text);
create policy factor_writes on journal_entries as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'factor'::text AND NOT office_id IS DISTINCT FROM NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid);
create policy office_writes on journal_entries as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'office'::text AND referral_id IS NOT NULL);
create policy platform_writes on journal_entries as permissive for insert to passerelle_platform
	with check (current_setting('app.scope'::text, true) = 'platform'::text);
create policy sequencer on journal_entries as permissive for select to passerelle_sequencer
	using (CASE current_setting('app.scope'::text, true) WHEN 'sequencer'::text THEN true ELSE false END);
create policy staff_writes on journal_entries as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'staff'::text AND person_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid AND office_id IS NULL);
create policy watch_reads on journal_entries as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'watch'::text THEN true ELSE false END);
CREATE TRIGGER journal_entries_stay BEFORE DELETE OR UPDATE ON journal_entries FOR EACH ROW EXECUTE FUNCTION refuse_to_change_the_journal();
alter table journal_entries enable always trigger journal_entries_stay;
CREATE TRIGGER journal_entries_stay_all BEFORE TRUNCATE ON journal_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_the_journal();
alter table journal_entries enable always trigger journal_entries_stay_all;
grant select on journal_entries to passerelle_app;
grant select on journal_entries to passerelle_sequencer;
grant delete, insert, select on journal_entries to passerelle_transfer;
grant insert (tenant_id, entry_id, person_id, role, office_id, action, dossier_id, referral_id, data_classes, reason, request_id) on journal_entries to passerelle_app;
grant insert (tenant_id, entry_id, person_id, role, action, reason) on journal_entries to passerelle_platform;

create table journal_leaves (
	tenant_id uuid not null,
	leaf bigint not null,
	transaction xid8 not null,
	entry_id uuid not null,
	hashes bytea not null,
	constraint journal_leaves_pkey PRIMARY KEY (tenant_id, leaf),
	constraint journal_leaves_take_each_entry_once UNIQUE (tenant_id, transaction, entry_id),
	constraint journal_leaves_are_counted_from_zero CHECK (leaf >= 0),
	constraint journal_leaves_hold_whole_hashes CHECK (octet_length(hashes) >= 32 AND octet_length(hashes) <= 2048 AND (octet_length(hashes) % 32) = 0)
);
comment on table journal_leaves is 'Which entry of the journal is which leaf of its tenant''s tree, and the hashes that were stored with it. Only added to.';
alter table journal_leaves enable row level security;
alter table journal_leaves force row level security;
create policy scope_fence on journal_leaves as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'sequencer'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'sequencer'::text THEN true ELSE false END);
create policy tenant_fence on journal_leaves as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy sequencer_adds on journal_leaves as permissive for insert to passerelle_sequencer
	with check (true);
create policy sequencer_reads on journal_leaves as permissive for select to passerelle_sequencer
	using (true);
CREATE TRIGGER journal_leaves_follow_each_other AFTER INSERT ON journal_leaves REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_a_gap_in_the_tree();
alter table journal_leaves enable always trigger journal_leaves_follow_each_other;
CREATE TRIGGER journal_leaves_stay BEFORE DELETE OR UPDATE ON journal_leaves FOR EACH ROW EXECUTE FUNCTION refuse_to_change_the_journal();
alter table journal_leaves enable always trigger journal_leaves_stay;
CREATE TRIGGER journal_leaves_stay_all BEFORE TRUNCATE ON journal_leaves FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_the_journal();
alter table journal_leaves enable always trigger journal_leaves_stay_all;
grant select on journal_leaves to passerelle_sequencer;
grant delete, insert, select on journal_leaves to passerelle_transfer;
grant insert (tenant_id, leaf, transaction, entry_id, hashes) on journal_leaves to passerelle_sequencer;

create table languages (
	tenant_id uuid not null,
	member_id uuid not null,
	language text not null,
	constraint languages_pkey PRIMARY KEY (tenant_id, member_id),
	constraint languages_are_those_of_pages CHECK (language = ANY (ARRAY['fr'::text, 'de'::text, 'it'::text, 'en'::text]))
);
comment on table languages is 'Which language somebody of the staff has chosen for pages, so that e-mails come in it.';
alter table languages enable row level security;
alter table languages force row level security;
create policy scope_fence on languages as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'clock'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'clock'::text THEN true ELSE false END);
create policy tenant_fence on languages as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy clock_reads on languages as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'clock'::text THEN true ELSE false END);
create policy own on languages as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'staff'::text AND member_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid)
	with check (current_setting('app.scope'::text, true) = 'staff'::text AND member_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
grant insert, select on languages to passerelle_app;
grant delete, insert, select on languages to passerelle_transfer;
grant update (language) on languages to passerelle_app;

create table letters (
	tenant_id uuid not null,
	letter_id uuid not null,
	dossier_id uuid not null,
	template text not null,
	language text not null,
	contents bytea not null,
	written_by uuid not null,
	written_at timestamp with time zone not null,
	constraint letters_pkey PRIMARY KEY (tenant_id, letter_id),
	constraint letters_name_codes_alone CHECK (template ~ '^[a-z_]{1,40}$'::text AND language ~ '^[a-z]{2}$'::text)
);
comment on table letters is 'What was written for a person to a service, as it was produced: it never changes.';
comment on column letters.contents is 'Sealed under the keyset of the dossier.';
CREATE INDEX letters_of_a_dossier ON letters USING btree (tenant_id, dossier_id, written_at DESC);
alter table letters enable row level security;
alter table letters force row level security;
create policy admission_fence on letters as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on letters as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on letters as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on letters as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on letters as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on letters to passerelle_app;
grant delete, insert, select on letters to passerelle_transfer;
grant select (tenant_id, letter_id, dossier_id, contents) on letters to passerelle_rotation;
grant update (contents) on letters to passerelle_rotation;

create table logout_tokens (
	connection_id uuid not null,
	token_hash bytea not null,
	expires_at timestamp with time zone not null,
	constraint logout_tokens_pkey PRIMARY KEY (connection_id, token_hash)
);
comment on table logout_tokens is 'Words of providers that somebody has signed out, by the hash of their jti, for as long as they could be said again: each is heard once.';
CREATE INDEX logout_tokens_by_end ON logout_tokens USING btree (expires_at);
alter table logout_tokens enable row level security;
alter table logout_tokens force row level security;
create policy door_fence on logout_tokens as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'signin'::text)
	with check (current_setting('app.scope'::text, true) = 'signin'::text);
create policy door on logout_tokens as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'signin'::text)
	with check (current_setting('app.scope'::text, true) = 'signin'::text);
grant delete, insert, select on logout_tokens to passerelle_app;
grant delete, insert, select on logout_tokens to passerelle_transfer;

create table mandate_acts (
	tenant_id uuid not null,
	act_id uuid not null,
	mandate_id uuid not null,
	act text not null,
	by_name text not null,
	about text not null,
	at timestamp with time zone not null,
	constraint mandate_acts_pkey PRIMARY KEY (tenant_id, act_id)
);
comment on table mandate_acts is 'What was done for a tenant within a mandate. Only added to; the journal has an entry of each.';
CREATE INDEX mandate_acts_of_a_mandate ON mandate_acts USING btree (tenant_id, mandate_id, at);
alter table mandate_acts enable row level security;
alter table mandate_acts force row level security;
create policy door_fence on mandate_acts as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND current_setting('app.scope'::text, true) = 'admin'::text OR current_setting('app.scope'::text, true) = 'platform'::text)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND current_setting('app.scope'::text, true) = 'admin'::text OR current_setting('app.scope'::text, true) = 'platform'::text);
create policy admin on mandate_acts as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END);
create policy platform_adds on mandate_acts as permissive for insert to passerelle_platform
	with check (current_setting('app.scope'::text, true) = 'platform'::text);
create policy platform_reads on mandate_acts as permissive for select to passerelle_platform
	using (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END);
CREATE TRIGGER mandate_acts_stay BEFORE DELETE OR UPDATE ON mandate_acts FOR EACH ROW EXECUTE FUNCTION refuse_to_change_the_journal();
CREATE TRIGGER mandate_acts_stay_all BEFORE TRUNCATE ON mandate_acts FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_the_journal();
CREATE TRIGGER mandate_acts_stay_within_it AFTER INSERT ON mandate_acts FOR EACH ROW EXECUTE FUNCTION refuse_acts_beyond_a_mandate();
grant select on mandate_acts to passerelle_app;
grant insert, select on mandate_acts to passerelle_platform;
grant delete, insert, select on mandate_acts to passerelle_transfer;

create table mandates (
	tenant_id uuid not null,
	mandate_id uuid not null,
	asked_by uuid not null,
	asked_name text not null,
	purpose text not null,
	acts text[] not null,
	hours integer not null,
	asked_at timestamp with time zone not null,
	approved_by uuid,
	approved_at timestamp with time zone,
	ends_at timestamp with time zone,
	refused_by uuid,
	refused_at timestamp with time zone,
	ended_by uuid,
	ended_at timestamp with time zone,
	constraint mandates_pkey PRIMARY KEY (tenant_id, mandate_id),
	constraint mandates_are_answered_within_a_week CHECK (approved_at <= (asked_at + '168:00:00'::interval)),
	constraint mandates_are_approved_by_somebody CHECK ((approved_at IS NULL) = (approved_by IS NULL)),
	constraint mandates_are_approved_or_refused CHECK (approved_at IS NULL OR refused_at IS NULL),
	constraint mandates_are_refused_by_somebody CHECK ((refused_at IS NULL) = (refused_by IS NULL)),
	constraint mandates_last_a_day_at_most CHECK (hours >= 1 AND hours <= 24),
	constraint mandates_last_as_long_as_was_asked CHECK ((approved_at IS NULL) = (ends_at IS NULL) AND ends_at = (approved_at + make_interval(hours => hours))),
	constraint mandates_name_acts CHECK (cardinality(acts) > 0 AND acts <@ ARRAY['administrator'::text, 'registry'::text]),
	constraint mandates_say_what_for CHECK (length(btrim(purpose)) >= 1 AND length(btrim(purpose)) <= 500)
);
comment on table mandates is 'That those who run the installation may do certain things for a tenant, which one of its administrators has allowed until a moment, and can end before.';
CREATE INDEX mandates_by_time ON mandates USING btree (tenant_id, asked_at DESC, mandate_id);
alter table mandates enable row level security;
alter table mandates force row level security;
create policy door_fence on mandates as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'signin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND current_setting('app.scope'::text, true) = 'admin'::text OR current_setting('app.scope'::text, true) = 'platform'::text)
	with check (current_setting('app.scope'::text, true) = 'signin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND current_setting('app.scope'::text, true) = 'admin'::text OR current_setting('app.scope'::text, true) = 'platform'::text);
create policy admin on mandates as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END);
create policy admin_answers on mandates as permissive for update to passerelle_app
	using (current_setting('app.scope'::text, true) = 'admin'::text)
	with check (NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid = approved_by OR NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid = refused_by OR NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid = ended_by);
create policy door on mandates as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'signin'::text THEN true ELSE false END);
create policy platform_adds on mandates as permissive for insert to passerelle_platform
	with check (current_setting('app.scope'::text, true) = 'platform'::text);
create policy platform_ends on mandates as permissive for update to passerelle_platform
	using (current_setting('app.scope'::text, true) = 'platform'::text)
	with check (ended_at IS NOT NULL AND ended_by IS NULL);
create policy platform_reads on mandates as permissive for select to passerelle_platform
	using (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END);
CREATE TRIGGER mandates_stay_answered BEFORE UPDATE ON mandates FOR EACH ROW EXECUTE FUNCTION refuse_to_answer_again();
grant select on mandates to passerelle_app;
grant select on mandates to passerelle_platform;
grant delete, insert, select on mandates to passerelle_transfer;
grant update (approved_by, approved_at, ends_at, refused_by, refused_at, ended_by, ended_at) on mandates to passerelle_app;
grant insert (tenant_id, mandate_id, asked_by, asked_name, purpose, acts, hours, asked_at) on mandates to passerelle_platform;
grant update (ended_at) on mandates to passerelle_platform;

create table meeting_places (
	tenant_id uuid not null,
	appointment_id uuid not null,
	dossier_id uuid not null,
	place bytea not null,
	constraint meeting_places_pkey PRIMARY KEY (tenant_id, appointment_id)
);
comment on table meeting_places is 'Where an appointment of a dossier is. What is a member''s own has no place.';
comment on column meeting_places.place is 'Sealed under the keyset of the dossier.';
CREATE INDEX meeting_places_of_a_dossier ON meeting_places USING btree (tenant_id, dossier_id);
alter table meeting_places enable row level security;
alter table meeting_places force row level security;
create policy admission_fence on meeting_places as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on meeting_places as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on meeting_places as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on meeting_places as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on meeting_places as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on meeting_places to passerelle_app;
grant delete, insert, select on meeting_places to passerelle_transfer;
grant update (place) on meeting_places to passerelle_app;
grant select (tenant_id, appointment_id, dossier_id, place) on meeting_places to passerelle_rotation;
grant update (place) on meeting_places to passerelle_rotation;

create table member_acts (
	tenant_id uuid not null,
	act_id uuid not null,
	at timestamp with time zone not null,
	by_id uuid not null,
	by_name text not null,
	by_role text not null,
	deed text not null,
	about_id uuid not null,
	about_name text not null,
	role text not null,
	office_id uuid,
	detail text not null,
	constraint member_acts_pkey PRIMARY KEY (tenant_id, act_id),
	constraint member_acts_name_codes CHECK (deed ~ '^[a-z_]{1,30}$'::text AND role ~ '^[a-z_]{0,30}$'::text AND by_role ~ '^[a-z_]{1,30}$'::text)
);
comment on table member_acts is 'Who invited, admitted, shut out or gave a role to whom, when. Only added to; the journal has an entry of each.';
CREATE INDEX member_acts_about ON member_acts USING btree (tenant_id, about_id, at DESC);
CREATE INDEX member_acts_by_time ON member_acts USING btree (tenant_id, at DESC, act_id DESC);
alter table member_acts enable row level security;
alter table member_acts force row level security;
create policy scope_fence on member_acts as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admin'::text THEN true WHEN 'directory'::text THEN by_role = 'directory'::text ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admin'::text THEN true WHEN 'directory'::text THEN by_role = 'directory'::text ELSE false END);
create policy tenant_fence on member_acts as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy admin_notes on member_acts as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'admin'::text AND by_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
create policy both_read on member_acts as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admin'::text THEN true ELSE false END);
create policy directory_notes on member_acts as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'directory'::text AND by_role = 'directory'::text AND deed = 'disabled'::text AND by_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
create policy staff_notes on member_acts as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'staff'::text AND deed = 'handed_over'::text AND by_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
CREATE TRIGGER member_acts_stay BEFORE DELETE OR UPDATE ON member_acts FOR EACH ROW EXECUTE FUNCTION refuse_to_change_the_journal();
alter table member_acts enable always trigger member_acts_stay;
CREATE TRIGGER member_acts_stay_all BEFORE TRUNCATE ON member_acts FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_the_journal();
alter table member_acts enable always trigger member_acts_stay_all;
grant insert, select on member_acts to passerelle_app;
grant delete, insert, select on member_acts to passerelle_transfer;

create table member_professions (
	tenant_id uuid not null,
	member_id uuid not null,
	profession text not null,
	granted_by uuid not null,
	granted_at timestamp with time zone not null,
	constraint member_professions_pkey PRIMARY KEY (tenant_id, member_id, profession),
	constraint member_professions_are_granted_by_somebody_else CHECK (granted_by <> member_id),
	constraint member_professions_are_known CHECK (profession = ANY (ARRAY['medical'::text, 'psychological'::text, 'legal'::text]))
);
comment on table member_professions is 'Who of the staff is bound by the secret of a profession, as an administrator has written down.';
alter table member_professions enable row level security;
alter table member_professions force row level security;
create policy scope_fence on member_professions as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admin'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admin'::text THEN true ELSE false END);
create policy tenant_fence on member_professions as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy admin_grants on member_professions as permissive for insert to passerelle_app
	with check (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END);
create policy admin_withdraws on member_professions as permissive for delete to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END);
create policy both_read on member_professions as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admin'::text THEN true ELSE false END);
grant delete, insert, select on member_professions to passerelle_app;
grant delete, insert, select on member_professions to passerelle_transfer;

create table members (
	tenant_id uuid not null,
	member_id uuid not null,
	name text not null,
	email text not null,
	role text not null,
	connection_id uuid not null,
	expected_subject text,
	identity_id uuid,
	joined_at timestamp with time zone not null default now(),
	ended_at timestamp with time zone,
	seen_at timestamp with time zone,
	ended_as text not null default ''::text,
	constraint members_pkey PRIMARY KEY (tenant_id, member_id),
	constraint members_are_expected_once_for_a_role UNIQUE (tenant_id, connection_id, expected_subject, role),
	constraint members_have_a_staff_role CHECK (role = ANY (ARRAY['caseworker'::text, 'coordinator'::text, 'auditor'::text, 'statistician'::text, 'admin'::text])),
	constraint members_leave_or_are_shut_out CHECK (ended_as = ANY (ARRAY[''::text, 'left'::text, 'disabled'::text]))
);
comment on table members is 'The staff of an NGO. A membership waits for its expected subject and is bound at the first sign-in.';
CREATE INDEX members_by_identity ON members USING btree (identity_id);
alter table members enable row level security;
alter table members force row level security;
create policy door_fence on members as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'signin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'clock'::text, 'admin'::text])) OR current_setting('app.scope'::text, true) = 'platform'::text AND role = 'admin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND current_setting('app.scope'::text, true) = 'directory'::text AND (connection_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid OR role = 'admin'::text))
	with check (current_setting('app.scope'::text, true) = 'signin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'clock'::text, 'admin'::text])) OR current_setting('app.scope'::text, true) = 'platform'::text AND role = 'admin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND current_setting('app.scope'::text, true) = 'directory'::text AND (connection_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid OR role = 'admin'::text));
create policy admin on members as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END);
create policy admin_changes on members as permissive for update to passerelle_app
	using (current_setting('app.scope'::text, true) = 'admin'::text)
	with check (current_setting('app.scope'::text, true) = 'admin'::text);
create policy admin_names on members as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'admin'::text);
create policy clock on members as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'clock'::text THEN true ELSE false END);
create policy directory on members as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'directory'::text THEN true ELSE false END);
create policy directory_ends on members as permissive for update to passerelle_app
	using (current_setting('app.scope'::text, true) = 'directory'::text)
	with check (current_setting('app.scope'::text, true) = 'directory'::text AND connection_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid AND ended_as = 'disabled'::text);
create policy door on members as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'signin'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'signin'::text THEN true ELSE false END);
create policy platform_adds on members as permissive for insert to passerelle_platform
	with check (current_setting('app.scope'::text, true) = 'platform'::text);
create policy platform_reads on members as permissive for select to passerelle_platform
	using (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END);
create policy staff on members as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
CREATE TRIGGER members_end_with_their_sessions AFTER UPDATE OF ended_at ON members FOR EACH ROW WHEN (new.ended_at <= (clock_timestamp() + '00:01:00'::interval) AND (old.ended_at IS NULL OR old.ended_at > (clock_timestamp() + '00:01:00'::interval))) EXECUTE FUNCTION end_sessions_with_the_membership('member_id');
CREATE TRIGGER members_keep_their_subject BEFORE UPDATE OF expected_subject ON members FOR EACH ROW WHEN (old.expected_subject IS NOT NULL AND new.expected_subject IS DISTINCT FROM old.expected_subject) EXECUTE FUNCTION keep_the_subject();
CREATE TRIGGER members_of_a_live_tenant_need_a_mandate BEFORE INSERT ON members FOR EACH ROW EXECUTE FUNCTION refuse_without_a_mandate('administrator');
grant select on members to passerelle_app;
grant delete, insert, select on members to passerelle_transfer;
grant insert (tenant_id, member_id, name, email, role, connection_id, expected_subject, identity_id, joined_at) on members to passerelle_app;
grant update (role, expected_subject, identity_id, ended_at, seen_at, ended_as) on members to passerelle_app;
grant insert (tenant_id, member_id, name, email, role, connection_id, expected_subject) on members to passerelle_platform;
grant select (tenant_id, member_id, role, identity_id, ended_at) on members to passerelle_platform;

create table messages (
	tenant_id uuid not null,
	message_id uuid not null,
	referral_id uuid not null,
	office_id uuid not null,
	visible_until timestamp with time zone not null,
	kind text not null,
	from_office boolean not null,
	author_id uuid not null,
	author_name text not null,
	sent_at timestamp with time zone not null default now(),
	body bytea not null,
	constraint messages_pkey PRIMARY KEY (tenant_id, message_id),
	constraint messages_are_of_a_known_kind CHECK (kind = ANY (ARRAY['message'::text, 'question'::text, 'answer'::text]))
);
comment on table messages is 'What NGO and office write to each other about one referral.';
comment on column messages.body is 'Sealed under the keyset of the referral.';
CREATE INDEX messages_by_referral ON messages USING btree (tenant_id, referral_id, sent_at);
alter table messages enable row level security;
alter table messages force row level security;
create policy scope_fence on messages as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'office'::text THEN office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid AND visible_until > now() ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'office'::text THEN office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid AND visible_until > now() ELSE false END);
create policy tenant_fence on messages as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy both_read on messages as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'office'::text THEN true ELSE false END);
create policy office_writes on messages as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'office'::text AND author_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid AND from_office);
create policy rotation on messages as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff_writes on messages as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'staff'::text AND author_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid AND NOT from_office);
CREATE TRIGGER messages_end_with_their_referral BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION end_with_the_referral();
grant insert, select on messages to passerelle_app;
grant delete, insert, select on messages to passerelle_transfer;
grant select (tenant_id, message_id, referral_id, body) on messages to passerelle_rotation;
grant update (body) on messages to passerelle_rotation;

create table moves (
	tenant_id uuid not null,
	move_id uuid not null,
	dossier_id uuid not null,
	to_tenant_id uuid not null,
	to_name text not null,
	from_name text not null,
	reason text not null,
	answer_by date not null,
	asker_name text not null,
	asker_phone text not null,
	asker_email text not null,
	particulars bytea not null,
	proposed_by uuid not null,
	proposed_at timestamp with time zone not null,
	withdrawn_by uuid,
	withdrawn_at timestamp with time zone,
	answered_at timestamp with time zone,
	decline_reason text not null default ''::text,
	colleague text not null default ''::text,
	public_key bytea,
	sent_by uuid,
	sent_at timestamp with time zone,
	expires_at timestamp with time zone,
	opened_at timestamp with time zone,
	constraint moves_pkey PRIMARY KEY (tenant_id, move_id),
	constraint moves_are_accepted_with_a_key CHECK ((answered_at IS NOT NULL AND decline_reason = ''::text) = (public_key IS NOT NULL)),
	constraint moves_are_declined_for_a_known_reason CHECK (decline_reason = ANY (ARRAY[''::text, 'no_place'::text, 'not_competent'::text, 'unreachable'::text, 'other'::text])),
	constraint moves_are_opened_after_they_are_sent CHECK (opened_at IS NULL OR sent_at IS NOT NULL),
	constraint moves_are_sent_after_they_are_accepted CHECK (sent_at IS NULL OR public_key IS NOT NULL),
	constraint moves_are_sent_by_somebody CHECK ((sent_at IS NULL) = (sent_by IS NULL) AND (sent_at IS NULL) = (expires_at IS NULL)),
	constraint moves_are_withdrawn_by_somebody CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL)),
	constraint moves_go_elsewhere CHECK (to_tenant_id <> tenant_id),
	constraint moves_have_a_known_reason CHECK (reason = ANY (ARRAY['safety'::text, 'housing'::text, 'work'::text, 'family'::text, 'other'::text])),
	constraint moves_wait_two_weeks_at_most CHECK (expires_at <= (sent_at + '14 days'::interval))
);
comment on table moves is 'That an accompaniment is to go to another tenant, as the side sees it that hands over. What the other side has said is written by triggers.';
comment on column moves.particulars is 'Sealed under the keyset of the dossier: the consent of the person, and which chapters go along.';
CREATE INDEX moves_of_a_dossier ON moves USING btree (tenant_id, dossier_id, proposed_at DESC, move_id);
alter table moves enable row level security;
alter table moves force row level security;
create policy admission_fence on moves as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on moves as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'crossing'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'crossing'::text THEN true ELSE false END);
create policy tenant_fence on moves as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy crossing on moves as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'crossing'::text THEN move_id = NULLIF(current_setting('app.crossing'::text, true), ''::text)::uuid ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'crossing'::text THEN move_id = NULLIF(current_setting('app.crossing'::text, true), ''::text)::uuid ELSE false END);
create policy rotation on moves as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff_goes_on on moves as permissive for update to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END AND (NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid = withdrawn_by OR NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid = sent_by));
create policy staff_proposes on moves as permissive for insert to passerelle_app
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END AND proposed_by = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
create policy staff_reads on moves as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
CREATE TRIGGER moves_are_answered_by_the_other_side BEFORE UPDATE ON moves FOR EACH ROW EXECUTE FUNCTION refuse_to_speak_for_the_receiver();
CREATE TRIGGER moves_are_told_to_the_other_side AFTER INSERT ON moves FOR EACH ROW EXECUTE FUNCTION propose_a_move();
CREATE TRIGGER moves_take_their_package_back AFTER DELETE OR UPDATE ON moves FOR EACH ROW EXECUTE FUNCTION take_a_move_back();
grant insert, select on moves to passerelle_app;
grant delete, insert, select on moves to passerelle_transfer;
grant update (withdrawn_by, withdrawn_at, answered_at, decline_reason, colleague, public_key, sent_by, sent_at, expires_at, opened_at) on moves to passerelle_app;
grant select (tenant_id, move_id, dossier_id, particulars) on moves to passerelle_rotation;
grant update (particulars) on moves to passerelle_rotation;

create table note_versions (
	tenant_id uuid not null,
	note_id uuid not null,
	version integer not null,
	circle_id uuid not null,
	dossier_id uuid not null,
	noted_on date not null,
	contents bytea not null,
	written_by uuid not null,
	written_at timestamp with time zone not null,
	constraint note_versions_pkey PRIMARY KEY (tenant_id, note_id, version)
);
comment on table note_versions is 'What a note said before it was corrected.';
comment on column note_versions.contents is 'Sealed under the keyset of the dossier.';
alter table note_versions enable row level security;
alter table note_versions force row level security;
create policy admission_fence on note_versions as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy circle_fence on note_versions as restrictive for all to public
	using (CASE WHEN CURRENT_USER = 'passerelle_rotation'::name THEN true ELSE circle_id = ANY (NULLIF(current_setting('app.circles'::text, true), ''::text)::uuid[]) END)
	with check (CASE WHEN CURRENT_USER = 'passerelle_rotation'::name THEN true ELSE circle_id = ANY (NULLIF(current_setting('app.circles'::text, true), ''::text)::uuid[]) END);
create policy scope_fence on note_versions as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on note_versions as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on note_versions as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on note_versions as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on note_versions to passerelle_app;
grant delete, insert, select on note_versions to passerelle_transfer;
grant select (tenant_id, note_id, version, dossier_id, contents) on note_versions to passerelle_rotation;
grant update (contents) on note_versions to passerelle_rotation;

create table notes (
	tenant_id uuid not null,
	note_id uuid not null,
	circle_id uuid not null,
	dossier_id uuid not null,
	noted_on date not null,
	contents bytea not null,
	author_id uuid not null,
	recorded_at timestamp with time zone not null,
	version integer not null,
	written_by uuid not null,
	written_at timestamp with time zone not null,
	struck_by uuid,
	struck_at timestamp with time zone,
	constraint notes_pkey PRIMARY KEY (tenant_id, note_id),
	constraint notes_are_of_one_circle UNIQUE (tenant_id, note_id, circle_id, dossier_id),
	constraint notes_are_struck_by_somebody CHECK ((struck_at IS NULL) = (struck_by IS NULL)),
	constraint notes_count_their_versions_from_one CHECK (version >= 1)
);
comment on table notes is 'What those of a circle have written, for nobody but them.';
comment on column notes.contents is 'Sealed under the keyset of the dossier.';
CREATE INDEX notes_of_a_circle ON notes USING btree (tenant_id, circle_id, noted_on DESC, recorded_at DESC, note_id DESC);
alter table notes enable row level security;
alter table notes force row level security;
create policy admission_fence on notes as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy circle_fence on notes as restrictive for all to public
	using (CASE WHEN CURRENT_USER = 'passerelle_rotation'::name THEN true ELSE circle_id = ANY (NULLIF(current_setting('app.circles'::text, true), ''::text)::uuid[]) END)
	with check (CASE WHEN CURRENT_USER = 'passerelle_rotation'::name THEN true ELSE circle_id = ANY (NULLIF(current_setting('app.circles'::text, true), ''::text)::uuid[]) END);
create policy scope_fence on notes as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on notes as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on notes as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on notes as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on notes to passerelle_app;
grant delete, insert, select on notes to passerelle_transfer;
grant update (noted_on, contents, version, written_by, written_at, struck_by, struck_at) on notes to passerelle_app;
grant select (tenant_id, note_id, dossier_id, contents) on notes to passerelle_rotation;
grant update (contents) on notes to passerelle_rotation;

create table offences (
	tenant_id uuid not null,
	dossier_id uuid not null,
	version integer not null,
	offence bytea not null,
	constraint offences_pkey PRIMARY KEY (tenant_id, dossier_id)
);
comment on table offences is 'When the offence was committed in Switzerland and when it became known: what the time limits of claims count from.';
comment on column offences.offence is 'Sealed under the keyset of the dossier.';
alter table offences enable row level security;
alter table offences force row level security;
create policy admission_fence on offences as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on offences as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on offences as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on offences as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on offences as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on offences to passerelle_app;
grant delete, insert, select on offences to passerelle_transfer;
grant update (version, offence) on offences to passerelle_app;
grant select (tenant_id, dossier_id, offence) on offences to passerelle_rotation;
grant update (offence) on offences to passerelle_rotation;

create table office_members (
	tenant_id uuid not null,
	office_member_id uuid not null,
	office_id uuid not null,
	name text not null,
	email text not null,
	connection_id uuid not null,
	expected_subject text not null,
	identity_id uuid,
	joined_at timestamp with time zone not null default now(),
	ended_at timestamp with time zone,
	role text not null default 'office_member'::text,
	seen_at timestamp with time zone,
	ended_as text not null default ''::text,
	constraint office_members_pkey PRIMARY KEY (tenant_id, office_member_id),
	constraint office_members_are_expected_once UNIQUE (tenant_id, office_id, connection_id, expected_subject),
	constraint office_members_have_a_role_of_offices CHECK (role = ANY (ARRAY['office_member'::text, 'office_lead'::text])),
	constraint office_members_leave_or_are_shut_out CHECK (ended_as = ANY (ARRAY[''::text, 'left'::text, 'disabled'::text]))
);
comment on table office_members is 'The people of an office. Somebody who works for offices of two cantons has a row in each.';
CREATE INDEX office_members_by_identity ON office_members USING btree (identity_id);
CREATE INDEX office_members_by_office ON office_members USING btree (tenant_id, office_id);
alter table office_members enable row level security;
alter table office_members force row level security;
create policy door_fence on office_members as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'signin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND ((current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'admin'::text])) OR current_setting('app.scope'::text, true) = 'office'::text AND office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid) OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND current_setting('app.scope'::text, true) = 'directory'::text AND connection_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid)
	with check (current_setting('app.scope'::text, true) = 'signin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND ((current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'admin'::text])) OR current_setting('app.scope'::text, true) = 'office'::text AND office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid) OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND current_setting('app.scope'::text, true) = 'directory'::text AND connection_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
create policy admin on office_members as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END);
create policy admin_changes on office_members as permissive for update to passerelle_app
	using (current_setting('app.scope'::text, true) = 'admin'::text)
	with check (current_setting('app.scope'::text, true) = 'admin'::text);
create policy admin_names on office_members as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'admin'::text);
create policy directory on office_members as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'directory'::text THEN true ELSE false END);
create policy directory_ends on office_members as permissive for update to passerelle_app
	using (current_setting('app.scope'::text, true) = 'directory'::text)
	with check (current_setting('app.scope'::text, true) = 'directory'::text AND connection_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid AND ended_as = 'disabled'::text);
create policy door on office_members as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'signin'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'signin'::text THEN true ELSE false END);
create policy office on office_members as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'office'::text THEN true ELSE false END);
create policy staff on office_members as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
CREATE TRIGGER office_members_end_with_their_sessions AFTER UPDATE OF ended_at ON office_members FOR EACH ROW WHEN (new.ended_at <= (clock_timestamp() + '00:01:00'::interval) AND (old.ended_at IS NULL OR old.ended_at > (clock_timestamp() + '00:01:00'::interval))) EXECUTE FUNCTION end_sessions_with_the_membership('office_member_id');
grant select on office_members to passerelle_app;
grant delete, insert, select on office_members to passerelle_transfer;
grant insert (tenant_id, office_member_id, office_id, name, email, connection_id, expected_subject, identity_id, joined_at, role) on office_members to passerelle_app;
grant update (identity_id, ended_at, role, seen_at, ended_as) on office_members to passerelle_app;

create table office_regions (
	tenant_id uuid not null,
	office_id uuid not null,
	valid_from date not null,
	region_id uuid not null,
	region_kind text not null generated always as ('region'::text) stored,
	recorded_at timestamp with time zone not null,
	recorded_by uuid not null,
	constraint office_regions_pkey PRIMARY KEY (tenant_id, office_id, valid_from)
);
comment on table office_regions is 'From which day on an office belonged to which region, until the next one. That regions merge is told by the regions.';
CREATE INDEX office_regions_by_region ON office_regions USING btree (tenant_id, region_id);
alter table office_regions enable row level security;
alter table office_regions force row level security;
create policy scope_fence on office_regions as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admin'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admin'::text THEN true ELSE false END);
create policy tenant_fence on office_regions as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy keepers on office_regions as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admin'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admin'::text THEN true ELSE false END);
grant delete, insert, select on office_regions to passerelle_app;
grant delete, insert, select on office_regions to passerelle_transfer;
grant update (region_id, recorded_at, recorded_by) on office_regions to passerelle_app;

create table offices (
	tenant_id uuid not null,
	office_id uuid not null,
	name text not null,
	kind text not null,
	place text not null default ''::text,
	created_at timestamp with time zone not null default now(),
	closed_at timestamp with time zone,
	organisation_id uuid,
	organisation_kind text not null generated always as ('organisation'::text) stored,
	authority_id uuid,
	authority_kind text not null generated always as ('authority'::text) stored,
	valid_from date,
	ends_at timestamp with time zone not null generated always as (COALESCE(closed_at, 'infinity'::timestamp with time zone)) stored,
	successor_id uuid,
	successor_ends_at timestamp with time zone,
	services text[] not null default '{}'::text[],
	languages text[] not null default '{}'::text[],
	hours jsonb not null default '[]'::jsonb,
	capacity integer,
	capacity_unit text not null default ''::text,
	capacity_said_on date,
	capacity_said_by text not null default ''::text,
	phone text not null default ''::text,
	secure_mail text not null default ''::text,
	post_address text not null default ''::text,
	website text not null default ''::text,
	contact text not null default ''::text,
	reach_note text not null default ''::text,
	version integer not null default 1,
	changed_at timestamp with time zone,
	changed_by uuid,
	constraint offices_pkey PRIMARY KEY (tenant_id, office_id),
	constraint offices_are_known_by_their_end UNIQUE (tenant_id, office_id, ends_at),
	constraint offices_are_followed_by_what_closes_later CHECK ((successor_id IS NULL) = (successor_ends_at IS NULL) AND (successor_id IS NULL OR closed_at IS NOT NULL AND successor_ends_at > closed_at)),
	constraint offices_are_of_a_known_kind CHECK (kind = ANY (ARRAY['income_support'::text, 'job_placement'::text, 'training'::text, 'medical'::text, 'legal_aid'::text, 'social'::text, 'shelter'::text, 'return_counselling'::text])),
	constraint offices_count_what_is_free CHECK (capacity >= 0 AND capacity <= 9999 AND (capacity_unit = ANY (ARRAY[''::text, 'places'::text, 'appointments'::text]))),
	constraint offices_have_a_name CHECK (name <> ''::text),
	constraint offices_list_their_hours CHECK (jsonb_typeof(hours) = 'array'::text),
	constraint offices_tell_when_their_capacity_was_said CHECK ((capacity IS NULL) = (capacity_said_on IS NULL) AND (capacity IS NULL) = (capacity_unit = ''::text) AND (capacity IS NULL) = (capacity_said_by = ''::text)),
	constraint offices_that_shelter_have_no_address CHECK (kind <> 'shelter'::text OR post_address = ''::text)
);
comment on table offices is 'A service that receives referrals. Its kind sets the ceiling of what it may ever be sent (policies/disclosure.csv).';
comment on column offices.ends_at is 'When it closed, or infinity. A predecessor names it with the key, so that no chain comes back to where it began.';
CREATE INDEX offices_by_authority ON offices USING btree (tenant_id, authority_id) WHERE authority_id IS NOT NULL;
CREATE INDEX offices_by_organisation ON offices USING btree (tenant_id, organisation_id) WHERE organisation_id IS NOT NULL;
CREATE INDEX offices_by_successor ON offices USING btree (tenant_id, successor_id) WHERE successor_id IS NOT NULL;
alter table offices enable row level security;
alter table offices force row level security;
create policy door_fence on offices as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'signin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND ((current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'admin'::text])) OR current_setting('app.scope'::text, true) = 'office'::text AND office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid))
	with check (current_setting('app.scope'::text, true) = 'signin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND ((current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'admin'::text])) OR current_setting('app.scope'::text, true) = 'office'::text AND office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid));
create policy admin on offices as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END);
create policy door on offices as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'signin'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'signin'::text THEN true ELSE false END);
create policy keepers_add on offices as permissive for insert to passerelle_app
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admin'::text THEN true ELSE false END);
create policy keepers_change on offices as permissive for update to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admin'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admin'::text THEN true ELSE false END);
create policy keepers_remove on offices as permissive for delete to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admin'::text THEN true ELSE false END);
create policy office on offices as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'office'::text THEN true ELSE false END);
create policy staff on offices as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant delete, insert, select on offices to passerelle_app;
grant delete, insert, select on offices to passerelle_transfer;
grant update (name, place, closed_at, organisation_id, authority_id, valid_from, successor_id, successor_ends_at, services, languages, hours, capacity, capacity_unit, capacity_said_on, capacity_said_by, phone, secure_mail, post_address, website, contact, reach_note, version, changed_at, changed_by) on offices to passerelle_app;

create table openings (
	tenant_id uuid not null,
	person_id uuid not null,
	office_id uuid not null,
	referral_id uuid not null,
	at timestamp with time zone not null,
	constraint openings_pkey PRIMARY KEY (tenant_id, person_id, office_id, referral_id)
);
comment on table openings is 'Which referrals somebody of an office opened within the last hour, to count against the ceiling. What was opened earlier is in the journal.';
alter table openings enable row level security;
alter table openings force row level security;
create policy scope_fence on openings as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'watch'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'watch'::text THEN true ELSE false END);
create policy tenant_fence on openings as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy watch on openings as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'watch'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'watch'::text THEN true ELSE false END);
grant delete, insert, select on openings to passerelle_app;
grant delete, insert, select on openings to passerelle_transfer;
grant update (at) on openings to passerelle_app;

create table own_task_texts (
	tenant_id uuid not null,
	task_id uuid not null,
	assignee_id uuid not null,
	body bytea not null,
	constraint own_task_texts_pkey PRIMARY KEY (tenant_id, task_id)
);
comment on table own_task_texts is 'What somebody has to do without a dossier, in words that nobody else reads.';
comment on column own_task_texts.body is 'Sealed under the keyset of the person.';
alter table own_task_texts enable row level security;
alter table own_task_texts force row level security;
create policy scope_fence on own_task_texts as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on own_task_texts as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on own_task_texts as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on own_task_texts as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant delete, insert, select on own_task_texts to passerelle_app;
grant delete, insert, select on own_task_texts to passerelle_transfer;
grant select (tenant_id, task_id, assignee_id, body) on own_task_texts to passerelle_rotation;
grant update (body) on own_task_texts to passerelle_rotation;

create table packages (
	tenant_id uuid not null,
	move_id uuid not null,
	private_key bytea not null,
	contents bytea,
	expires_at timestamp with time zone,
	constraint packages_pkey PRIMARY KEY (tenant_id, move_id),
	constraint packages_that_are_sent_expire CHECK ((contents IS NULL) = (expires_at IS NULL))
);
comment on table packages is 'The private key of a move that was accepted, and what was sent. The row goes when it is opened, and when it is taken back.';
comment on column packages.contents is 'Encrypted to the public key of the move, which only the receiving side opens.';
comment on column packages.private_key is 'Sealed under the keyset of the move.';
alter table packages enable row level security;
alter table packages force row level security;
create policy scope_fence on packages as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'crossing'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'crossing'::text THEN true ELSE false END);
create policy tenant_fence on packages as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy crossing on packages as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'crossing'::text THEN move_id = NULLIF(current_setting('app.crossing'::text, true), ''::text)::uuid ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'crossing'::text THEN move_id = NULLIF(current_setting('app.crossing'::text, true), ''::text)::uuid ELSE false END);
create policy rotation on packages as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff_clears on packages as permissive for delete to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy staff_lays_a_key_down on packages as permissive for insert to passerelle_app
	with check (contents IS NULL AND CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy staff_opens on packages as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN expires_at IS NULL OR expires_at > now() ELSE false END);
grant delete, insert, select on packages to passerelle_app;
grant delete, insert, select on packages to passerelle_transfer;
grant update (contents, expires_at) on packages to passerelle_app;
grant select (tenant_id, move_id, private_key) on packages to passerelle_rotation;
grant update (private_key) on packages to passerelle_rotation;

create table parked_forms (
	tenant_id uuid not null,
	parked_form_id uuid not null,
	person_id uuid not null,
	page text not null,
	parked_at timestamp with time zone not null default now(),
	form_values bytea not null,
	constraint parked_forms_pkey PRIMARY KEY (tenant_id, parked_form_id)
);
comment on table parked_forms is 'What somebody had typed when the session ran out: kept for that person and a day, given back after signing in again.';
comment on column parked_forms.form_values is 'Sealed under the keyset of the person.';
CREATE INDEX parked_forms_by_age ON parked_forms USING btree (tenant_id, parked_at);
alter table parked_forms enable row level security;
alter table parked_forms force row level security;
create policy scope_fence on parked_forms as restrictive for all to public
	using ((current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'office'::text, 'admin'::text, 'figures'::text])) AND person_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid)
	with check ((current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'office'::text, 'admin'::text, 'figures'::text])) AND person_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
create policy tenant_fence on parked_forms as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy own on parked_forms as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'office'::text, 'admin'::text, 'figures'::text]))
	with check (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'office'::text, 'admin'::text, 'figures'::text]));
create policy rotation on parked_forms as permissive for all to passerelle_rotation
	using (true)
	with check (true);
grant delete, insert, select on parked_forms to passerelle_app;
grant delete, insert, select on parked_forms to passerelle_transfer;
grant select (tenant_id, parked_form_id, person_id, form_values) on parked_forms to passerelle_rotation;
grant update (form_values) on parked_forms to passerelle_rotation;

create table passkey_challenges (
	tenant_id uuid not null,
	challenge_id uuid not null,
	identity_id uuid not null,
	session_hash bytea not null,
	purpose text not null,
	ceremony jsonb not null,
	expires_at timestamp with time zone not null,
	constraint passkey_challenges_pkey PRIMARY KEY (tenant_id, challenge_id),
	constraint passkey_challenges_register_or_confirm CHECK (purpose = ANY (ARRAY['register'::text, 'confirm'::text]))
);
comment on table passkey_challenges is 'A registration or a confirmation under way: one use, five minutes, in the session that asked for it.';
CREATE INDEX passkey_challenges_by_age ON passkey_challenges USING btree (tenant_id, identity_id, expires_at);
alter table passkey_challenges enable row level security;
alter table passkey_challenges force row level security;
create policy scope_fence on passkey_challenges as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'factor'::text AND identity_id = NULLIF(current_setting('app.identity_id'::text, true), ''::text)::uuid)
	with check (current_setting('app.scope'::text, true) = 'factor'::text AND identity_id = NULLIF(current_setting('app.identity_id'::text, true), ''::text)::uuid);
create policy tenant_fence on passkey_challenges as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy own on passkey_challenges as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'factor'::text)
	with check (current_setting('app.scope'::text, true) = 'factor'::text);
grant delete, insert, select on passkey_challenges to passerelle_app;
grant delete, insert, select on passkey_challenges to passerelle_transfer;

create table passkey_recoveries (
	tenant_id uuid not null,
	recovery_id uuid not null,
	identity_id uuid not null,
	person_id uuid not null,
	office_id uuid,
	asked_at timestamp with time zone not null,
	first_by uuid,
	first_identity_id uuid,
	first_reason text,
	first_at timestamp with time zone,
	second_by uuid,
	second_identity_id uuid,
	second_reason text,
	second_at timestamp with time zone,
	refused_by uuid,
	refused_reason text,
	refused_at timestamp with time zone,
	withdrawn_at timestamp with time zone,
	used_at timestamp with time zone,
	constraint passkey_recoveries_pkey PRIMARY KEY (tenant_id, recovery_id),
	constraint passkey_recoveries_are_granted_by_one_after_the_other CHECK (second_at IS NULL OR first_at IS NOT NULL),
	constraint passkey_recoveries_are_granted_by_two_others CHECK (first_identity_id IS DISTINCT FROM identity_id AND second_identity_id IS DISTINCT FROM identity_id AND (second_identity_id IS NULL OR second_identity_id <> first_identity_id)),
	constraint passkey_recoveries_are_granted_with_a_reason CHECK ((num_nulls(first_by, first_identity_id, first_reason, first_at) = ANY (ARRAY[0, 4])) AND (num_nulls(second_by, second_identity_id, second_reason, second_at) = ANY (ARRAY[0, 4])) AND (num_nulls(refused_by, refused_reason, refused_at) = ANY (ARRAY[0, 3])) AND length(first_reason) >= 1 AND length(first_reason) <= 500 AND length(second_reason) >= 1 AND length(second_reason) <= 500 AND length(refused_reason) >= 1 AND length(refused_reason) <= 500),
	constraint passkey_recoveries_are_used_once_granted CHECK (used_at IS NULL OR second_at IS NOT NULL),
	constraint passkey_recoveries_end_one_way CHECK (num_nonnulls(refused_at, withdrawn_at, used_at) <= 1)
);
comment on table passkey_recoveries is 'Somebody who has lost her or his passkeys asks two admins to let a new one be registered. Each says why; neither is the person.';
CREATE INDEX passkey_recoveries_by_time ON passkey_recoveries USING btree (tenant_id, asked_at DESC, recovery_id);
CREATE UNIQUE INDEX passkey_recoveries_wait_one_at_a_time ON passkey_recoveries USING btree (tenant_id, identity_id) WHERE refused_at IS NULL AND withdrawn_at IS NULL AND used_at IS NULL;
alter table passkey_recoveries enable row level security;
alter table passkey_recoveries force row level security;
create policy scope_fence on passkey_recoveries as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'admin'::text OR current_setting('app.scope'::text, true) = 'factor'::text AND identity_id = NULLIF(current_setting('app.identity_id'::text, true), ''::text)::uuid)
	with check (current_setting('app.scope'::text, true) = 'admin'::text OR current_setting('app.scope'::text, true) = 'factor'::text AND identity_id = NULLIF(current_setting('app.identity_id'::text, true), ''::text)::uuid);
create policy tenant_fence on passkey_recoveries as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy both_change on passkey_recoveries as permissive for update to passerelle_app
	using (current_setting('app.scope'::text, true) = ANY (ARRAY['factor'::text, 'admin'::text]))
	with check (current_setting('app.scope'::text, true) = ANY (ARRAY['factor'::text, 'admin'::text]));
create policy both_read on passkey_recoveries as permissive for select to passerelle_app
	using (current_setting('app.scope'::text, true) = ANY (ARRAY['factor'::text, 'admin'::text]));
create policy own_asks on passkey_recoveries as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'factor'::text AND person_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
CREATE TRIGGER passkey_recoveries_are_kept_apart BEFORE UPDATE ON passkey_recoveries FOR EACH ROW EXECUTE FUNCTION keep_passkey_recoveries_apart();
grant select on passkey_recoveries to passerelle_app;
grant delete, insert, select on passkey_recoveries to passerelle_transfer;
grant insert (tenant_id, recovery_id, identity_id, person_id, office_id, asked_at) on passkey_recoveries to passerelle_app;
grant update (first_by, first_reason, first_at, second_by, second_reason, second_at, refused_by, refused_reason, refused_at, withdrawn_at, used_at) on passkey_recoveries to passerelle_app;

create table passkeys (
	tenant_id uuid not null,
	passkey_id uuid not null,
	identity_id uuid not null,
	credential_id bytea not null,
	public_key bytea not null,
	sign_count bigint not null,
	transports text[] not null default '{}'::text[],
	backup_eligible boolean not null,
	backed_up boolean not null,
	name text not null,
	added_at timestamp with time zone not null,
	used_at timestamp with time zone,
	constraint passkeys_pkey PRIMARY KEY (tenant_id, passkey_id),
	constraint passkeys_are_registered_once UNIQUE (tenant_id, credential_id),
	constraint passkeys_are_no_longer_than_the_standard_lets_them CHECK (length(credential_id) >= 16 AND length(credential_id) <= 1023 AND length(public_key) >= 16 AND length(public_key) <= 4096),
	constraint passkeys_count_from_nothing CHECK (sign_count >= 0 AND sign_count <= '4294967295'::bigint),
	constraint passkeys_have_a_name CHECK (length(name) >= 1 AND length(name) <= 60)
);
comment on table passkeys is 'What somebody confirms with, registered to her or his account in one tenant: what a tenant''s admins replace opens nothing of another''s.';
CREATE INDEX passkeys_by_identity ON passkeys USING btree (tenant_id, identity_id, added_at);
alter table passkeys enable row level security;
alter table passkeys force row level security;
create policy scope_fence on passkeys as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'factor'::text AND identity_id = NULLIF(current_setting('app.identity_id'::text, true), ''::text)::uuid)
	with check (current_setting('app.scope'::text, true) = 'factor'::text AND identity_id = NULLIF(current_setting('app.identity_id'::text, true), ''::text)::uuid);
create policy tenant_fence on passkeys as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy own on passkeys as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'factor'::text)
	with check (current_setting('app.scope'::text, true) = 'factor'::text);
grant delete, insert, select on passkeys to passerelle_app;
grant delete, insert, select on passkeys to passerelle_transfer;
grant update (sign_count, backed_up, used_at) on passkeys to passerelle_app;

create table pauses (
	tenant_id uuid not null,
	pause_id uuid not null,
	office_id uuid not null,
	person_id uuid not null,
	alert_id uuid not null,
	paused_at timestamp with time zone not null,
	lifted_at timestamp with time zone,
	lifted_by uuid,
	constraint pauses_pkey PRIMARY KEY (tenant_id, pause_id),
	constraint pauses_are_lifted_by_somebody CHECK ((lifted_at IS NULL) = (lifted_by IS NULL))
);
comment on table pauses is 'Who of an office may read no referral until the NGO lifts the pause, since when, and who lifted it when.';
CREATE INDEX pauses_of_a_person ON pauses USING btree (tenant_id, person_id, office_id, lifted_at DESC);
CREATE UNIQUE INDEX pauses_of_an_alert ON pauses USING btree (tenant_id, alert_id);
CREATE UNIQUE INDEX pauses_once_at_a_time ON pauses USING btree (tenant_id, person_id, office_id) WHERE lifted_at IS NULL;
alter table pauses enable row level security;
alter table pauses force row level security;
create policy scope_fence on pauses as restrictive for all to public
	using ((current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'watch'::text])) OR current_setting('app.scope'::text, true) = 'office'::text AND office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid AND person_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid)
	with check ((current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'watch'::text])) OR current_setting('app.scope'::text, true) = 'office'::text AND office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid AND person_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
create policy tenant_fence on pauses as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy all_read on pauses as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'watch'::text THEN true WHEN 'office'::text THEN true ELSE false END);
create policy staff_lifts on pauses as permissive for update to passerelle_app
	using (current_setting('app.scope'::text, true) = 'staff'::text AND lifted_at IS NULL)
	with check (lifted_by = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
create policy watch_pauses on pauses as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'watch'::text AND lifted_at IS NULL);
grant select on pauses to passerelle_app;
grant delete, insert, select on pauses to passerelle_transfer;
grant insert (tenant_id, pause_id, office_id, person_id, alert_id, paused_at) on pauses to passerelle_app;
grant update (lifted_at, lifted_by) on pauses to passerelle_app;

create table payers (
	tenant_id uuid not null,
	payer_id uuid not null,
	dossier_id uuid not null,
	payer text not null,
	from_on date not null,
	until_on date,
	version integer not null,
	note bytea not null,
	constraint payers_pkey PRIMARY KEY (tenant_id, payer_id),
	constraint payers_are_told_by_a_code CHECK (payer ~ '^[a-z_]{1,40}$'::text),
	constraint payers_pay_until_after_they_begin CHECK (until_on >= from_on)
);
comment on table payers is 'Who pays a person''s shelter and support from when until when.';
comment on column payers.note is 'Sealed under the keyset of the dossier.';
CREATE INDEX payers_of_a_dossier ON payers USING btree (tenant_id, dossier_id, from_on);
alter table payers enable row level security;
alter table payers force row level security;
create policy admission_fence on payers as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on payers as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on payers as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on payers as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on payers as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant delete, insert, select on payers to passerelle_app;
grant delete, insert, select on payers to passerelle_transfer;
grant update (payer, from_on, until_on, version, note) on payers to passerelle_app;
grant select (tenant_id, payer_id, dossier_id, note) on payers to passerelle_rotation;
grant update (note) on payers to passerelle_rotation;

create table phase_settings (
	tenant_id uuid not null,
	setting_id uuid not null,
	dossier_id uuid not null,
	phase text not null,
	words bytea not null,
	set_by uuid not null,
	set_at timestamp with time zone not null,
	ended_at timestamp with time zone,
	constraint phase_settings_pkey PRIMARY KEY (tenant_id, setting_id),
	constraint phase_settings_leave_closing_to_the_closing CHECK (phase = ANY (ARRAY['first_contact'::text, 'identification'::text, 'reflection'::text, 'proceedings'::text, 'integration'::text, 'independent'::text, 'return'::text]))
);
comment on table phase_settings is 'Which phase a person has set against what follows from the facts, and why; it holds until it is ended.';
comment on column phase_settings.words is 'Sealed under the keyset of the dossier.';
CREATE INDEX phase_settings_by_dossier ON phase_settings USING btree (tenant_id, dossier_id, set_at DESC);
CREATE UNIQUE INDEX phase_settings_hold_one_at_a_time ON phase_settings USING btree (tenant_id, dossier_id) WHERE ended_at IS NULL;
alter table phase_settings enable row level security;
alter table phase_settings force row level security;
create policy admission_fence on phase_settings as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on phase_settings as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on phase_settings as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on phase_settings as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on phase_settings as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on phase_settings to passerelle_app;
grant delete, insert, select on phase_settings to passerelle_transfer;
grant update (ended_at) on phase_settings to passerelle_app;
grant select (tenant_id, setting_id, dossier_id, words) on phase_settings to passerelle_rotation;
grant update (words) on phase_settings to passerelle_rotation;

create table place_showings (
	tenant_id uuid not null,
	showing_id uuid not null,
	place_id uuid not null,
	person_id uuid not null,
	reason text not null,
	shown_at timestamp with time zone not null default now(),
	constraint place_showings_pkey PRIMARY KEY (tenant_id, showing_id),
	constraint place_showings_name_codes_alone CHECK (reason ~ '^[a-z_]{1,40}$'::text)
);
comment on table place_showings is 'Who had the address of which place shown, when and why. The journal knows it as well, and names no place.';
CREATE INDEX place_showings_newest ON place_showings USING btree (tenant_id, place_id, shown_at DESC);
alter table place_showings enable row level security;
alter table place_showings force row level security;
create policy scope_fence on place_showings as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on place_showings as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy staff on place_showings as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on place_showings to passerelle_app;
grant delete, insert, select on place_showings to passerelle_transfer;

create table places (
	tenant_id uuid not null,
	place_id uuid not null,
	kind text not null,
	code_name text not null,
	beds integer not null,
	genders text[] not null default '{}'::text[],
	minors boolean not null,
	children boolean not null,
	couples boolean not null,
	accessible boolean not null,
	languages text[] not null default '{}'::text[],
	opens_on date not null,
	closes_on date,
	address bytea,
	address_forgotten_at timestamp with time zone,
	version integer not null default 1,
	constraint places_pkey PRIMARY KEY (tenant_id, place_id),
	constraint places_keep_their_kind UNIQUE (tenant_id, place_id, kind),
	constraint places_are_of_a_known_kind CHECK (kind = ANY (ARRAY['shelter'::text, 'network'::text, 'transition'::text, 'emergency'::text])),
	constraint places_close_after_they_open CHECK (closes_on >= opens_on),
	constraint places_forget_their_address_for_good CHECK (address_forgotten_at IS NULL OR address IS NULL),
	constraint places_have_beds CHECK (beds >= 1 AND beds <= 60)
);
comment on table places is 'Where people are housed, by code name: beds, who may live there, and from when until when.';
comment on column places.address is 'Sealed under the keyset of the lodging.';
CREATE UNIQUE INDEX places_have_a_code_name_of_their_own ON places USING btree (tenant_id, lower(code_name));
alter table places enable row level security;
alter table places force row level security;
create policy scope_fence on places as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on places as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on places as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on places as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on places to passerelle_app;
grant delete, insert, select on places to passerelle_transfer;
grant update (code_name, beds, genders, minors, children, couples, accessible, languages, opens_on, closes_on, address, address_forgotten_at, version) on places to passerelle_app;
grant select (tenant_id, place_id, address) on places to passerelle_rotation;
grant update (address) on places to passerelle_rotation;

create table postponements (
	tenant_id uuid not null,
	dossier_id uuid not null,
	until date not null,
	ground text not null,
	postponed_by uuid not null,
	postponed_at timestamp with time zone not null,
	constraint postponements_pkey PRIMARY KEY (tenant_id, dossier_id),
	constraint postponements_have_a_ground CHECK (ground = ANY (ARRAY['proceedings_possible'::text, 'claim_possible'::text, 'person_in_touch'::text, 'person_asked'::text, 'archive'::text, 'audit'::text])),
	constraint postponements_last_two_years_at_most CHECK (until <= ((postponed_at AT TIME ZONE 'Europe/Zurich'::text)::date + '2 years'::interval))
);
comment on table postponements is 'Until when a dossier is kept on that has been kept for long enough, why, and who said so. The last word holds; the journal has the earlier ones.';
alter table postponements enable row level security;
alter table postponements force row level security;
create policy admission_fence on postponements as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on postponements as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on postponements as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy staff on postponements as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END AND postponed_by = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
grant insert, select on postponements to passerelle_app;
grant delete, insert, select on postponements to passerelle_transfer;
grant update (until, ground, postponed_by, postponed_at) on postponements to passerelle_app;

create table presences (
	tenant_id uuid not null,
	dossier_id uuid not null,
	particulars bytea not null,
	version integer not null,
	changed_at timestamp with time zone not null,
	changed_by uuid not null,
	changed_by_name text not null,
	constraint presences_pkey PRIMARY KEY (tenant_id, dossier_id)
);
comment on table presences is 'What the law of foreigners asks of a person whatever the title: since when in Switzerland, where inquiries run, an asylum request and its decision.';
comment on column presences.particulars is 'Sealed under the keyset of the dossier.';
alter table presences enable row level security;
alter table presences force row level security;
create policy admission_fence on presences as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on presences as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on presences as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on presences as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on presences as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on presences to passerelle_app;
grant delete, insert, select on presences to passerelle_transfer;
grant update (particulars, version, changed_at, changed_by, changed_by_name) on presences to passerelle_app;
grant select (tenant_id, dossier_id, particulars) on presences to passerelle_rotation;
grant update (particulars) on presences to passerelle_rotation;

create table proceedings (
	tenant_id uuid not null,
	proceeding_id uuid not null,
	dossier_id uuid not null,
	stage text not null,
	complaint text not null,
	opened_on date,
	closed_on date,
	particulars bytea not null,
	version integer not null,
	recorded_at timestamp with time zone not null,
	changed_at timestamp with time zone not null,
	changed_by uuid not null,
	changed_by_name text not null,
	constraint proceedings_pkey PRIMARY KEY (tenant_id, proceeding_id),
	constraint proceedings_close_after_they_open CHECK (closed_on >= opened_on),
	constraint proceedings_stand_at_a_stage CHECK (stage ~ '^[a-z_]{0,40}$'::text),
	constraint proceedings_tell_of_a_complaint_by_a_code CHECK (complaint = ANY (ARRAY[''::text, 'filed'::text, 'not_filed'::text]))
);
comment on table proceedings is 'Criminal proceedings about what was done to a person: complaint, stages, hearings, remedies, rights.';
comment on column proceedings.particulars is 'Sealed under the keyset of the dossier.';
CREATE INDEX proceedings_of_dossier ON proceedings USING btree (tenant_id, dossier_id, recorded_at DESC, proceeding_id);
alter table proceedings enable row level security;
alter table proceedings force row level security;
create policy admission_fence on proceedings as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on proceedings as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on proceedings as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on proceedings as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on proceedings as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on proceedings to passerelle_app;
grant delete, insert, select on proceedings to passerelle_transfer;
grant update (stage, complaint, opened_on, closed_on, particulars, version, changed_at, changed_by, changed_by_name) on proceedings to passerelle_app;
grant select (tenant_id, proceeding_id, dossier_id, particulars) on proceedings to passerelle_rotation;
grant update (particulars) on proceedings to passerelle_rotation;

create table project_steps (
	tenant_id uuid not null,
	step_id uuid not null,
	dossier_id uuid not null,
	kind text not null,
	state text not null,
	due_on date,
	begun_on date,
	ended_on date,
	level text not null default ''::text,
	exam_on date,
	percent integer,
	sector text not null default ''::text,
	asked_on date,
	decided_on date,
	decision text not null default ''::text,
	version integer not null,
	updated_at timestamp with time zone not null,
	details bytea not null,
	constraint project_steps_pkey PRIMARY KEY (tenant_id, step_id),
	constraint project_steps_are_decided_after_they_are_asked CHECK (decided_on >= asked_on),
	constraint project_steps_are_told_by_codes CHECK (kind ~ '^[a-z_]{1,40}$'::text AND state ~ '^[a-z_]{1,40}$'::text AND level ~ '^([abc][12])?$'::text AND sector ~ '^[a-z_]{0,40}$'::text AND decision ~ '^[a-z_]{0,40}$'::text),
	constraint project_steps_end_after_they_begin CHECK (ended_on >= begun_on),
	constraint project_steps_take_up_to_all_of_the_time CHECK (percent >= 1 AND percent <= 100)
);
comment on table project_steps is 'A step of a life project: a course, work, a request for income support. State says whether it is open, done or dropped.';
comment on column project_steps.details is 'Sealed under the keyset of the dossier.';
CREATE INDEX project_steps_of_a_dossier ON project_steps USING btree (tenant_id, dossier_id, state, due_on);
alter table project_steps enable row level security;
alter table project_steps force row level security;
create policy admission_fence on project_steps as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on project_steps as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on project_steps as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on project_steps as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on project_steps as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on project_steps to passerelle_app;
grant delete, insert, select on project_steps to passerelle_transfer;
grant update (kind, state, due_on, begun_on, ended_on, level, exam_on, percent, sector, asked_on, decided_on, decision, version, updated_at, details) on project_steps to passerelle_app;
grant select (tenant_id, step_id, dossier_id, details) on project_steps to passerelle_rotation;
grant update (details) on project_steps to passerelle_rotation;

create table projects (
	tenant_id uuid not null,
	dossier_id uuid not null,
	version integer not null,
	project bytea not null,
	written_at timestamp with time zone not null,
	constraint projects_pkey PRIMARY KEY (tenant_id, dossier_id, version),
	constraint projects_count_their_versions_from_one CHECK (version >= 1)
);
comment on table projects is 'A person''s life project in her or his own words. Each version is kept; the highest is the current one.';
comment on column projects.project is 'Sealed under the keyset of the dossier.';
alter table projects enable row level security;
alter table projects force row level security;
create policy admission_fence on projects as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on projects as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on projects as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on projects as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on projects as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on projects to passerelle_app;
grant delete, insert, select on projects to passerelle_transfer;
grant select (tenant_id, dossier_id, version, project) on projects to passerelle_rotation;
grant update (project) on projects to passerelle_rotation;

create table protection_reports (
	tenant_id uuid not null,
	protection_report_id uuid not null,
	dossier_id uuid not null,
	reported_on date not null,
	answered_on date,
	particulars bytea not null,
	version integer not null,
	written_by uuid not null,
	written_at timestamp with time zone not null,
	constraint protection_reports_pkey PRIMARY KEY (tenant_id, protection_report_id),
	constraint protection_reports_are_answered_after_they_are_made CHECK (answered_on >= reported_on)
);
comment on table protection_reports is 'What was reported to the child protection authority (CC 314c, 314d), and what it answered.';
comment on column protection_reports.particulars is 'Sealed under the keyset of the dossier.';
CREATE INDEX protection_reports_by_dossier ON protection_reports USING btree (tenant_id, dossier_id, reported_on DESC, protection_report_id);
alter table protection_reports enable row level security;
alter table protection_reports force row level security;
create policy admission_fence on protection_reports as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on protection_reports as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on protection_reports as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on protection_reports as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on protection_reports as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on protection_reports to passerelle_app;
grant delete, insert, select on protection_reports to passerelle_transfer;
grant update (answered_on, particulars, version, written_by, written_at) on protection_reports to passerelle_app;
grant select (tenant_id, protection_report_id, dossier_id, particulars) on protection_reports to passerelle_rotation;
grant update (particulars) on protection_reports to passerelle_rotation;

create table provisioned_groups (
	tenant_id uuid not null,
	group_id uuid not null,
	connection_id uuid not null,
	external_id text not null,
	name text not null,
	made_at timestamp with time zone not null,
	changed_at timestamp with time zone not null,
	constraint provisioned_groups_pkey PRIMARY KEY (tenant_id, group_id),
	constraint provisioned_groups_are_named_once UNIQUE (tenant_id, connection_id, name)
);
comment on table provisioned_groups is 'The groups of a directory, by name alone. Who is in one is kept only while it proposes a role.';
alter table provisioned_groups enable row level security;
alter table provisioned_groups force row level security;
create policy door_fence on provisioned_groups as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND (current_setting('app.scope'::text, true) = 'admin'::text OR current_setting('app.scope'::text, true) = 'directory'::text AND connection_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid))
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND (current_setting('app.scope'::text, true) = 'admin'::text OR current_setting('app.scope'::text, true) = 'directory'::text AND connection_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid));
create policy admin on provisioned_groups as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END);
create policy directory on provisioned_groups as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'directory'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'directory'::text THEN true ELSE false END);
grant delete, insert, select on provisioned_groups to passerelle_app;
grant delete, insert, select on provisioned_groups to passerelle_transfer;
grant update (external_id, name, changed_at) on provisioned_groups to passerelle_app;

create table provisioned_memberships (
	tenant_id uuid not null,
	group_id uuid not null,
	person_id uuid not null,
	connection_id uuid not null,
	group_name text not null,
	constraint provisioned_memberships_pkey PRIMARY KEY (tenant_id, group_id, person_id)
);
comment on table provisioned_memberships is 'Who is in a group that proposes a role. It goes with the proposal.';
CREATE INDEX provisioned_memberships_by_proposal ON provisioned_memberships USING btree (tenant_id, group_name);
CREATE INDEX provisioned_memberships_of_a_person ON provisioned_memberships USING btree (tenant_id, person_id);
alter table provisioned_memberships enable row level security;
alter table provisioned_memberships force row level security;
create policy door_fence on provisioned_memberships as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND (current_setting('app.scope'::text, true) = 'admin'::text OR current_setting('app.scope'::text, true) = 'directory'::text AND connection_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid))
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND (current_setting('app.scope'::text, true) = 'admin'::text OR current_setting('app.scope'::text, true) = 'directory'::text AND connection_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid));
create policy admin on provisioned_memberships as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END);
create policy directory on provisioned_memberships as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'directory'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'directory'::text THEN true ELSE false END);
grant delete, insert, select on provisioned_memberships to passerelle_app;
grant delete, insert, select on provisioned_memberships to passerelle_transfer;

create table provisioned_people (
	tenant_id uuid not null,
	person_id uuid not null,
	connection_id uuid not null,
	external_id text not null,
	user_name text not null,
	given_name text not null,
	family_name text not null,
	display_name text not null,
	email text not null,
	active boolean not null,
	subject text,
	made_at timestamp with time zone not null,
	changed_at timestamp with time zone not null,
	constraint provisioned_people_pkey PRIMARY KEY (tenant_id, person_id),
	constraint provisioned_people_are_one_subject UNIQUE (tenant_id, connection_id, subject)
);
comment on table provisioned_people is 'Whom a directory has announced, in its words. They decide nothing and link nobody.';
comment on column provisioned_people.subject is 'What the provider calls the person at sign-in, where that is known. A membership ends by it and by nothing else.';
CREATE UNIQUE INDEX provisioned_people_are_named_once ON provisioned_people USING btree (tenant_id, connection_id, lower(user_name));
CREATE INDEX provisioned_people_by_age ON provisioned_people USING btree (tenant_id, connection_id, made_at, person_id);
alter table provisioned_people enable row level security;
alter table provisioned_people force row level security;
create policy door_fence on provisioned_people as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND (current_setting('app.scope'::text, true) = 'admin'::text OR current_setting('app.scope'::text, true) = 'directory'::text AND connection_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid))
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND (current_setting('app.scope'::text, true) = 'admin'::text OR current_setting('app.scope'::text, true) = 'directory'::text AND connection_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid));
create policy admin on provisioned_people as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END);
create policy admin_matches on provisioned_people as permissive for update to passerelle_app
	using (current_setting('app.scope'::text, true) = 'admin'::text)
	with check (current_setting('app.scope'::text, true) = 'admin'::text);
create policy directory on provisioned_people as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'directory'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'directory'::text THEN true ELSE false END);
grant delete, insert, select on provisioned_people to passerelle_app;
grant delete, insert, select on provisioned_people to passerelle_transfer;
grant update (external_id, user_name, given_name, family_name, display_name, email, active, subject, changed_at) on provisioned_people to passerelle_app;

create table provisioning_acts (
	tenant_id uuid not null,
	act_id uuid not null,
	connection_id uuid not null,
	at timestamp with time zone not null,
	deed text not null,
	about_id uuid,
	reason text not null,
	constraint provisioning_acts_pkey PRIMARY KEY (tenant_id, act_id),
	constraint provisioning_acts_name_codes_alone CHECK (deed ~ '^[a-z_]{1,30}$'::text AND reason ~ '^[a-z_]{0,30}$'::text)
);
comment on table provisioning_acts is 'What came from a directory within the last days, and what was refused, in codes. The journal has an entry of each.';
CREATE INDEX provisioning_acts_by_time ON provisioning_acts USING btree (tenant_id, connection_id, at DESC, act_id);
alter table provisioning_acts enable row level security;
alter table provisioning_acts force row level security;
create policy door_fence on provisioning_acts as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND (current_setting('app.scope'::text, true) = 'admin'::text OR current_setting('app.scope'::text, true) = 'directory'::text AND connection_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid))
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND (current_setting('app.scope'::text, true) = 'admin'::text OR current_setting('app.scope'::text, true) = 'directory'::text AND connection_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid));
create policy admin on provisioning_acts as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END);
create policy directory on provisioning_acts as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'directory'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'directory'::text THEN true ELSE false END);
grant delete, insert, select on provisioning_acts to passerelle_app;
grant delete, insert, select on provisioning_acts to passerelle_transfer;

create table provisioning_tokens (
	tenant_id uuid not null,
	token_id uuid not null,
	connection_id uuid not null,
	token_hash bytea not null,
	made_by uuid not null,
	made_at timestamp with time zone not null,
	valid_until timestamp with time zone,
	used_at timestamp with time zone,
	constraint provisioning_tokens_pkey PRIMARY KEY (tenant_id, token_id),
	constraint provisioning_tokens_are_unlike UNIQUE (tenant_id, token_hash)
);
comment on table provisioning_tokens is 'What a directory shows. Only the SHA-256 is kept; the one before lasts for a day once there is another.';
CREATE INDEX provisioning_tokens_of_a_connection ON provisioning_tokens USING btree (tenant_id, connection_id, made_at DESC);
CREATE UNIQUE INDEX provisioning_tokens_stay_one_at_a_time ON provisioning_tokens USING btree (tenant_id, connection_id) WHERE valid_until IS NULL;
alter table provisioning_tokens enable row level security;
alter table provisioning_tokens force row level security;
create policy door_fence on provisioning_tokens as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'signin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND current_setting('app.scope'::text, true) = 'admin'::text)
	with check (current_setting('app.scope'::text, true) = 'signin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND current_setting('app.scope'::text, true) = 'admin'::text);
create policy admin on provisioning_tokens as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END);
create policy door on provisioning_tokens as permissive for select to passerelle_app
	using (current_setting('app.scope'::text, true) = 'signin'::text);
create policy door_uses on provisioning_tokens as permissive for update to passerelle_app
	using (current_setting('app.scope'::text, true) = 'signin'::text)
	with check (current_setting('app.scope'::text, true) = 'signin'::text);
grant insert, select on provisioning_tokens to passerelle_app;
grant delete, insert, select on provisioning_tokens to passerelle_transfer;
grant update (valid_until, used_at) on provisioning_tokens to passerelle_app;

create table provisionings (
	tenant_id uuid not null,
	connection_id uuid not null,
	subject_from text not null,
	set_by uuid not null,
	set_at timestamp with time zone not null,
	constraint provisionings_pkey PRIMARY KEY (tenant_id, connection_id),
	constraint provisionings_know_a_subject_by_one_attribute CHECK (subject_from = ANY (ARRAY['external_id'::text, 'user_name'::text, 'by_hand'::text]))
);
comment on table provisionings is 'By which attribute a directory calls people what the provider calls them at sign-in; or that an admin says it of each.';
alter table provisionings enable row level security;
alter table provisionings force row level security;
create policy door_fence on provisionings as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'signin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND current_setting('app.scope'::text, true) = 'admin'::text)
	with check (current_setting('app.scope'::text, true) = 'signin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND current_setting('app.scope'::text, true) = 'admin'::text);
create policy admin on provisionings as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END);
create policy door on provisionings as permissive for select to passerelle_app
	using (current_setting('app.scope'::text, true) = 'signin'::text);
grant insert, select on provisionings to passerelle_app;
grant delete, insert, select on provisionings to passerelle_transfer;
grant update (subject_from, set_by, set_at) on provisionings to passerelle_app;

create table received_files (
	tenant_id uuid not null,
	dossier_id uuid not null,
	move_id uuid not null,
	from_name text not null,
	contents bytea not null,
	received_by uuid not null,
	received_at timestamp with time zone not null,
	constraint received_files_pkey PRIMARY KEY (tenant_id, dossier_id),
	constraint received_files_come_once UNIQUE (tenant_id, move_id)
);
comment on table received_files is 'What another tenant handed over about a dossier''s person. It stays as it came.';
comment on column received_files.contents is 'Sealed under the keyset of the dossier: the chapters that came along.';
alter table received_files enable row level security;
alter table received_files force row level security;
create policy admission_fence on received_files as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on received_files as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on received_files as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on received_files as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on received_files as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on received_files to passerelle_app;
grant delete, insert, select on received_files to passerelle_transfer;
grant select (tenant_id, dossier_id, contents) on received_files to passerelle_rotation;
grant update (contents) on received_files to passerelle_rotation;

create table referrals (
	tenant_id uuid not null,
	referral_id uuid not null,
	reference text not null,
	dossier_id uuid not null,
	office_id uuid not null,
	consent_id uuid,
	service text not null,
	urgency text not null default 'normal'::text,
	answer_by date,
	data_classes text[] not null default '{}'::text[],
	state text not null default 'draft'::text,
	created_by uuid not null,
	created_at timestamp with time zone not null default now(),
	updated_at timestamp with time zone not null default now(),
	version integer not null default 1,
	sent_at timestamp with time zone,
	sent_by_name text not null default ''::text,
	visible_until timestamp with time zone,
	revoked_at timestamp with time zone,
	taken_by uuid,
	taken_by_name text not null default ''::text,
	taken_at timestamp with time zone,
	answered_at timestamp with time zone,
	decline_reason text not null default ''::text,
	closed_at timestamp with time zone,
	outcome text not null default ''::text,
	news_at timestamp with time zone,
	acknowledged_at timestamp with time zone,
	office_news_at timestamp with time zone,
	request bytea,
	slice bytea,
	documents uuid[] not null default '{}'::uuid[],
	constraint referrals_pkey PRIMARY KEY (tenant_id, referral_id),
	constraint referrals_are_addressed_to_one_office UNIQUE (tenant_id, referral_id, office_id, visible_until),
	constraint referrals_are_of_one_dossier UNIQUE (tenant_id, referral_id, dossier_id),
	constraint referrals_have_a_reference_of_their_own UNIQUE (tenant_id, reference),
	constraint referrals_are_in_a_known_state CHECK (state = ANY (ARRAY['draft'::text, 'sent'::text, 'taken'::text, 'accepted'::text, 'declined'::text, 'closed'::text, 'revoked'::text])),
	constraint referrals_are_of_a_known_urgency CHECK (urgency = ANY (ARRAY['normal'::text, 'soon'::text, 'urgent'::text])),
	constraint referrals_once_sent_rest_on_consent_and_slice CHECK (state = 'draft'::text OR sent_at IS NOT NULL AND consent_id IS NOT NULL AND request IS NOT NULL AND slice IS NOT NULL AND visible_until IS NOT NULL)
);
comment on table referrals is 'A request to an office. Sending freezes the slice: the office reads that, never the dossier.';
comment on column referrals.documents is 'Documents of the dossier that somebody wants to go along; what went are enclosures.';
comment on column referrals.request is 'Sealed under the keyset of the referral.';
comment on column referrals.slice is 'Sealed under the keyset of the referral.';
CREATE INDEX referrals_by_consent ON referrals USING btree (tenant_id, consent_id);
CREATE INDEX referrals_by_dossier ON referrals USING btree (tenant_id, dossier_id, created_at DESC);
CREATE INDEX referrals_drafted ON referrals USING btree (tenant_id, updated_at DESC) WHERE state = 'draft'::text;
CREATE INDEX referrals_in_progress ON referrals USING btree (tenant_id, office_id, (
CASE urgency
    WHEN 'urgent'::text THEN 0
    WHEN 'soon'::text THEN 1
    ELSE 2
END), (
CASE
    WHEN answer_by IS NULL THEN 'infinity'::date
    ELSE answer_by
END), sent_at, referral_id) INCLUDE (visible_until, revoked_at, reference, service, urgency, answer_by, state, taken_by_name, answered_at, closed_at, office_news_at, dossier_id) WHERE state = ANY (ARRAY['taken'::text, 'accepted'::text]);
CREATE INDEX referrals_new ON referrals USING btree (tenant_id, office_id, (
CASE urgency
    WHEN 'urgent'::text THEN 0
    WHEN 'soon'::text THEN 1
    ELSE 2
END), (
CASE
    WHEN answer_by IS NULL THEN 'infinity'::date
    ELSE answer_by
END), sent_at, referral_id) INCLUDE (visible_until, revoked_at, reference, service, urgency, answer_by, state, taken_by_name, answered_at, closed_at, office_news_at, dossier_id) WHERE state = 'sent'::text;
CREATE INDEX referrals_settled ON referrals USING btree (tenant_id, office_id, (
CASE
    WHEN closed_at IS NULL THEN answered_at
    ELSE closed_at
END) DESC, referral_id DESC) INCLUDE (visible_until, revoked_at, reference, service, urgency, answer_by, state, taken_by_name, answered_at, closed_at, sent_at, office_news_at, dossier_id) WHERE state = ANY (ARRAY['declined'::text, 'closed'::text]);
CREATE INDEX referrals_waiting ON referrals USING btree (tenant_id, state, answer_by) WHERE state = ANY (ARRAY['sent'::text, 'taken'::text]);
CREATE INDEX referrals_with_news ON referrals USING btree (tenant_id, news_at DESC) WHERE news_at IS NOT NULL AND (acknowledged_at IS NULL OR news_at > acknowledged_at);
alter table referrals enable row level security;
alter table referrals force row level security;
create policy admission_fence on referrals as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on referrals as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'office'::text THEN office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid AND sent_at IS NOT NULL AND revoked_at IS NULL AND visible_until > now() ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'office'::text THEN office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid AND sent_at IS NOT NULL AND revoked_at IS NULL AND visible_until > now() ELSE false END);
create policy tenant_fence on referrals as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy both_read on referrals as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'office'::text THEN true ELSE false END);
create policy office_answers on referrals as permissive for update to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'office'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'office'::text THEN true ELSE false END);
create policy rotation on referrals as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff_changes on referrals as permissive for update to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy staff_discards on referrals as permissive for delete to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy staff_writes on referrals as permissive for insert to passerelle_app
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
CREATE TRIGGER referrals_are_counted_for_the_year AFTER INSERT ON referrals REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION count_year_of_referrals();
CREATE TRIGGER referrals_are_counted_for_the_year_anew AFTER UPDATE ON referrals REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION count_year_of_referrals();
CREATE TRIGGER referrals_are_counted_for_the_year_down AFTER DELETE ON referrals REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION count_year_of_referrals();
CREATE TRIGGER referrals_are_frozen_once_sent BEFORE UPDATE ON referrals FOR EACH ROW EXECUTE FUNCTION refuse_to_change_what_was_sent();
CREATE TRIGGER referrals_each_side_speaks_for_itself BEFORE INSERT OR UPDATE ON referrals FOR EACH ROW EXECUTE FUNCTION refuse_to_speak_for_the_other_side();
CREATE TRIGGER referrals_once_sent_stay BEFORE DELETE ON referrals FOR EACH ROW EXECUTE FUNCTION refuse_to_delete_what_was_sent();
grant delete, insert, select, update on referrals to passerelle_app;
grant delete, insert, select on referrals to passerelle_transfer;
grant select (tenant_id, referral_id, request, slice) on referrals to passerelle_rotation;
grant update (request, slice) on referrals to passerelle_rotation;

create table reflections (
	tenant_id uuid not null,
	reflection_id uuid not null,
	dossier_id uuid not null,
	kind text not null,
	requested_on date,
	decision text not null,
	decided_on date,
	until_on date,
	ended_on date,
	end_reason text not null,
	particulars bytea not null,
	version integer not null,
	recorded_at timestamp with time zone not null,
	changed_at timestamp with time zone not null,
	changed_by uuid not null,
	changed_by_name text not null,
	constraint reflections_pkey PRIMARY KEY (tenant_id, reflection_id),
	constraint reflections_are_granted_or_refused CHECK (decision = ANY (ARRAY[''::text, 'granted'::text, 'refused'::text])),
	constraint reflections_decided_have_a_day CHECK ((decision = ''::text) = (decided_on IS NULL)),
	constraint reflections_end_for_a_reason CHECK ((end_reason = ''::text) = (ended_on IS NULL)),
	constraint reflections_have_a_kind CHECK (kind = ANY (ARRAY['period'::text, 'pause'::text])),
	constraint reflections_name_codes_alone CHECK (end_reason ~ '^[a-z_]{0,40}$'::text)
);
comment on table reflections is 'A recovery and reflection period (OASA 35), or the pause of somebody who needs no decision for it: asked, decided, extended, ended.';
comment on column reflections.particulars is 'Sealed under the keyset of the dossier.';
CREATE INDEX reflections_of_dossier ON reflections USING btree (tenant_id, dossier_id, recorded_at DESC, reflection_id);
alter table reflections enable row level security;
alter table reflections force row level security;
create policy admission_fence on reflections as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on reflections as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on reflections as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on reflections as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on reflections as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on reflections to passerelle_app;
grant delete, insert, select on reflections to passerelle_transfer;
grant update (kind, requested_on, decision, decided_on, until_on, ended_on, end_reason, particulars, version, changed_at, changed_by, changed_by_name) on reflections to passerelle_app;
grant select (tenant_id, reflection_id, dossier_id, particulars) on reflections to passerelle_rotation;
grant update (particulars) on reflections to passerelle_rotation;

create table reminders (
	tenant_id uuid not null,
	reminder_id uuid not null,
	dossier_id uuid not null,
	rule text not null,
	about text not null,
	due_on date not null,
	warn_on date not null,
	reminded_at timestamp with time zone not null default now(),
	acknowledged_at timestamp with time zone,
	acknowledged_by uuid,
	constraint reminders_pkey PRIMARY KEY (tenant_id, reminder_id),
	constraint reminders_are_sent_once UNIQUE (tenant_id, dossier_id, rule, about, due_on, warn_on),
	constraint reminders_are_acknowledged_by_somebody CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL)),
	constraint reminders_name_codes_alone CHECK (rule ~ '^[a-z0-9_]{1,60}$'::text AND about ~ '^[a-z0-9_:-]{0,80}$'::text)
);
comment on table reminders is 'That somebody was reminded of a deadline, on which of its days, and who has seen it. Whoever is responsible for the dossier is told.';
CREATE INDEX reminders_open ON reminders USING btree (tenant_id, dossier_id) WHERE acknowledged_at IS NULL;
alter table reminders enable row level security;
alter table reminders force row level security;
create policy admission_fence on reminders as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on reminders as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'clock'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'clock'::text THEN true ELSE false END);
create policy tenant_fence on reminders as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy both_read on reminders as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'clock'::text THEN true ELSE false END);
create policy clock_reminds on reminders as permissive for insert to passerelle_app
	with check (current_setting('app.scope'::text, true) = 'clock'::text AND acknowledged_at IS NULL);
create policy staff_acknowledges on reminders as permissive for update to passerelle_app
	using (current_setting('app.scope'::text, true) = 'staff'::text AND acknowledged_at IS NULL)
	with check (acknowledged_by = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
grant select on reminders to passerelle_app;
grant delete, insert, select on reminders to passerelle_transfer;
grant insert (tenant_id, reminder_id, dossier_id, rule, about, due_on, warn_on) on reminders to passerelle_app;
grant update (acknowledged_at, acknowledged_by) on reminders to passerelle_app;

create table removals (
	tenant_id uuid not null,
	dossier_id uuid not null,
	outcome text not null,
	due_on date not null,
	ordered_by uuid not null,
	ordered_at timestamp with time zone not null,
	constraint removals_pkey PRIMARY KEY (tenant_id, dossier_id),
	constraint removals_can_be_taken_back_for_a_week CHECK (due_on >= ((ordered_at AT TIME ZONE 'Europe/Zurich'::text)::date + 7)),
	constraint removals_make_anonymous_or_delete CHECK (outcome = ANY (ARRAY['anonymise'::text, 'delete'::text]))
);
comment on table removals is 'That somebody has ordered a dossier to be made anonymous or deleted, and on which day that happens. Taken back, there is no row.';
CREATE INDEX removals_by_day ON removals USING btree (tenant_id, due_on, dossier_id);
alter table removals enable row level security;
alter table removals force row level security;
create policy admission_fence on removals as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on removals as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on removals as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy staff on removals as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END AND ordered_by = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
grant delete, insert, select on removals to passerelle_app;
grant delete, insert, select on removals to passerelle_transfer;

create table restrictions (
	tenant_id uuid not null,
	dossier_id uuid not null,
	version integer not null default 1,
	restricted_by uuid not null,
	restricted_at timestamp with time zone not null,
	constraint restrictions_pkey PRIMARY KEY (tenant_id, dossier_id)
);
comment on table restrictions is 'Dossiers that are limited to named members.';
alter table restrictions enable row level security;
alter table restrictions force row level security;
create policy admission_fence on restrictions as restrictive for all to public
	using (CASE WHEN NULLIF(current_setting('app.barred'::text, true), ''::text) IS NULL THEN true ELSE (dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE END)
	with check (CASE WHEN NULLIF(current_setting('app.barred'::text, true), ''::text) IS NULL THEN true ELSE (dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE END);
create policy scope_fence on restrictions as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admittance'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'admittance'::text THEN true ELSE false END);
create policy tenant_fence on restrictions as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy admittance_reads on restrictions as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'admittance'::text THEN true ELSE false END);
create policy staff on restrictions as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
CREATE TRIGGER restrictions_name_whoever_is_responsible AFTER INSERT ON restrictions FOR EACH ROW EXECUTE FUNCTION name_whoever_is_responsible();
grant delete, insert, select on restrictions to passerelle_app;
grant delete, insert, select on restrictions to passerelle_transfer;
grant update (version) on restrictions to passerelle_app;

create table retention_rules (
	tenant_id uuid not null,
	reason text not null,
	months integer not null,
	decided_by uuid,
	decided_at timestamp with time zone not null,
	outcome text not null default 'review'::text,
	constraint retention_rules_pkey PRIMARY KEY (tenant_id, reason),
	constraint retention_rules_know_the_outcome CHECK (outcome = ANY (ARRAY['keep'::text, 'review'::text, 'anonymise'::text, 'delete'::text])),
	constraint retention_rules_know_the_reason CHECK (reason = ANY (ARRAY['independent'::text, 'return'::text, 'other_service'::text, 'contact_lost'::text, 'not_trafficking'::text, 'own_wish'::text, 'death'::text, 'moved'::text, 'other'::text])),
	constraint retention_rules_last_fifty_years_at_most CHECK (months >= 1 AND months <= 600)
);
comment on table retention_rules is 'For how many months a dossier is kept after its accompaniment was closed, by why it was closed, and what becomes of it then. Where there is no row, what we ship holds.';
alter table retention_rules enable row level security;
alter table retention_rules force row level security;
create policy door_fence on retention_rules as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND current_setting('app.scope'::text, true) = 'staff'::text OR current_setting('app.scope'::text, true) = 'platform'::text)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND current_setting('app.scope'::text, true) = 'staff'::text OR current_setting('app.scope'::text, true) = 'platform'::text);
create policy platform_adds on retention_rules as permissive for insert to passerelle_platform
	with check (current_setting('app.scope'::text, true) = 'platform'::text);
create policy platform_changes on retention_rules as permissive for update to passerelle_platform
	using (current_setting('app.scope'::text, true) = 'platform'::text)
	with check (current_setting('app.scope'::text, true) = 'platform'::text);
create policy platform_reads on retention_rules as permissive for select to passerelle_platform
	using (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END);
create policy staff on retention_rules as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
CREATE TRIGGER retention_rules_of_live_tenants_are_theirs BEFORE INSERT OR UPDATE ON retention_rules FOR EACH ROW EXECUTE FUNCTION refuse_to_decide_what_is_live();
grant insert, select on retention_rules to passerelle_app;
grant insert, select on retention_rules to passerelle_platform;
grant delete, insert, select on retention_rules to passerelle_transfer;
grant update (months, decided_by, decided_at, outcome) on retention_rules to passerelle_app;
grant update (months, decided_by, decided_at, outcome) on retention_rules to passerelle_platform;

create table retention_terms (
	tenant_id uuid not null,
	grace_days integer not null,
	decided_by uuid not null,
	decided_at timestamp with time zone not null,
	constraint retention_terms_pkey PRIMARY KEY (tenant_id),
	constraint retention_terms_leave_time_to_take_back CHECK (grace_days >= 7 AND grace_days <= 180)
);
comment on table retention_terms is 'How many days pass between the order to remove a dossier and its removal, where an organisation has decided it.';
alter table retention_terms enable row level security;
alter table retention_terms force row level security;
create policy scope_fence on retention_terms as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on retention_terms as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy staff on retention_terms as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END AND decided_by = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
grant insert, select on retention_terms to passerelle_app;
grant delete, insert, select on retention_terms to passerelle_transfer;
grant update (grace_days, decided_by, decided_at) on retention_terms to passerelle_app;

create table return_contacts (
	tenant_id uuid not null,
	contact_id uuid not null,
	dossier_id uuid not null,
	return_id uuid not null,
	contacted_on date not null,
	channel text not null,
	note bytea not null,
	constraint return_contacts_pkey PRIMARY KEY (tenant_id, contact_id),
	constraint return_contacts_name_their_channel_by_a_code CHECK (channel ~ '^[a-z_]{1,40}$'::text)
);
comment on table return_contacts is 'How somebody who has returned is: contacts after the departure. What was written down stays.';
comment on column return_contacts.note is 'Sealed under the keyset of the dossier.';
CREATE INDEX return_contacts_of_a_dossier ON return_contacts USING btree (tenant_id, dossier_id, contacted_on);
alter table return_contacts enable row level security;
alter table return_contacts force row level security;
create policy admission_fence on return_contacts as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on return_contacts as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on return_contacts as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on return_contacts as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on return_contacts as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on return_contacts to passerelle_app;
grant delete, insert, select on return_contacts to passerelle_transfer;
grant select (tenant_id, contact_id, dossier_id, note) on return_contacts to passerelle_rotation;
grant update (note) on return_contacts to passerelle_rotation;

create table returns (
	tenant_id uuid not null,
	return_id uuid not null,
	dossier_id uuid not null,
	considered_on date not null,
	programme text not null default ''::text,
	planned_on date,
	decided_on date,
	abandoned_on date,
	departed_on date,
	concluded_on date,
	version integer not null,
	details bytea not null,
	constraint returns_pkey PRIMARY KEY (tenant_id, return_id),
	constraint returns_are_known_with_their_dossier UNIQUE (tenant_id, dossier_id, return_id),
	constraint returns_are_abandoned_before_departure CHECK (abandoned_on IS NULL OR departed_on IS NULL),
	constraint returns_are_concluded_once_departed CHECK (concluded_on IS NULL OR departed_on IS NOT NULL AND concluded_on >= departed_on),
	constraint returns_are_decided_once_considered CHECK (decided_on >= considered_on),
	constraint returns_depart_once_decided CHECK (departed_on IS NULL OR decided_on IS NOT NULL AND departed_on >= decided_on),
	constraint returns_name_their_programme_by_a_code CHECK (programme ~ '^[a-z_]{0,40}$'::text)
);
comment on table returns is 'A voluntary return: considered, decided by the person, abandoned or departed, and concluded. At most one of a dossier is under way.';
comment on column returns.details is 'Sealed under the keyset of the dossier.';
CREATE UNIQUE INDEX returns_are_considered_one_at_a_time ON returns USING btree (tenant_id, dossier_id) WHERE abandoned_on IS NULL AND concluded_on IS NULL;
alter table returns enable row level security;
alter table returns force row level security;
create policy admission_fence on returns as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on returns as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on returns as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on returns as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on returns as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on returns to passerelle_app;
grant delete, insert, select on returns to passerelle_transfer;
grant update (considered_on, programme, planned_on, decided_on, abandoned_on, departed_on, concluded_on, version, details) on returns to passerelle_app;
grant select (tenant_id, return_id, dossier_id, details) on returns to passerelle_rotation;
grant update (details) on returns to passerelle_rotation;

create table risk_assessments (
	tenant_id uuid not null,
	risk_assessment_id uuid not null,
	dossier_id uuid not null,
	kind text not null,
	level text not null,
	child_scale smallint,
	assessed_on date not null,
	review_on date,
	particulars bytea not null,
	written_by uuid not null,
	written_at timestamp with time zone not null,
	constraint risk_assessments_pkey PRIMARY KEY (tenant_id, risk_assessment_id),
	constraint risk_assessments_are_reviewed_after_they_are_made CHECK (review_on >= assessed_on),
	constraint risk_assessments_have_a_kind CHECK (kind = ANY (ARRAY['here'::text, 'on_return'::text])),
	constraint risk_assessments_have_a_level CHECK (level = ANY (ARRAY['low'::text, 'moderate'::text, 'high'::text, 'acute'::text])),
	constraint risk_assessments_here_are_reviewed CHECK ((kind = 'here'::text) = (review_on IS NOT NULL)),
	constraint risk_assessments_of_a_child_go_from_1_to_5 CHECK (child_scale >= 1 AND child_scale <= 5)
);
comment on table risk_assessments is 'How great the danger is, here or after a return, as somebody found it on a day. A new one never replaces the one before.';
comment on column risk_assessments.particulars is 'Sealed under the keyset of the dossier.';
CREATE INDEX risk_assessments_by_dossier ON risk_assessments USING btree (tenant_id, dossier_id, kind, assessed_on DESC, written_at DESC, risk_assessment_id);
alter table risk_assessments enable row level security;
alter table risk_assessments force row level security;
create policy admission_fence on risk_assessments as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on risk_assessments as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on risk_assessments as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on risk_assessments as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on risk_assessments as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on risk_assessments to passerelle_app;
grant delete, insert, select on risk_assessments to passerelle_transfer;
grant select (tenant_id, risk_assessment_id, dossier_id, particulars) on risk_assessments to passerelle_rotation;
grant update (particulars) on risk_assessments to passerelle_rotation;

create table role_proposals (
	tenant_id uuid not null,
	group_name text not null,
	role text not null,
	constraint role_proposals_pkey PRIMARY KEY (tenant_id, group_name),
	constraint role_proposals_name_no_admin CHECK (role = ANY (ARRAY['caseworker'::text, 'coordinator'::text, 'auditor'::text, 'statistician'::text]))
);
comment on table role_proposals is 'Which role is proposed for members of a group at the provider. A proposal gives nothing.';
alter table role_proposals enable row level security;
alter table role_proposals force row level security;
create policy scope_fence on role_proposals as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true WHEN 'directory'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true WHEN 'directory'::text THEN true ELSE false END);
create policy tenant_fence on role_proposals as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy admin on role_proposals as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END);
create policy directory on role_proposals as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'directory'::text THEN true ELSE false END);
grant delete, insert, select on role_proposals to passerelle_app;
grant delete, insert, select on role_proposals to passerelle_transfer;
grant update (role) on role_proposals to passerelle_app;

create table safety_plans (
	tenant_id uuid not null,
	dossier_id uuid not null,
	particulars bytea not null,
	version integer not null,
	written_by uuid not null,
	written_at timestamp with time zone not null,
	constraint safety_plans_pkey PRIMARY KEY (tenant_id, dossier_id)
);
comment on table safety_plans is 'What the person does when it becomes dangerous, and what we do before, until when.';
comment on column safety_plans.particulars is 'Sealed under the keyset of the dossier.';
alter table safety_plans enable row level security;
alter table safety_plans force row level security;
create policy admission_fence on safety_plans as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on safety_plans as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on safety_plans as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on safety_plans as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on safety_plans as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on safety_plans to passerelle_app;
grant delete, insert, select on safety_plans to passerelle_transfer;
grant update (particulars, version, written_by, written_at) on safety_plans to passerelle_app;
grant select (tenant_id, dossier_id, particulars) on safety_plans to passerelle_rotation;
grant update (particulars) on safety_plans to passerelle_rotation;

create table second_readings (
	tenant_id uuid not null,
	identification_id uuid not null,
	dossier_id uuid not null,
	particulars bytea not null,
	read_by uuid not null,
	read_at timestamp with time zone not null,
	constraint second_readings_pkey PRIMARY KEY (tenant_id, identification_id)
);
comment on table second_readings is 'What another member than the writer made of an identification.';
comment on column second_readings.particulars is 'Sealed under the keyset of the dossier.';
alter table second_readings enable row level security;
alter table second_readings force row level security;
create policy admission_fence on second_readings as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on second_readings as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on second_readings as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on second_readings as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on second_readings as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on second_readings to passerelle_app;
grant delete, insert, select on second_readings to passerelle_transfer;
grant select (tenant_id, identification_id, dossier_id, particulars) on second_readings to passerelle_rotation;
grant update (particulars) on second_readings to passerelle_rotation;

create table sessions (
	session_hash bytea not null,
	identity_id uuid not null,
	tenant_id uuid,
	member_id uuid,
	office_member_id uuid,
	csrf_token text not null,
	created_at timestamp with time zone not null default now(),
	seen_at timestamp with time zone not null default now(),
	expires_at timestamp with time zone not null,
	revoked_at timestamp with time zone,
	session_id uuid not null default gen_random_uuid(),
	browser text not null default 'other'::text,
	system text not null default 'other'::text,
	provider_session bytea,
	fresh_at timestamp with time zone,
	confirmed_at timestamp with time zone,
	constraint sessions_pkey PRIMARY KEY (session_hash),
	constraint sessions_have_an_id_of_their_own UNIQUE (session_id),
	constraint sessions_act_as_one_person CHECK (member_id IS NULL OR office_member_id IS NULL),
	constraint sessions_know_the_family_of_a_browser CHECK (browser = ANY (ARRAY['firefox'::text, 'chrome'::text, 'edge'::text, 'safari'::text, 'opera'::text, 'samsung'::text, 'other'::text])),
	constraint sessions_know_the_family_of_a_system CHECK (system = ANY (ARRAY['windows'::text, 'macos'::text, 'linux'::text, 'chromeos'::text, 'android'::text, 'ios'::text, 'other'::text])),
	constraint sessions_of_a_membership_name_its_tenant CHECK (member_id IS NULL AND office_member_id IS NULL OR tenant_id IS NOT NULL)
);
comment on table sessions is 'Who is signed in. Only the SHA-256 of the cookie is kept, and of what the provider calls the session: a stolen row opens nothing. Of the browser no more than its family.';
CREATE INDEX sessions_by_identity ON sessions USING btree (identity_id);
CREATE INDEX sessions_by_member ON sessions USING btree (tenant_id, member_id) WHERE revoked_at IS NULL;
CREATE INDEX sessions_by_office_member ON sessions USING btree (tenant_id, office_member_id) WHERE revoked_at IS NULL;
CREATE INDEX sessions_by_provider_session ON sessions USING btree (provider_session) WHERE provider_session IS NOT NULL;
alter table sessions enable row level security;
alter table sessions force row level security;
create policy door_fence on sessions as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'signin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND current_setting('app.scope'::text, true) = 'admin'::text)
	with check (current_setting('app.scope'::text, true) = 'signin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND current_setting('app.scope'::text, true) = 'admin'::text);
create policy admin on sessions as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END);
create policy admin_ends on sessions as permissive for update to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END)
	with check (current_setting('app.scope'::text, true) = 'admin'::text AND revoked_at IS NOT NULL);
create policy door on sessions as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'signin'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'signin'::text THEN true ELSE false END);
grant delete, insert, select, update on sessions to passerelle_app;
grant delete, insert, select on sessions to passerelle_transfer;

create table signin_attempts (
	state_hash bytea not null,
	connection_id uuid not null,
	browser_hash bytea not null,
	nonce text not null,
	pkce_verifier text not null,
	return_to text not null default ''::text,
	expires_at timestamp with time zone not null,
	change_id uuid,
	change_version integer,
	tried_by uuid,
	fresh boolean not null default false,
	constraint signin_attempts_pkey PRIMARY KEY (state_hash),
	constraint signin_attempts_try_a_change_for_somebody CHECK ((change_id IS NULL) = (tried_by IS NULL) AND (change_id IS NULL) = (change_version IS NULL))
);
comment on table signin_attempts is 'A sign-in under way: one use, ten minutes, found only by the hash of its state (RFC 6749 10.12).';
alter table signin_attempts enable row level security;
alter table signin_attempts force row level security;
create policy door_fence on signin_attempts as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'signin'::text)
	with check (current_setting('app.scope'::text, true) = 'signin'::text);
create policy door on signin_attempts as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'signin'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'signin'::text THEN true ELSE false END);
grant delete, insert, select on signin_attempts to passerelle_app;
grant delete, insert, select on signin_attempts to passerelle_transfer;

create table signin_refusals (
	tenant_id uuid not null,
	reason text not null,
	counted_at timestamp with time zone not null,
	n integer not null,
	constraint signin_refusals_pkey PRIMARY KEY (tenant_id, counted_at, reason),
	constraint signin_refusals_are_of_an_hour CHECK (counted_at = date_trunc('hour'::text, counted_at, 'UTC'::text)),
	constraint signin_refusals_name_codes_alone CHECK (reason ~ '^[a-z_]{1,40}$'::text)
);
comment on table signin_refusals is 'How often in an hour somebody who came through a tenant''s connections was refused, and why. Of whom, nobody writes down.';
alter table signin_refusals enable row level security;
alter table signin_refusals force row level security;
create policy door_fence on signin_refusals as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'signin'::text OR current_setting('app.scope'::text, true) = 'platform'::text)
	with check (current_setting('app.scope'::text, true) = 'signin'::text OR current_setting('app.scope'::text, true) = 'platform'::text);
create policy door on signin_refusals as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'signin'::text)
	with check (current_setting('app.scope'::text, true) = 'signin'::text);
create policy platform_reads on signin_refusals as permissive for select to passerelle_platform
	using (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END);
grant delete, insert, select on signin_refusals to passerelle_app;
grant select on signin_refusals to passerelle_platform;
grant delete, insert, select on signin_refusals to passerelle_transfer;
grant update (n) on signin_refusals to passerelle_app;

create table situations (
	tenant_id uuid not null,
	dossier_id uuid not null,
	data_class text not null,
	updated_at timestamp with time zone not null default now(),
	body bytea not null,
	constraint situations_pkey PRIMARY KEY (tenant_id, dossier_id, data_class),
	constraint situations_are_of_a_known_class CHECK (data_class = ANY (ARRAY['permit'::text, 'skills'::text, 'income'::text, 'health'::text, 'proceedings'::text, 'housing'::text]))
);
comment on table situations is 'What is known of the person''s situation, in words, one row a class of data, as a referral may later disclose it.';
comment on column situations.body is 'Sealed under the keyset of the dossier.';
alter table situations enable row level security;
alter table situations force row level security;
create policy admission_fence on situations as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on situations as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on situations as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on situations as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on situations as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant delete, insert, select on situations to passerelle_app;
grant delete, insert, select on situations to passerelle_transfer;
grant update (updated_at, body) on situations to passerelle_app;
grant select (tenant_id, dossier_id, data_class, body) on situations to passerelle_rotation;
grant update (body) on situations to passerelle_rotation;

create table stays (
	tenant_id uuid not null,
	stay_id uuid not null,
	dossier_id uuid not null,
	kind text not null,
	canton text not null,
	legal_ground text not null,
	valid_from date,
	valid_until date,
	renewal_requested_on date,
	opinion text not null,
	approval text not null,
	ended_on date,
	particulars bytea not null,
	version integer not null,
	recorded_at timestamp with time zone not null,
	changed_at timestamp with time zone not null,
	changed_by uuid not null,
	changed_by_name text not null,
	constraint stays_pkey PRIMARY KEY (tenant_id, stay_id),
	constraint stays_are_approved_by_a_code CHECK (approval = ANY (ARRAY[''::text, 'approved'::text, 'refused'::text])),
	constraint stays_are_opined_on_by_a_code CHECK (opinion = ANY (ARRAY[''::text, 'favourable'::text, 'unfavourable'::text])),
	constraint stays_end_after_they_begin CHECK (valid_until >= valid_from),
	constraint stays_name_codes_alone CHECK (kind ~ '^[a-z_]{1,40}$'::text AND canton ~ '^([A-Z]{2})?$'::text AND legal_ground ~ '^[a-z_]{0,40}$'::text)
);
comment on table stays is 'A title of stay of a person, or that there is none; what the canton holds of it and what the SEM decided are two things.';
comment on column stays.particulars is 'Sealed under the keyset of the dossier.';
CREATE INDEX stays_of_dossier ON stays USING btree (tenant_id, dossier_id, recorded_at DESC, stay_id);
alter table stays enable row level security;
alter table stays force row level security;
create policy admission_fence on stays as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on stays as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on stays as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on stays as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on stays as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
CREATE TRIGGER stays_are_counted_for_the_year AFTER INSERT ON stays REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION count_year_of_stays();
CREATE TRIGGER stays_are_counted_for_the_year_anew AFTER UPDATE ON stays REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION count_year_of_stays();
CREATE TRIGGER stays_are_counted_for_the_year_down AFTER DELETE ON stays REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION count_year_of_stays();
grant insert, select on stays to passerelle_app;
grant delete, insert, select on stays to passerelle_transfer;
grant update (kind, canton, legal_ground, valid_from, valid_until, renewal_requested_on, opinion, approval, ended_on, particulars, version, changed_at, changed_by, changed_by_name) on stays to passerelle_app;
grant select (tenant_id, stay_id, dossier_id, particulars) on stays to passerelle_rotation;
grant update (particulars) on stays to passerelle_rotation;

create table successions (
	tenant_id uuid not null,
	succession_id uuid not null,
	circle_id uuid not null,
	dossier_id uuid not null,
	successor_id uuid not null,
	named_by uuid not null,
	words bytea not null,
	named_at timestamp with time zone not null,
	constraint successions_pkey PRIMARY KEY (tenant_id, succession_id),
	constraint successions_are_decided_by_somebody_else CHECK (named_by <> successor_id)
);
comment on table successions is 'To whom somebody who coordinates has handed on a circle in which nobody was left, and why.';
comment on column successions.words is 'Sealed under the keyset of the dossier: why, in words.';
CREATE INDEX successions_of_a_circle ON successions USING btree (tenant_id, circle_id, named_at, succession_id);
alter table successions enable row level security;
alter table successions force row level security;
create policy admission_fence on successions as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on successions as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on successions as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on successions as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff_hands_on on successions as permissive for insert to passerelle_app
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END AND named_by = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
create policy staff_reads on successions as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on successions to passerelle_app;
grant delete, insert, select on successions to passerelle_transfer;
grant select (tenant_id, succession_id, dossier_id, words) on successions to passerelle_rotation;
grant update (words) on successions to passerelle_rotation;

create table task_texts (
	tenant_id uuid not null,
	task_id uuid not null,
	dossier_id uuid not null,
	body bytea not null,
	constraint task_texts_pkey PRIMARY KEY (tenant_id, task_id)
);
comment on table task_texts is 'What is to be done for a dossier, in words.';
comment on column task_texts.body is 'Sealed under the keyset of the dossier.';
alter table task_texts enable row level security;
alter table task_texts force row level security;
create policy admission_fence on task_texts as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on task_texts as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on task_texts as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on task_texts as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on task_texts as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant insert, select on task_texts to passerelle_app;
grant delete, insert, select on task_texts to passerelle_transfer;
grant update (body) on task_texts to passerelle_app;
grant select (tenant_id, task_id, dossier_id, body) on task_texts to passerelle_rotation;
grant update (body) on task_texts to passerelle_rotation;

create table tasks (
	tenant_id uuid not null,
	task_id uuid not null,
	dossier_id uuid,
	assignee_id uuid not null,
	kind text not null,
	due_on date not null,
	every integer,
	unit text,
	anchor_on date not null,
	follows uuid,
	version integer not null default 1,
	made_at timestamp with time zone not null,
	made_by uuid not null,
	changed_by uuid not null,
	ended_at timestamp with time zone,
	ended_by uuid,
	outcome text,
	constraint tasks_pkey PRIMARY KEY (tenant_id, task_id),
	constraint tasks_are_followed_once UNIQUE (tenant_id, follows),
	constraint tasks_keep_to_their_assignee UNIQUE (tenant_id, task_id, assignee_id),
	constraint tasks_keep_to_their_dossier UNIQUE (tenant_id, task_id, dossier_id),
	constraint tasks_are_of_a_known_kind CHECK (kind = ANY (ARRAY['call'::text, 'letter'::text, 'appointment'::text, 'document'::text, 'follow_up'::text, 'other'::text])),
	constraint tasks_end_by_somebody_and_somehow CHECK ((ended_at IS NULL) = (ended_by IS NULL) AND (ended_at IS NULL) = (outcome IS NULL) AND (outcome = ANY (ARRAY['done'::text, 'dropped'::text]))),
	constraint tasks_repeat_by_a_number_and_a_unit CHECK ((every IS NULL) = (unit IS NULL) AND every >= 1 AND every <= 99 AND (unit = ANY (ARRAY['days'::text, 'weeks'::text, 'months'::text])))
);
comment on table tasks is 'What somebody of the staff has to do by a day, for a dossier or without. What exactly stands beside it, sealed.';
CREATE INDEX tasks_ended_by_a_person ON tasks USING btree (tenant_id, ended_by, ended_at DESC, task_id) WHERE ended_at IS NOT NULL;
CREATE INDEX tasks_ended_of_a_dossier ON tasks USING btree (tenant_id, dossier_id, ended_at DESC, task_id) WHERE ended_at IS NOT NULL;
CREATE INDEX tasks_open_of_a_dossier ON tasks USING btree (tenant_id, dossier_id, due_on, task_id) WHERE ended_at IS NULL;
CREATE INDEX tasks_open_of_a_person ON tasks USING btree (tenant_id, assignee_id, due_on, task_id) WHERE ended_at IS NULL;
alter table tasks enable row level security;
alter table tasks force row level security;
create policy admission_fence on tasks as restrictive for all to public
	using ((COALESCE(dossier_id, tenant_id) = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((COALESCE(dossier_id, tenant_id) = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on tasks as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on tasks as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy staff on tasks as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
CREATE TRIGGER tasks_of_a_restricted_dossier_go_to_those_who_are_named AFTER INSERT OR UPDATE OF assignee_id ON tasks FOR EACH ROW WHEN (new.dossier_id IS NOT NULL) EXECUTE FUNCTION refuse_to_give_to_whoever_is_barred('assignee_id');
grant insert, select on tasks to passerelle_app;
grant delete, insert, select on tasks to passerelle_transfer;
grant update (assignee_id, kind, due_on, every, unit, anchor_on, version, changed_by, ended_at, ended_by, outcome) on tasks to passerelle_app;

create table tenant_limits (
	tenant_id uuid not null,
	members integer,
	office_people integer,
	storage_mib integer,
	reason text not null,
	version integer not null,
	set_by text not null,
	set_at timestamp with time zone not null,
	constraint tenant_limits_pkey PRIMARY KEY (tenant_id),
	constraint tenant_limits_have_a_reason CHECK (length(btrim(reason)) >= 1 AND length(btrim(reason)) <= 300),
	constraint tenant_limits_leave_two_administrators CHECK (members >= 2 AND office_people >= 0 AND storage_mib >= 16)
);
comment on table tenant_limits is 'How many people a tenant may have and how much it may store; nothing where there is no limit. It keeps nobody from signing in, and no dossier from being saved.';
alter table tenant_limits enable row level security;
alter table tenant_limits force row level security;
create policy door_fence on tenant_limits as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND current_setting('app.scope'::text, true) = 'admin'::text OR current_setting('app.scope'::text, true) = 'platform'::text)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND current_setting('app.scope'::text, true) = 'admin'::text OR current_setting('app.scope'::text, true) = 'platform'::text);
create policy admin on tenant_limits as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END);
create policy platform_adds on tenant_limits as permissive for insert to passerelle_platform
	with check (current_setting('app.scope'::text, true) = 'platform'::text);
create policy platform_changes on tenant_limits as permissive for update to passerelle_platform
	using (current_setting('app.scope'::text, true) = 'platform'::text)
	with check (current_setting('app.scope'::text, true) = 'platform'::text);
create policy platform_reads on tenant_limits as permissive for select to passerelle_platform
	using (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END);
grant select on tenant_limits to passerelle_app;
grant insert, select on tenant_limits to passerelle_platform;
grant delete, insert, select on tenant_limits to passerelle_transfer;
grant update (members, office_people, storage_mib, reason, version, set_by, set_at) on tenant_limits to passerelle_platform;

create table tenant_removals (
	tenant_id uuid not null,
	planned_at timestamp with time zone not null default now(),
	due_at timestamp with time zone not null,
	reason text not null,
	withdrawn_at timestamp with time zone,
	constraint tenant_removals_pkey PRIMARY KEY (tenant_id, planned_at),
	constraint tenant_removals_have_a_reason CHECK (reason = ANY (ARRAY['asked'::text, 'agreement'::text, 'abandoned'::text])),
	constraint tenant_removals_wait_for_thirty_days CHECK (due_at >= (planned_at + '30 days'::interval))
);
comment on table tenant_removals is 'That everything of a tenant is to be deleted, from when on, and whether that was taken back.';
CREATE UNIQUE INDEX tenant_removals_are_planned_once ON tenant_removals USING btree (tenant_id) WHERE withdrawn_at IS NULL;
alter table tenant_removals enable row level security;
alter table tenant_removals force row level security;
create policy door_fence on tenant_removals as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND current_setting('app.scope'::text, true) = 'admin'::text OR current_setting('app.scope'::text, true) = 'platform'::text)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND current_setting('app.scope'::text, true) = 'admin'::text OR current_setting('app.scope'::text, true) = 'platform'::text);
create policy admin on tenant_removals as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END);
create policy platform_adds on tenant_removals as permissive for insert to passerelle_platform
	with check (current_setting('app.scope'::text, true) = 'platform'::text);
create policy platform_reads on tenant_removals as permissive for select to passerelle_platform
	using (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END);
create policy platform_withdraws on tenant_removals as permissive for update to passerelle_platform
	using (current_setting('app.scope'::text, true) = 'platform'::text AND withdrawn_at IS NULL)
	with check (current_setting('app.scope'::text, true) = 'platform'::text);
grant select on tenant_removals to passerelle_app;
grant select on tenant_removals to passerelle_platform;
grant delete, insert, select on tenant_removals to passerelle_transfer;
grant insert (tenant_id, due_at, reason) on tenant_removals to passerelle_platform;
grant update (withdrawn_at) on tenant_removals to passerelle_platform;

create table tenants (
	tenant_id uuid not null,
	slug text not null,
	name text not null,
	canton text not null,
	created_at timestamp with time zone not null default now(),
	languages text[] not null default '{}'::text[],
	regime text not null default 'cantonal'::text,
	live_at timestamp with time zone,
	suspended_at timestamp with time zone,
	suspended_for text not null default ''::text,
	resumed_at timestamp with time zone,
	confirmed_steps text[] not null default '{}'::text[],
	blueprint_hash text not null default ''::text,
	blueprint_at timestamp with time zone,
	constraint tenants_pkey PRIMARY KEY (tenant_id),
	constraint tenants_have_a_slug_of_their_own UNIQUE (slug),
	constraint tenants_accept_a_blueprint_at_a_moment CHECK ((blueprint_hash = ''::text) = (blueprint_at IS NULL)),
	constraint tenants_are_suspended_for_a_known_reason CHECK (suspended_for = ANY (ARRAY[''::text, 'asked'::text, 'agreement'::text, 'incident'::text])),
	constraint tenants_are_suspended_for_a_reason CHECK ((suspended_at IS NULL) = (suspended_for = ''::text)),
	constraint tenants_are_under_one_law CHECK (regime = ANY (ARRAY['cantonal'::text, 'federal'::text])),
	constraint tenants_confirm_known_steps CHECK (confirmed_steps <@ ARRAY['languages'::text, 'protection'::text, 'retention'::text]),
	constraint tenants_lie_in_a_canton CHECK (canton ~ '^[A-Z]{2}$'::text),
	constraint tenants_name_a_blueprint_by_its_hash CHECK (blueprint_hash ~ '^([0-9a-f]{64})?$'::text),
	constraint tenants_speak_languages_of_pages CHECK (languages <@ ARRAY['fr'::text, 'de'::text, 'it'::text, 'en'::text])
);
comment on table tenants is 'A canton''s NGO: the wall between tenants is drawn along tenant_id everywhere.';
comment on column tenants.blueprint_hash is 'Which blueprint was accepted: the SHA-256 of what it is read from. When that changes, somebody looks again.';
comment on column tenants.confirmed_steps is 'What somebody has looked at that follows from the canton unless something else is said.';
comment on column tenants.languages is 'In which of its languages a tenant works; none named are those of its canton.';
comment on column tenants.live_at is 'Since when its people may come in; before, those who administer it alone.';
comment on column tenants.resumed_at is 'Sessions from before are over.';
alter table tenants enable row level security;
alter table tenants force row level security;
create policy door_fence on tenants as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'signin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'office'::text, 'admin'::text, 'figures'::text])) OR current_setting('app.scope'::text, true) = 'platform'::text)
	with check (current_setting('app.scope'::text, true) = 'signin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'office'::text, 'admin'::text, 'figures'::text])) OR current_setting('app.scope'::text, true) = 'platform'::text);
create policy admin on tenants as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END);
create policy door on tenants as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'signin'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'signin'::text THEN true ELSE false END);
create policy figures on tenants as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'figures'::text THEN true ELSE false END);
create policy office on tenants as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'office'::text THEN true ELSE false END);
create policy platform on tenants as permissive for all to passerelle_platform
	using (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END);
create policy rotation on tenants as permissive for select to passerelle_rotation
	using (true);
create policy sequencer on tenants as permissive for select to passerelle_sequencer
	using (true);
create policy staff on tenants as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
CREATE TRIGGER live_tenants_are_corrected_by_mandate BEFORE UPDATE OF name, languages, regime ON tenants FOR EACH ROW EXECUTE FUNCTION refuse_without_a_mandate('registry');
CREATE TRIGGER tenants_are_set_up_before_they_are_live BEFORE UPDATE OF canton, confirmed_steps, blueprint_hash, blueprint_at ON tenants FOR EACH ROW EXECUTE FUNCTION refuse_to_set_up_what_is_live();
grant select on tenants to passerelle_app;
grant delete, insert, select on tenants to passerelle_transfer;
grant insert (tenant_id, slug, name, canton, languages, regime) on tenants to passerelle_platform;
grant select (tenant_id, slug, name, canton, created_at, languages, regime, live_at, suspended_at, suspended_for, resumed_at, confirmed_steps, blueprint_hash, blueprint_at) on tenants to passerelle_platform;
grant update (name, canton, languages, regime, live_at, suspended_at, suspended_for, resumed_at, confirmed_steps, blueprint_hash, blueprint_at) on tenants to passerelle_platform;
grant select (tenant_id, slug) on tenants to passerelle_rotation;
grant select (tenant_id, slug) on tenants to passerelle_sequencer;

create table upload_parts (
	tenant_id uuid not null,
	upload_id uuid not null,
	at integer not null,
	dossier_id uuid not null,
	person_id uuid not null,
	contents bytea not null,
	constraint upload_parts_pkey PRIMARY KEY (tenant_id, upload_id, at),
	constraint upload_parts_begin_somewhere CHECK (at >= 0)
);
comment on table upload_parts is 'The parts of a file that have arrived, by where in the file each begins.';
comment on column upload_parts.contents is 'Sealed under the keyset of the dossier.';
alter table upload_parts enable row level security;
alter table upload_parts force row level security;
create policy admission_fence on upload_parts as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on upload_parts as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'staff'::text AND person_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid)
	with check (current_setting('app.scope'::text, true) = 'staff'::text AND person_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
create policy tenant_fence on upload_parts as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on upload_parts as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on upload_parts as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'staff'::text)
	with check (current_setting('app.scope'::text, true) = 'staff'::text);
grant delete, insert, select on upload_parts to passerelle_app;
grant delete, insert, select on upload_parts to passerelle_transfer;
grant select (tenant_id, upload_id, at, dossier_id, contents) on upload_parts to passerelle_rotation;
grant update (contents) on upload_parts to passerelle_rotation;

create table uploads (
	tenant_id uuid not null,
	upload_id uuid not null,
	dossier_id uuid not null,
	person_id uuid not null,
	bytes integer not null,
	received integer not null default 0,
	particulars bytea not null,
	begun_at timestamp with time zone not null,
	constraint uploads_pkey PRIMARY KEY (tenant_id, upload_id),
	constraint uploads_are_never_more_than_there_is CHECK (bytes > 0 AND received >= 0 AND received <= bytes)
);
comment on table uploads is 'A file on its way, in parts: how much of it has arrived. It becomes a document, or is thrown away after a day.';
comment on column uploads.particulars is 'Sealed under the keyset of the dossier: what the file is called.';
CREATE INDEX uploads_of_a_member ON uploads USING btree (tenant_id, person_id, dossier_id, begun_at);
alter table uploads enable row level security;
alter table uploads force row level security;
create policy admission_fence on uploads as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on uploads as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'staff'::text AND person_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid)
	with check (current_setting('app.scope'::text, true) = 'staff'::text AND person_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid);
create policy tenant_fence on uploads as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on uploads as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on uploads as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'staff'::text)
	with check (current_setting('app.scope'::text, true) = 'staff'::text);
grant delete, insert, select on uploads to passerelle_app;
grant delete, insert, select on uploads to passerelle_transfer;
grant update (received) on uploads to passerelle_app;
grant select (tenant_id, upload_id, dossier_id, particulars) on uploads to passerelle_rotation;
grant update (particulars) on uploads to passerelle_rotation;

create table usage_reports (
	tenant_id uuid not null,
	taken_at timestamp with time zone not null,
	members integer not null,
	office_people integer not null,
	active integer not null,
	storage_mib integer not null,
	jobs_waiting integer not null,
	jobs_late integer not null,
	jobs_failed integer not null,
	signed_in_on date,
	tree_behind boolean not null,
	providers integer not null,
	providers_silent integer not null,
	constraint usage_reports_pkey PRIMARY KEY (tenant_id, taken_at),
	constraint usage_reports_are_of_an_hour CHECK (taken_at = date_trunc('hour'::text, taken_at, 'UTC'::text)),
	constraint usage_reports_round_storage CHECK ((storage_mib % 16) = 0)
);
comment on table usage_reports is 'How much a tenant uses and how well it is, once an hour: people, storage rounded up, jobs. No number says how many are accompanied.';
alter table usage_reports enable row level security;
alter table usage_reports force row level security;
create policy door_fence on usage_reports as restrictive for all to public
	using (current_setting('app.scope'::text, true) = 'signin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND current_setting('app.scope'::text, true) = 'admin'::text OR current_setting('app.scope'::text, true) = 'platform'::text)
	with check (current_setting('app.scope'::text, true) = 'signin'::text OR tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid AND current_setting('app.scope'::text, true) = 'admin'::text OR current_setting('app.scope'::text, true) = 'platform'::text);
create policy admin on usage_reports as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'admin'::text THEN true ELSE false END);
create policy door on usage_reports as permissive for all to passerelle_app
	using (current_setting('app.scope'::text, true) = 'signin'::text)
	with check (current_setting('app.scope'::text, true) = 'signin'::text);
create policy platform_reads on usage_reports as permissive for select to passerelle_platform
	using (CASE current_setting('app.scope'::text, true) WHEN 'platform'::text THEN true ELSE false END);
grant delete, insert, select on usage_reports to passerelle_app;
grant select on usage_reports to passerelle_platform;
grant delete, insert, select on usage_reports to passerelle_transfer;
grant update (members, office_people, active, storage_mib, jobs_waiting, jobs_late, jobs_failed, signed_in_on, tree_behind, providers, providers_silent) on usage_reports to passerelle_app;

create table waivers (
	tenant_id uuid not null,
	dossier_id uuid not null,
	rule text not null,
	about text not null,
	words bytea not null,
	waived_by uuid not null,
	waived_at timestamp with time zone not null,
	constraint waivers_pkey PRIMARY KEY (tenant_id, dossier_id, rule, about),
	constraint waivers_name_codes_alone CHECK (rule ~ '^[a-z0-9_]{1,60}$'::text AND about ~ '^[a-z0-9_:-]{0,80}$'::text)
);
comment on table waivers is 'Which date of a dossier somebody has decided to do without, and why. Taken back, it is no row.';
comment on column waivers.words is 'Sealed under the keyset of the dossier.';
alter table waivers enable row level security;
alter table waivers force row level security;
create policy admission_fence on waivers as restrictive for all to public
	using ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE)
	with check ((dossier_id = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE);
create policy scope_fence on waivers as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tenant_fence on waivers as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy rotation on waivers as permissive for all to passerelle_rotation
	using (true)
	with check (true);
create policy staff on waivers as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
grant delete, insert, select on waivers to passerelle_app;
grant delete, insert, select on waivers to passerelle_transfer;
grant select (tenant_id, dossier_id, rule, about, words) on waivers to passerelle_rotation;
grant update (words) on waivers to passerelle_rotation;

create table watches (
	tenant_id uuid not null,
	until timestamp with time zone not null,
	constraint watches_pkey PRIMARY KEY (tenant_id)
);
comment on table watches is 'Until when the journal of a tenant has been watched, so that a watch that begins anew goes on from there.';
alter table watches enable row level security;
alter table watches force row level security;
create policy scope_fence on watches as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'watch'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'watch'::text THEN true ELSE false END);
create policy tenant_fence on watches as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy watch on watches as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'watch'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'watch'::text THEN true ELSE false END);
grant insert, select on watches to passerelle_app;
grant delete, insert, select on watches to passerelle_transfer;
grant update (until) on watches to passerelle_app;

create table year_counts (
	tenant_id uuid not null,
	measure text not null,
	month date not null,
	code text not null,
	n bigint not null,
	constraint year_counts_pkey PRIMARY KEY (tenant_id, measure, month, code),
	constraint year_counts_are_not_negative CHECK (n >= 0),
	constraint year_counts_are_of_a_month CHECK (EXTRACT(day FROM month) = 1::numeric),
	constraint year_counts_name_codes_alone CHECK (measure ~ '^[a-z_]{1,40}$'::text AND code ~ '^[a-z_:]{0,80}$'::text)
);
comment on table year_counts is 'How many of something there were in a month. Triggers keep it, in the transaction of each change.';
alter table year_counts enable row level security;
alter table year_counts force row level security;
create policy scope_fence on year_counts as restrictive for all to public
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'tally'::text THEN true WHEN 'figures'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'tally'::text THEN true WHEN 'figures'::text THEN true ELSE false END);
create policy tenant_fence on year_counts as restrictive for all to public
	using (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid)
	with check (tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid);
create policy figures on year_counts as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'figures'::text THEN true ELSE false END);
create policy staff_reads on year_counts as permissive for select to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true ELSE false END);
create policy tally on year_counts as permissive for all to passerelle_app
	using (CASE current_setting('app.scope'::text, true) WHEN 'tally'::text THEN true ELSE false END)
	with check (CASE current_setting('app.scope'::text, true) WHEN 'tally'::text THEN true ELSE false END);
grant insert, select on year_counts to passerelle_app;
grant delete, insert, select on year_counts to passerelle_transfer;
grant update (n) on year_counts to passerelle_app;
alter table admin_codes add constraint admin_codes_are_for_a_member
	FOREIGN KEY (tenant_id, member_id) REFERENCES members(tenant_id, member_id);
alter table admissions add constraint admissions_are_of_a_member
	FOREIGN KEY (tenant_id, member_id) REFERENCES members(tenant_id, member_id);
alter table admissions add constraint admissions_are_to_a_restricted_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES restrictions(tenant_id, dossier_id) ON DELETE CASCADE;
alter table age_records add constraint age_records_are_of_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table age_records add constraint age_records_are_written_by_a_member
	FOREIGN KEY (tenant_id, written_by) REFERENCES members(tenant_id, member_id);
alter table agendas add constraint agendas_are_of_a_dossier_and_of_who_is_responsible
	FOREIGN KEY (tenant_id, dossier_id, responsible_id) REFERENCES dossiers(tenant_id, dossier_id, responsible_id) ON UPDATE CASCADE ON DELETE CASCADE;
alter table agreements add constraint agreements_are_with_an_office
	FOREIGN KEY (tenant_id, office_id) REFERENCES offices(tenant_id, office_id);
alter table alerts add constraint alerts_are_acknowledged_by_a_member
	FOREIGN KEY (tenant_id, acknowledged_by) REFERENCES members(tenant_id, member_id);
alter table announcements add constraint announcements_are_for_a_tenant_or_all
	FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id);
alter table applications add constraint applications_are_of_an_identity
	FOREIGN KEY (identity_id) REFERENCES identities(identity_id);
alter table applications add constraint applications_came_through_a_connection
	FOREIGN KEY (connection_id) REFERENCES connections(connection_id);
alter table appointments add constraint appointments_are_a_members
	FOREIGN KEY (tenant_id, member_id) REFERENCES members(tenant_id, member_id);
alter table appointments add constraint appointments_are_changed_by_a_member
	FOREIGN KEY (tenant_id, changed_by) REFERENCES members(tenant_id, member_id);
alter table appointments add constraint appointments_may_be_of_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table arrivals add constraint arrivals_are_answered_by_a_member
	FOREIGN KEY (tenant_id, answered_by) REFERENCES members(tenant_id, member_id);
alter table arrivals add constraint arrivals_are_of_a_tenant
	FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id);
alter table arrivals add constraint arrivals_are_opened_by_a_member
	FOREIGN KEY (tenant_id, opened_by) REFERENCES members(tenant_id, member_id);
alter table arrivals add constraint arrivals_go_to_a_member
	FOREIGN KEY (tenant_id, responsible_id) REFERENCES members(tenant_id, member_id);
alter table bed_holds add constraint bed_holds_are_for_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table bed_holds add constraint bed_holds_are_in_a_place
	FOREIGN KEY (tenant_id, place_id) REFERENCES places(tenant_id, place_id);
alter table beneficiaries add constraint beneficiaries_have_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table bodies add constraint bodies_answer_to_an_authority
	FOREIGN KEY (tenant_id, authority_id, authority_kind) REFERENCES bodies(tenant_id, body_id, kind);
alter table bodies add constraint bodies_are_followed_by_their_kind
	FOREIGN KEY (tenant_id, kind, successor_id, successor_ends_on) REFERENCES bodies(tenant_id, kind, body_id, ends_on) ON UPDATE CASCADE;
alter table bodies add constraint bodies_belong_to_a_tenant
	FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id);
alter table bookings add constraint bookings_are_for_an_appointment
	FOREIGN KEY (tenant_id, appointment_id) REFERENCES appointments(tenant_id, appointment_id) ON DELETE CASCADE;
alter table bookings add constraint bookings_are_made_by_a_member
	FOREIGN KEY (tenant_id, booked_by) REFERENCES members(tenant_id, member_id);
alter table bookings add constraint bookings_are_of_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table bookings add constraint bookings_are_of_an_interpreter
	FOREIGN KEY (tenant_id, interpreter_id) REFERENCES interpreters(tenant_id, interpreter_id);
alter table circle_members add constraint circle_members_are_members
	FOREIGN KEY (tenant_id, member_id) REFERENCES members(tenant_id, member_id);
alter table circle_members add constraint circle_members_are_named_by_a_member
	FOREIGN KEY (tenant_id, named_by) REFERENCES members(tenant_id, member_id);
alter table circle_members add constraint circle_members_are_of_a_circle
	FOREIGN KEY (tenant_id, circle_id, dossier_id) REFERENCES circles(tenant_id, circle_id, dossier_id) ON DELETE CASCADE;
alter table circles add constraint circles_are_closed_by_a_member
	FOREIGN KEY (tenant_id, closed_by) REFERENCES members(tenant_id, member_id);
alter table circles add constraint circles_are_of_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table circles add constraint circles_are_opened_by_a_member
	FOREIGN KEY (tenant_id, opened_by) REFERENCES members(tenant_id, member_id);
alter table claims add constraint claims_are_of_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table closures add constraint closures_are_of_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table connection_changes add constraint connection_changes_are_approved_by_a_member
	FOREIGN KEY (tenant_id, approved_by) REFERENCES members(tenant_id, member_id);
alter table connection_changes add constraint connection_changes_are_of_a_connection
	FOREIGN KEY (tenant_id, connection_id) REFERENCES connections(tenant_id, connection_id);
alter table connection_changes add constraint connection_changes_are_proposed_by_a_member
	FOREIGN KEY (tenant_id, proposed_by) REFERENCES members(tenant_id, member_id);
alter table connection_changes add constraint connection_changes_are_withdrawn_by_a_member
	FOREIGN KEY (tenant_id, withdrawn_by) REFERENCES members(tenant_id, member_id);
alter table connection_changes add constraint connection_changes_are_written_by_a_member
	FOREIGN KEY (tenant_id, written_by) REFERENCES members(tenant_id, member_id);
alter table connection_secrets add constraint connection_secrets_are_of_a_connection
	FOREIGN KEY (connection_id) REFERENCES connections(connection_id);
alter table connection_settings add constraint connection_settings_are_set_by_a_member
	FOREIGN KEY (tenant_id, set_by) REFERENCES members(tenant_id, member_id);
alter table connection_settings add constraint connection_settings_belong_to_a_tenant
	FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id);
alter table connection_trials add constraint connection_trials_are_of_a_change
	FOREIGN KEY (tenant_id, change_id) REFERENCES connection_changes(tenant_id, change_id);
alter table connection_trials add constraint connection_trials_are_of_a_member
	FOREIGN KEY (tenant_id, member_id) REFERENCES members(tenant_id, member_id);
alter table connections add constraint connections_belong_to_a_known_tenant
	FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id);
alter table consents add constraint consents_are_for_an_office
	FOREIGN KEY (tenant_id, office_id) REFERENCES offices(tenant_id, office_id);
alter table consents add constraint consents_are_recorded_by_a_member
	FOREIGN KEY (tenant_id, recorded_by) REFERENCES members(tenant_id, member_id);
alter table consents add constraint consents_are_withdrawn_with_a_member
	FOREIGN KEY (tenant_id, withdrawn_by) REFERENCES members(tenant_id, member_id);
alter table consents add constraint consents_have_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table deadlines add constraint deadlines_belong_to_an_agenda
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES agendas(tenant_id, dossier_id) ON DELETE CASCADE;
alter table decoys add constraint decoys_are_dossiers
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table decoys add constraint decoys_are_marked_by_a_member
	FOREIGN KEY (tenant_id, marked_by) REFERENCES members(tenant_id, member_id);
alter table digests add constraint digests_are_for_a_member
	FOREIGN KEY (tenant_id, member_id) REFERENCES members(tenant_id, member_id);
alter table documents add constraint documents_are_added_by_a_member
	FOREIGN KEY (tenant_id, added_by) REFERENCES members(tenant_id, member_id);
alter table documents add constraint documents_are_of_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table dossier_counts add constraint dossier_counts_belong_to_a_tenant
	FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id);
alter table dossiers add constraint dossiers_belong_to_a_tenant
	FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id);
alter table dossiers add constraint dossiers_have_a_responsible_member
	FOREIGN KEY (tenant_id, responsible_id) REFERENCES members(tenant_id, member_id);
alter table download_tickets add constraint download_tickets_are_for_a_document
	FOREIGN KEY (tenant_id, document_id) REFERENCES documents(tenant_id, document_id) ON DELETE CASCADE;
alter table download_tickets add constraint download_tickets_are_of_a_member
	FOREIGN KEY (tenant_id, person_id) REFERENCES members(tenant_id, member_id);
alter table drafts add constraint drafts_are_of_a_member
	FOREIGN KEY (tenant_id, person_id) REFERENCES members(tenant_id, member_id);
alter table drafts add constraint drafts_end_with_their_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table emergency_accesses add constraint emergency_accesses_are_of_a_member
	FOREIGN KEY (tenant_id, member_id) REFERENCES members(tenant_id, member_id);
alter table emergency_accesses add constraint emergency_accesses_are_to_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table emergency_accesses add constraint emergency_accesses_were_seen_by_coordination
	FOREIGN KEY (tenant_id, coordination_saw_by) REFERENCES members(tenant_id, member_id);
alter table emergency_accesses add constraint emergency_accesses_were_seen_by_whoever_is_responsible
	FOREIGN KEY (tenant_id, responsible_saw_by) REFERENCES members(tenant_id, member_id);
alter table enclosure_tickets add constraint enclosure_tickets_are_for_an_enclosure
	FOREIGN KEY (tenant_id, enclosure_id) REFERENCES enclosures(tenant_id, enclosure_id) ON DELETE CASCADE;
alter table enclosures add constraint enclosures_are_of_the_dossier_of_their_referral
	FOREIGN KEY (tenant_id, referral_id, dossier_id) REFERENCES referrals(tenant_id, referral_id, dossier_id) ON DELETE CASCADE;
alter table enclosures add constraint enclosures_go_with_a_referral_to_that_office
	FOREIGN KEY (tenant_id, referral_id, office_id, visible_until) REFERENCES referrals(tenant_id, referral_id, office_id, visible_until) ON UPDATE CASCADE ON DELETE CASCADE;
alter table events add constraint events_belong_to_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table events add constraint events_of_a_referral_are_of_its_dossier
	FOREIGN KEY (tenant_id, referral_id, dossier_id) REFERENCES referrals(tenant_id, referral_id, dossier_id) ON DELETE CASCADE;
alter table events add constraint events_of_a_referral_name_its_office
	FOREIGN KEY (tenant_id, referral_id, office_id, visible_until) REFERENCES referrals(tenant_id, referral_id, office_id, visible_until) ON UPDATE CASCADE ON DELETE CASCADE;
alter table exclusions add constraint exclusions_are_lifted_by_a_member
	FOREIGN KEY (tenant_id, lifted_by) REFERENCES members(tenant_id, member_id);
alter table exclusions add constraint exclusions_are_of_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table exclusions add constraint exclusions_are_recorded_by_a_member
	FOREIGN KEY (tenant_id, recorded_by) REFERENCES members(tenant_id, member_id);
alter table exports add constraint exports_are_answered_by_a_member
	FOREIGN KEY (tenant_id, answered_by) REFERENCES members(tenant_id, member_id);
alter table exports add constraint exports_are_asked_for_by_a_member
	FOREIGN KEY (tenant_id, asked_by) REFERENCES members(tenant_id, member_id);
alter table facts add constraint facts_belong_to_an_agenda
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES agendas(tenant_id, dossier_id) ON DELETE CASCADE;
alter table findings add constraint findings_are_of_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table findings add constraint findings_correct_one_of_the_same_dossier
	FOREIGN KEY (tenant_id, dossier_id, corrects) REFERENCES findings(tenant_id, dossier_id, finding_id) ON DELETE CASCADE;
alter table guardians add constraint guardians_are_of_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table guardians add constraint guardians_are_written_by_a_member
	FOREIGN KEY (tenant_id, written_by) REFERENCES members(tenant_id, member_id);
alter table handover_keys add constraint handover_keys_are_confirmed_by_a_member
	FOREIGN KEY (tenant_id, confirmed_by) REFERENCES members(tenant_id, member_id);
alter table handover_keys add constraint handover_keys_are_written_by_a_member
	FOREIGN KEY (tenant_id, written_by) REFERENCES members(tenant_id, member_id);
alter table handover_keys add constraint handover_keys_belong_to_a_tenant
	FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id);
alter table handovers add constraint handovers_are_from_a_member
	FOREIGN KEY (tenant_id, from_id) REFERENCES members(tenant_id, member_id);
alter table handovers add constraint handovers_are_to_a_member
	FOREIGN KEY (tenant_id, to_id) REFERENCES members(tenant_id, member_id);
alter table house_rules add constraint house_rules_are_decided_by_a_member
	FOREIGN KEY (tenant_id, decided_by) REFERENCES members(tenant_id, member_id);
alter table housing_evaluations add constraint housing_evaluations_are_of_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table housing_evaluations add constraint housing_evaluations_are_of_a_stay
	FOREIGN KEY (tenant_id, stay_id) REFERENCES housing_stays(tenant_id, stay_id) ON DELETE CASCADE;
alter table housing_stays add constraint housing_stays_are_of_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table housing_stays add constraint housing_stays_are_of_the_kind_of_their_place
	FOREIGN KEY (tenant_id, place_id, kind) REFERENCES places(tenant_id, place_id, kind);
alter table identifications add constraint identifications_answer_a_set
	FOREIGN KEY (tenant_id, set_digest) REFERENCES indicator_sets(tenant_id, digest);
alter table identifications add constraint identifications_are_of_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table identifications add constraint identifications_are_written_by_a_member
	FOREIGN KEY (tenant_id, written_by) REFERENCES members(tenant_id, member_id);
alter table identities add constraint identities_came_through_a_connection
	FOREIGN KEY (connection_id) REFERENCES connections(connection_id);
alter table imports add constraint imports_are_sent_by_a_member
	FOREIGN KEY (tenant_id, person_id) REFERENCES members(tenant_id, member_id);
alter table indicator_sets add constraint indicator_sets_are_loaded_by_a_member
	FOREIGN KEY (tenant_id, loaded_by) REFERENCES members(tenant_id, member_id);
alter table inquiries add constraint inquiries_are_changed_by_a_member
	FOREIGN KEY (tenant_id, changed_by) REFERENCES members(tenant_id, member_id);
alter table inquiries add constraint inquiries_are_of_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table interpreters add constraint interpreters_are_added_by_a_member
	FOREIGN KEY (tenant_id, added_by) REFERENCES members(tenant_id, member_id);
alter table interview_counts add constraint interview_counts_are_of_a_member
	FOREIGN KEY (tenant_id, member_id) REFERENCES members(tenant_id, member_id);
alter table interview_versions add constraint interview_versions_are_written_by_a_member
	FOREIGN KEY (tenant_id, written_by) REFERENCES members(tenant_id, member_id);
alter table interview_versions add constraint interview_versions_belong_to_an_interview
	FOREIGN KEY (tenant_id, interview_id, dossier_id) REFERENCES interviews(tenant_id, interview_id, dossier_id) ON DELETE CASCADE;
alter table interviews add constraint interviews_are_held_by_a_member
	FOREIGN KEY (tenant_id, member_id) REFERENCES members(tenant_id, member_id);
alter table interviews add constraint interviews_are_written_by_a_member
	FOREIGN KEY (tenant_id, written_by) REFERENCES members(tenant_id, member_id);
alter table interviews add constraint interviews_belong_to_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table invitations add constraint invitations_are_redeemed_by_an_identity
	FOREIGN KEY (identity_id) REFERENCES identities(identity_id);
alter table invitations add constraint invitations_are_to_an_office_of_the_tenant
	FOREIGN KEY (tenant_id, office_id) REFERENCES offices(tenant_id, office_id);
alter table invitations add constraint invitations_lead_through_a_connection
	FOREIGN KEY (connection_id) REFERENCES connections(connection_id);
alter table languages add constraint languages_are_of_a_member
	FOREIGN KEY (tenant_id, member_id) REFERENCES members(tenant_id, member_id);
alter table letters add constraint letters_are_of_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table letters add constraint letters_are_written_by_a_member
	FOREIGN KEY (tenant_id, written_by) REFERENCES members(tenant_id, member_id);
alter table logout_tokens add constraint logout_tokens_come_through_a_connection
	FOREIGN KEY (connection_id) REFERENCES connections(connection_id);
alter table mandate_acts add constraint mandate_acts_are_within_a_mandate
	FOREIGN KEY (tenant_id, mandate_id) REFERENCES mandates(tenant_id, mandate_id);
alter table mandates add constraint mandates_are_approved_by_a_member
	FOREIGN KEY (tenant_id, approved_by) REFERENCES members(tenant_id, member_id);
alter table mandates add constraint mandates_are_ended_by_a_member
	FOREIGN KEY (tenant_id, ended_by) REFERENCES members(tenant_id, member_id);
alter table mandates add constraint mandates_are_given_by_a_tenant
	FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id);
alter table mandates add constraint mandates_are_refused_by_a_member
	FOREIGN KEY (tenant_id, refused_by) REFERENCES members(tenant_id, member_id);
alter table meeting_places add constraint meeting_places_are_of_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table meeting_places add constraint meeting_places_are_of_an_appointment
	FOREIGN KEY (tenant_id, appointment_id) REFERENCES appointments(tenant_id, appointment_id) ON DELETE CASCADE;
alter table member_professions add constraint member_professions_are_granted_by_a_member
	FOREIGN KEY (tenant_id, granted_by) REFERENCES members(tenant_id, member_id);
alter table member_professions add constraint member_professions_are_of_a_member
	FOREIGN KEY (tenant_id, member_id) REFERENCES members(tenant_id, member_id);
alter table members add constraint members_are_an_identity
	FOREIGN KEY (identity_id) REFERENCES identities(identity_id);
alter table members add constraint members_belong_to_a_tenant
	FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id);
alter table members add constraint members_sign_in_through_a_connection
	FOREIGN KEY (connection_id) REFERENCES connections(connection_id);
alter table messages add constraint messages_hang_on_a_referral_to_that_office
	FOREIGN KEY (tenant_id, referral_id, office_id, visible_until) REFERENCES referrals(tenant_id, referral_id, office_id, visible_until) ON UPDATE CASCADE ON DELETE CASCADE;
alter table moves add constraint moves_are_of_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table moves add constraint moves_are_proposed_by_a_member
	FOREIGN KEY (tenant_id, proposed_by) REFERENCES members(tenant_id, member_id);
alter table moves add constraint moves_are_sent_by_a_member
	FOREIGN KEY (tenant_id, sent_by) REFERENCES members(tenant_id, member_id);
alter table moves add constraint moves_are_withdrawn_by_a_member
	FOREIGN KEY (tenant_id, withdrawn_by) REFERENCES members(tenant_id, member_id);
alter table note_versions add constraint note_versions_are_of_a_note
	FOREIGN KEY (tenant_id, note_id, circle_id, dossier_id) REFERENCES notes(tenant_id, note_id, circle_id, dossier_id) ON DELETE CASCADE;
alter table note_versions add constraint note_versions_were_written_by_a_member
	FOREIGN KEY (tenant_id, written_by) REFERENCES members(tenant_id, member_id);
alter table notes add constraint notes_are_of_a_circle
	FOREIGN KEY (tenant_id, circle_id, dossier_id) REFERENCES circles(tenant_id, circle_id, dossier_id) ON DELETE CASCADE;
alter table notes add constraint notes_are_of_a_member
	FOREIGN KEY (tenant_id, author_id) REFERENCES members(tenant_id, member_id);
alter table notes add constraint notes_are_struck_by_a_member
	FOREIGN KEY (tenant_id, struck_by) REFERENCES members(tenant_id, member_id);
alter table notes add constraint notes_are_written_by_a_member
	FOREIGN KEY (tenant_id, written_by) REFERENCES members(tenant_id, member_id);
alter table offences add constraint offences_are_of_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table office_members add constraint office_members_are_an_identity
	FOREIGN KEY (identity_id) REFERENCES identities(identity_id);
alter table office_members add constraint office_members_belong_to_an_office
	FOREIGN KEY (tenant_id, office_id) REFERENCES offices(tenant_id, office_id);
alter table office_members add constraint office_members_sign_in_through_a_connection
	FOREIGN KEY (connection_id) REFERENCES connections(connection_id);
alter table office_regions add constraint office_regions_are_of_an_office
	FOREIGN KEY (tenant_id, office_id) REFERENCES offices(tenant_id, office_id) ON DELETE CASCADE;
alter table office_regions add constraint office_regions_are_regions
	FOREIGN KEY (tenant_id, region_id, region_kind) REFERENCES bodies(tenant_id, body_id, kind);
alter table offices add constraint offices_answer_to_an_authority
	FOREIGN KEY (tenant_id, authority_id, authority_kind) REFERENCES bodies(tenant_id, body_id, kind);
alter table offices add constraint offices_are_followed_by_an_office
	FOREIGN KEY (tenant_id, successor_id, successor_ends_at) REFERENCES offices(tenant_id, office_id, ends_at) ON UPDATE CASCADE;
alter table offices add constraint offices_are_of_an_organisation
	FOREIGN KEY (tenant_id, organisation_id, organisation_kind) REFERENCES bodies(tenant_id, body_id, kind);
alter table offices add constraint offices_belong_to_a_tenant
	FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id);
alter table own_task_texts add constraint own_task_texts_belong_to_a_task
	FOREIGN KEY (tenant_id, task_id, assignee_id) REFERENCES tasks(tenant_id, task_id, assignee_id) ON DELETE CASCADE;
alter table packages add constraint packages_are_of_an_arrival
	FOREIGN KEY (tenant_id, move_id) REFERENCES arrivals(tenant_id, move_id) ON DELETE CASCADE;
alter table parked_forms add constraint parked_forms_belong_to_a_tenant
	FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id);
alter table passkey_challenges add constraint passkey_challenges_are_of_an_identity
	FOREIGN KEY (identity_id) REFERENCES identities(identity_id);
alter table passkey_challenges add constraint passkey_challenges_belong_to_a_tenant
	FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id);
alter table passkey_recoveries add constraint passkey_recoveries_are_of_an_identity
	FOREIGN KEY (identity_id) REFERENCES identities(identity_id);
alter table passkey_recoveries add constraint passkey_recoveries_belong_to_a_tenant
	FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id);
alter table passkeys add constraint passkeys_are_of_an_identity
	FOREIGN KEY (identity_id) REFERENCES identities(identity_id);
alter table passkeys add constraint passkeys_belong_to_a_tenant
	FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id);
alter table pauses add constraint pauses_are_lifted_by_a_member
	FOREIGN KEY (tenant_id, lifted_by) REFERENCES members(tenant_id, member_id);
alter table pauses add constraint pauses_are_of_an_office
	FOREIGN KEY (tenant_id, office_id) REFERENCES offices(tenant_id, office_id);
alter table pauses add constraint pauses_come_with_an_alert
	FOREIGN KEY (tenant_id, alert_id) REFERENCES alerts(tenant_id, alert_id);
alter table payers add constraint payers_are_of_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table phase_settings add constraint phase_settings_are_of_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table place_showings add constraint place_showings_are_of_a_place
	FOREIGN KEY (tenant_id, place_id) REFERENCES places(tenant_id, place_id);
alter table places add constraint places_belong_to_a_tenant
	FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id);
alter table postponements add constraint postponements_are_made_by_a_member
	FOREIGN KEY (tenant_id, postponed_by) REFERENCES members(tenant_id, member_id);
alter table postponements add constraint postponements_have_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table presences add constraint presences_are_of_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table proceedings add constraint proceedings_belong_to_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table project_steps add constraint project_steps_are_of_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table projects add constraint projects_are_of_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table protection_reports add constraint protection_reports_are_of_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table protection_reports add constraint protection_reports_are_written_by_a_member
	FOREIGN KEY (tenant_id, written_by) REFERENCES members(tenant_id, member_id);
alter table provisioned_groups add constraint provisioned_groups_are_of_a_connection
	FOREIGN KEY (tenant_id, connection_id) REFERENCES connections(tenant_id, connection_id);
alter table provisioned_memberships add constraint provisioned_memberships_are_of_a_group
	FOREIGN KEY (tenant_id, group_id) REFERENCES provisioned_groups(tenant_id, group_id) ON DELETE CASCADE;
alter table provisioned_memberships add constraint provisioned_memberships_are_of_a_person
	FOREIGN KEY (tenant_id, person_id) REFERENCES provisioned_people(tenant_id, person_id) ON DELETE CASCADE;
alter table provisioned_memberships add constraint provisioned_memberships_propose_a_role
	FOREIGN KEY (tenant_id, group_name) REFERENCES role_proposals(tenant_id, group_name) ON DELETE CASCADE;
alter table provisioned_people add constraint provisioned_people_are_of_a_connection
	FOREIGN KEY (tenant_id, connection_id) REFERENCES connections(tenant_id, connection_id);
alter table provisioning_acts add constraint provisioning_acts_are_of_a_connection
	FOREIGN KEY (tenant_id, connection_id) REFERENCES connections(tenant_id, connection_id);
alter table provisioning_tokens add constraint provisioning_tokens_are_made_by_a_member
	FOREIGN KEY (tenant_id, made_by) REFERENCES members(tenant_id, member_id);
alter table provisioning_tokens add constraint provisioning_tokens_are_of_a_connection
	FOREIGN KEY (tenant_id, connection_id) REFERENCES connections(tenant_id, connection_id);
alter table provisionings add constraint provisionings_are_of_a_connection
	FOREIGN KEY (tenant_id, connection_id) REFERENCES connections(tenant_id, connection_id);
alter table provisionings add constraint provisionings_are_set_by_a_member
	FOREIGN KEY (tenant_id, set_by) REFERENCES members(tenant_id, member_id);
alter table received_files add constraint received_files_are_of_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table received_files add constraint received_files_are_received_by_a_member
	FOREIGN KEY (tenant_id, received_by) REFERENCES members(tenant_id, member_id);
alter table referrals add constraint referrals_are_taken_by_an_office_member
	FOREIGN KEY (tenant_id, taken_by) REFERENCES office_members(tenant_id, office_member_id);
alter table referrals add constraint referrals_are_written_by_a_member
	FOREIGN KEY (tenant_id, created_by) REFERENCES members(tenant_id, member_id);
alter table referrals add constraint referrals_go_to_an_office
	FOREIGN KEY (tenant_id, office_id) REFERENCES offices(tenant_id, office_id);
alter table referrals add constraint referrals_have_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table referrals add constraint referrals_rest_on_a_consent_for_that_office
	FOREIGN KEY (tenant_id, consent_id, dossier_id, office_id) REFERENCES consents(tenant_id, consent_id, dossier_id, office_id);
alter table reflections add constraint reflections_belong_to_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table reminders add constraint reminders_are_acknowledged_by_a_member
	FOREIGN KEY (tenant_id, acknowledged_by) REFERENCES members(tenant_id, member_id);
alter table reminders add constraint reminders_are_of_an_agenda
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES agendas(tenant_id, dossier_id) ON DELETE CASCADE;
alter table removals add constraint removals_are_ordered_by_a_member
	FOREIGN KEY (tenant_id, ordered_by) REFERENCES members(tenant_id, member_id);
alter table removals add constraint removals_have_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table restrictions add constraint restrictions_are_of_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table restrictions add constraint restrictions_are_set_by_a_member
	FOREIGN KEY (tenant_id, restricted_by) REFERENCES members(tenant_id, member_id);
alter table retention_rules add constraint retention_rules_are_decided_by_a_member
	FOREIGN KEY (tenant_id, decided_by) REFERENCES members(tenant_id, member_id);
alter table retention_rules add constraint retention_rules_are_of_a_tenant
	FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id);
alter table retention_terms add constraint retention_terms_are_decided_by_a_member
	FOREIGN KEY (tenant_id, decided_by) REFERENCES members(tenant_id, member_id);
alter table retention_terms add constraint retention_terms_are_of_a_tenant
	FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id);
alter table return_contacts add constraint return_contacts_follow_a_return
	FOREIGN KEY (tenant_id, dossier_id, return_id) REFERENCES returns(tenant_id, dossier_id, return_id) ON DELETE CASCADE;
alter table returns add constraint returns_are_of_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table risk_assessments add constraint risk_assessments_are_of_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table risk_assessments add constraint risk_assessments_are_written_by_a_member
	FOREIGN KEY (tenant_id, written_by) REFERENCES members(tenant_id, member_id);
alter table role_proposals add constraint role_proposals_belong_to_a_tenant
	FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id);
alter table safety_plans add constraint safety_plans_are_of_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table safety_plans add constraint safety_plans_are_written_by_a_member
	FOREIGN KEY (tenant_id, written_by) REFERENCES members(tenant_id, member_id);
alter table second_readings add constraint second_readings_are_by_a_member
	FOREIGN KEY (tenant_id, read_by) REFERENCES members(tenant_id, member_id);
alter table second_readings add constraint second_readings_are_of_an_identification
	FOREIGN KEY (tenant_id, dossier_id, identification_id) REFERENCES identifications(tenant_id, dossier_id, identification_id) ON DELETE CASCADE;
alter table sessions add constraint sessions_act_as_a_member
	FOREIGN KEY (tenant_id, member_id) REFERENCES members(tenant_id, member_id);
alter table sessions add constraint sessions_act_as_an_office_member
	FOREIGN KEY (tenant_id, office_member_id) REFERENCES office_members(tenant_id, office_member_id);
alter table sessions add constraint sessions_are_of_an_identity
	FOREIGN KEY (identity_id) REFERENCES identities(identity_id);
alter table signin_attempts add constraint signin_attempts_go_through_a_connection
	FOREIGN KEY (connection_id) REFERENCES connections(connection_id);
alter table signin_refusals add constraint signin_refusals_are_of_a_tenant
	FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id);
alter table situations add constraint situations_have_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table stays add constraint stays_belong_to_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table successions add constraint successions_are_decided_by_a_member
	FOREIGN KEY (tenant_id, named_by) REFERENCES members(tenant_id, member_id);
alter table successions add constraint successions_are_of_a_circle
	FOREIGN KEY (tenant_id, circle_id, dossier_id) REFERENCES circles(tenant_id, circle_id, dossier_id) ON DELETE CASCADE;
alter table successions add constraint successions_are_to_a_member
	FOREIGN KEY (tenant_id, successor_id) REFERENCES members(tenant_id, member_id);
alter table task_texts add constraint task_texts_belong_to_a_task
	FOREIGN KEY (tenant_id, task_id, dossier_id) REFERENCES tasks(tenant_id, task_id, dossier_id) ON DELETE CASCADE;
alter table tasks add constraint tasks_are_changed_by_a_member
	FOREIGN KEY (tenant_id, changed_by) REFERENCES members(tenant_id, member_id);
alter table tasks add constraint tasks_are_ended_by_a_member
	FOREIGN KEY (tenant_id, ended_by) REFERENCES members(tenant_id, member_id);
alter table tasks add constraint tasks_are_for_a_member
	FOREIGN KEY (tenant_id, assignee_id) REFERENCES members(tenant_id, member_id);
alter table tasks add constraint tasks_are_made_by_a_member
	FOREIGN KEY (tenant_id, made_by) REFERENCES members(tenant_id, member_id);
alter table tasks add constraint tasks_belong_to_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table tenant_limits add constraint tenant_limits_are_of_a_tenant
	FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id);
alter table tenant_removals add constraint tenant_removals_are_of_a_tenant
	FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id);
alter table upload_parts add constraint upload_parts_are_of_an_upload
	FOREIGN KEY (tenant_id, upload_id) REFERENCES uploads(tenant_id, upload_id) ON DELETE CASCADE;
alter table uploads add constraint uploads_are_for_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table uploads add constraint uploads_are_sent_by_a_member
	FOREIGN KEY (tenant_id, person_id) REFERENCES members(tenant_id, member_id);
alter table usage_reports add constraint usage_reports_are_of_a_tenant
	FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id);
alter table waivers add constraint waivers_are_of_a_dossier
	FOREIGN KEY (tenant_id, dossier_id) REFERENCES dossiers(tenant_id, dossier_id) ON DELETE CASCADE;
alter table year_counts add constraint year_counts_belong_to_a_tenant
	FOREIGN KEY (tenant_id) REFERENCES tenants(tenant_id);
