-- Three more roles, and two scopes for them. Whoever administers a tenant sees its people, offices and connections, and not one row
-- of a dossier, whatever a page might ask. Whoever reads the figures sees counts, and no one who is counted. The lead of an office
-- sees what its people see.

alter table members drop constraint members_have_a_staff_role;
alter table members add constraint members_have_a_staff_role check (role in ('caseworker', 'coordinator', 'auditor', 'statistician', 'admin'));
-- In a small NGO one person is both; as each she sees what that role sees.
alter table members drop constraint members_are_expected_once;
alter table members add constraint members_are_expected_once_for_a_role unique (tenant_id, connection_id, expected_subject, role);
alter table office_members add column role text not null default 'office_member';
alter table office_members add constraint office_members_have_a_role_of_offices check (role in ('office_member', 'office_lead'));

do $$
declare
	door constant text := $e$current_setting('app.scope', true) = 'signin'$e$;
	here constant text := $e$tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid$e$;
	own_office constant text := $e$current_setting('app.scope', true) = 'office' and office_id = nullif(current_setting('app.office_id', true), '')::uuid$e$;
	admin constant text := $e$case current_setting('app.scope', true) when 'admin' then true else false end$e$;
	figures constant text := $e$case current_setting('app.scope', true) when 'figures' then true else false end$e$;
	fence record;
begin
	for fence in select * from (values
		('connections', format($e$%s or (%s and current_setting('app.scope', true) = 'admin')$e$, door, here)),
		('tenants', format($e$%s or (%s and current_setting('app.scope', true) in ('staff', 'office', 'admin', 'figures'))$e$, door, here)),
		('members', format($e$%s or (%s and current_setting('app.scope', true) in ('staff', 'clock', 'admin'))$e$, door, here)),
		('offices', format($e$%s or (%s and (current_setting('app.scope', true) in ('staff', 'admin') or (%s)))$e$, door, here, own_office)),
		('office_members', format($e$%s or (%s and (current_setting('app.scope', true) in ('staff', 'admin') or (%s)))$e$, door, here, own_office))
	) as fences (table_name, expression) loop
		execute format('alter policy door_fence on %I using (%s) with check (%s)', fence.table_name, fence.expression, fence.expression);
		execute format('create policy admin on %I for select to passerelle_app using (%s)', fence.table_name, admin);
	end loop;
	execute format('create policy figures on tenants for select to passerelle_app using (%s)', figures);
	for fence in select * from (values
		('year_counts', $e$case current_setting('app.scope', true) when 'staff' then true when 'tally' then true when 'figures' then true else false end$e$),
		('interview_counts', $e$case current_setting('app.scope', true) when 'staff' then true when 'figures' then true else false end$e$),
		('housing_stays', $e$case current_setting('app.scope', true) when 'staff' then true when 'figures' then true else false end$e$)
	) as fences (table_name, expression) loop
		execute format('alter policy scope_fence on %I using (%s) with check (%s)', fence.table_name, fence.expression, fence.expression);
		execute format('create policy figures on %I for select to passerelle_app using (%s)', fence.table_name, figures);
	end loop;
end $$;

-- What administrators do is in the journal like everything else, in their own name and about no dossier. They read what
-- administrators did, and nothing that anybody did with a person.
do $$
declare
	fence text;
	own constant text := $e$current_setting('app.scope', true) = 'admin' and role = 'admin' and dossier_id is null$e$;
begin
	select pg_get_expr(polqual, polrelid) into strict fence from pg_policy where polrelid = 'journal_entries'::regclass and polname = 'scope_fence';
	fence := format('%s or %s', fence, own);
	execute format('alter policy scope_fence on journal_entries using (%s) with check (%s)', fence, fence);
end $$;
create policy admin_reads on journal_entries for select to passerelle_app
	using (case current_setting('app.scope', true) when 'admin' then true else false end);
create policy admin_writes on journal_entries for insert to passerelle_app
	with check (current_setting('app.scope', true) = 'admin' and person_id = nullif(current_setting('app.person_id', true), '')::uuid);
