-- The same fences, asked less often. Postgres evaluates a fence for every row and reads a setting anew each time; in an
-- office's inbox five readings a row took longer than the rows did. A "case" reads the scope once, and one policy for
-- both sides that read replaces two.

do $$
declare
	office constant text := $sql$office_id = nullif(current_setting('app.office_id', true), '')::uuid$sql$;
	fence record;
	expression text;
begin
	for fence in select * from (values
		('referrals', office || ' and sent_at is not null and revoked_at is null and visible_until > now()'),
		('messages', office || ' and visible_until > now()'),
		('events', office || ' and visible_until > now()')
	) as f (relname, at_office) loop
		expression := format($sql$case current_setting('app.scope', true) when 'staff' then true when 'office' then %s else false end$sql$, fence.at_office);
		execute format('alter policy scope_fence on %I using (%s) with check (%s)', fence.relname, expression, expression);
		execute format($sql$create policy both_read on %I for select to passerelle_app using (current_setting('app.scope', true) in ('staff', 'office'))$sql$, fence.relname);
	end loop;
end $$;

drop policy staff on referrals;
drop policy office_reads on referrals;
create policy staff_writes on referrals for insert to passerelle_app with check (current_setting('app.scope', true) = 'staff');
create policy staff_changes on referrals for update to passerelle_app
	using (current_setting('app.scope', true) = 'staff') with check (current_setting('app.scope', true) = 'staff');
create policy staff_discards on referrals for delete to passerelle_app using (current_setting('app.scope', true) = 'staff');
drop policy staff_reads on messages;
drop policy office_reads on messages;
drop policy staff_reads on events;
drop policy office_reads on events;
