-- Fences that read the scope alone, so that the planner expects rows behind them. It takes a comparison of a setting with a word
-- for true in one row of two hundred, and a table has two or three of them: a tenant's thousands of rows were planned as one, and
-- whatever was joined with them was done again for each, or sorted whole. A "case" it takes for true in every second row. What is
-- let through stays the same.

do $migration$
declare
	scopes constant text := $regexp$^\(current_setting\('app\.scope'::text, true\) = (?:ANY \(ARRAY\[)?('[a-z]+'::text(?:, '[a-z]+'::text)*)(?:\]\))?\)$$regexp$;
	policy record;
begin
	for policy in
		select tablename, policyname,
			(select string_agg(format(' when %s then true', word), '') from unnest(string_to_array(regexp_replace(substring(qual from scopes), '::text', '', 'g'), ', ')) as word) as reads,
			(select string_agg(format(' when %s then true', word), '') from unnest(string_to_array(regexp_replace(substring(with_check from scopes), '::text', '', 'g'), ', ')) as word) as writes
		from pg_policies where schemaname = 'public' and policyname <> 'door_fence' and (qual ~ scopes or with_check ~ scopes)
	loop
		if policy.reads is not null then
			execute format($$alter policy %I on %I using (case current_setting('app.scope', true)%s else false end)$$, policy.policyname, policy.tablename, policy.reads);
		end if;
		if policy.writes is not null then
			execute format($$alter policy %I on %I with check (case current_setting('app.scope', true)%s else false end)$$, policy.policyname, policy.tablename, policy.writes);
		end if;
	end loop;
end $migration$;
