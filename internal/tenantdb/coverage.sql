-- Each row is one hole in the fences, in a sentence. See docs/architecture.md, "The fences".
with app as (
	select r.oid, r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb from pg_roles r where r.rolname = current_user
), tables as (
	select c.oid, c.relname, c.relowner, c.relrowsecurity, c.relforcerowsecurity
	from pg_class c
	where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
), words (signin, tenant, staff, own_office, own_directory) as (
	values (
		$$current_setting('app.scope'::text, true) = 'signin'::text$$,
		$$tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid$$,
		$$current_setting('app.scope'::text, true) = 'staff'::text$$,
		$$current_setting('app.scope'::text, true) = 'office'::text AND office_id = NULLIF(current_setting('app.office_id'::text, true), ''::text)::uuid$$,
		$$current_setting('app.scope'::text, true) = 'directory'::text AND connection_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid$$)
), door (relname, owned, fence) as (
	select relname, owned, format(fence, signin, tenant, staff, own_office, own_directory) from words, (values
		('connections', false, $$%1$s OR %2$s AND current_setting('app.scope'::text, true) = 'admin'::text OR current_setting('app.scope'::text, true) = 'platform'::text AND kind = 'staff'::text$$), ('identities', false, '%1$s OR %5$s'), ('signin_attempts', false, '%1$s'),
		('connection_secrets', false, '%1$s'),
		('sessions', false, $$%1$s OR %2$s AND current_setting('app.scope'::text, true) = 'admin'::text$$), ('logout_tokens', false, '%1$s'),
		('tenants', true, $$%1$s OR %2$s AND (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'office'::text, 'admin'::text, 'figures'::text])) OR current_setting('app.scope'::text, true) = 'platform'::text$$),
		('applications', true, $$%1$s OR %2$s AND current_setting('app.scope'::text, true) = 'admin'::text OR %2$s AND %5$s$$),
		('members', true, $$%1$s OR %2$s AND (current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'clock'::text, 'admin'::text])) OR current_setting('app.scope'::text, true) = 'platform'::text AND role = 'admin'::text OR %2$s AND current_setting('app.scope'::text, true) = 'directory'::text AND (connection_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid OR role = 'admin'::text)$$),
		('announcements', false, $$%1$s OR current_setting('app.scope'::text, true) = 'platform'::text$$),
		('signin_refusals', true, $$%1$s OR current_setting('app.scope'::text, true) = 'platform'::text$$),
		('usage_reports', true, $$%1$s OR %2$s AND current_setting('app.scope'::text, true) = 'admin'::text OR current_setting('app.scope'::text, true) = 'platform'::text$$),
		('tenant_limits', true, $$%2$s AND current_setting('app.scope'::text, true) = 'admin'::text OR current_setting('app.scope'::text, true) = 'platform'::text$$),
		('retention_rules', true, $$%2$s AND %3$s OR current_setting('app.scope'::text, true) = 'platform'::text$$),
		('tenant_removals', true, $$%2$s AND current_setting('app.scope'::text, true) = 'admin'::text OR current_setting('app.scope'::text, true) = 'platform'::text$$),
		('mandates', true, $$%1$s OR %2$s AND current_setting('app.scope'::text, true) = 'admin'::text OR current_setting('app.scope'::text, true) = 'platform'::text$$),
		('mandate_acts', true, $$%2$s AND current_setting('app.scope'::text, true) = 'admin'::text OR current_setting('app.scope'::text, true) = 'platform'::text$$),
		('admin_codes', true, $$%1$s OR current_setting('app.scope'::text, true) = 'platform'::text$$),
		('offices', true, $$%1$s OR %2$s AND ((current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'admin'::text])) OR %4$s)$$),
		('office_members', true, $$%1$s OR %2$s AND ((current_setting('app.scope'::text, true) = ANY (ARRAY['staff'::text, 'admin'::text])) OR %4$s) OR %2$s AND %5$s$$),
		('provisionings', true, $$%1$s OR %2$s AND current_setting('app.scope'::text, true) = 'admin'::text$$),
		('provisioning_tokens', true, $$%1$s OR %2$s AND current_setting('app.scope'::text, true) = 'admin'::text$$),
		('provisioned_people', true, $$%2$s AND (current_setting('app.scope'::text, true) = 'admin'::text OR %5$s)$$),
		('provisioned_groups', true, $$%2$s AND (current_setting('app.scope'::text, true) = 'admin'::text OR %5$s)$$),
		('provisioned_memberships', true, $$%2$s AND (current_setting('app.scope'::text, true) = 'admin'::text OR %5$s)$$),
		('provisioning_acts', true, $$%2$s AND (current_setting('app.scope'::text, true) = 'admin'::text OR %5$s)$$)
	) as d (relname, owned, fence)
), administered (relname) as (
	-- What administrators of a tenant see beside the door: nothing of a dossier.
	values ('connection_settings'), ('role_proposals'), ('member_acts'), ('handovers'), ('bodies'), ('office_regions'), ('agreements'), ('handover_keys'), ('exports'), ('member_professions')
), unowned (relname) as (
	select relname from door where not owned
), fences as (
	-- Restrictive, for all commands and everybody, and as strict for what is written as for what is read.
	select p.polrelid, p.polname, pg_get_expr(p.polqual, p.polrelid, true) as expression from pg_policy p
	where not p.polpermissive and p.polcmd = '*' and p.polroles = '{0}'
		and pg_get_expr(p.polqual, p.polrelid) = pg_get_expr(p.polwithcheck, p.polrelid)
)
select 'the role ' || rolname || ' is a superuser' from app where rolsuper
union all select 'the role ' || rolname || ' may bypass row-level security' from app where rolbypassrls
union all select 'the role ' || rolname || ' may create roles or databases' from app where rolcreaterole or rolcreatedb
union all select 'the role ' || app.rolname || ' is a member of ' || g.rolname from app join pg_auth_members m on m.member = app.oid join pg_roles g on g.oid = m.roleid
union all select 'the role owns ' || t.relname from tables t join app on app.oid = t.relowner
union all select t.relname || ' does not force row-level security' from tables t where not (t.relrowsecurity and t.relforcerowsecurity)
union all select t.relname || ' has no fence of the door' from tables t join door d using (relname)
	where not exists (select 1 from fences f where f.polrelid = t.oid and f.polname = 'door_fence' and f.expression = d.fence)
union all select t.relname || ' has no fence around the tenant' from tables t, words
	where t.relname not in (select relname from door)
	and not exists (select 1 from fences f where f.polrelid = t.oid and f.polname = 'tenant_fence' and f.expression = words.tenant)
union all select t.relname || ' has no fence around the scope' from tables t, words
	where t.relname not in (select relname from door)
	and not exists (select 1 from fences f where f.polrelid = t.oid and f.polname = 'scope_fence' and (
		f.expression ~ '^[(]?current_setting[(]''app[.]scope''::text, true[)] = '
		or replace(regexp_replace(f.expression, '\s+', ' ', 'g'), case t.relname when 'member_acts' then $$ WHEN 'directory'::text THEN by_role = 'directory'::text$$ else '' end, '') ~ format($re$^ ?CASE current_setting[(]'app[.]scope'::text, true[)]( WHEN '(staff|watch|clock|sequencer%s)'::text THEN true)+ ELSE false END$$re$,
			case when t.relname = 'year_counts' then '|tally|figures' when t.relname in ('interview_counts', 'housing_stays') then '|figures'
				-- A directory reads which groups propose a role.
				when t.relname = 'role_proposals' then '|admin|directory'
				when t.relname in (select relname from administered) then '|admin'
				-- A change is done at the door, and a trial comes back there.
				when t.relname in ('connection_changes', 'connection_trials') then '|admin|signin'
				-- Who of the staff may see which dossier is found out before anything is seen.
				when t.relname in ('dossiers', 'restrictions') then '|admittance'
				-- Each side of a move writes on the other's what it has done.
				when t.relname in ('moves', 'arrivals', 'packages') then '|crossing' else '' end)
		or replace(btrim(regexp_replace(f.expression, '\s+', ' ', 'g')), case t.relname when 'events' then $$ WHEN 'clock'::text THEN kind = 'phase_turned'::text$$ else '' end, '') like format(
			$$CASE current_setting('app.scope'::text, true) WHEN 'staff'::text THEN true WHEN 'office'::text THEN %s AND %%visible_until > now() ELSE false END$$,
			split_part(own_office, ' AND ', 2))))
-- Beds are taken whoever lies in them, the journal tells what was done, alerts and decoys are for those who look into them, and who
-- opened something in an emergency for those who have to know. Everything else of a restricted dossier shows to those alone who are named.
union all select t.relname || ' has no fence around restricted dossiers' from tables t join pg_attribute a on a.attrelid = t.oid and a.attname = 'dossier_id' and not a.attisdropped
	where t.relname not in ('housing_stays', 'bed_holds', 'journal_entries', 'alerts', 'decoys', 'emergency_accesses')
	and not exists (select 1 from fences f where f.polrelid = t.oid and f.polname = 'admission_fence' and btrim(regexp_replace(f.expression, '\s+', ' ', 'g')) = format(
		case when t.relname = 'dossiers' then $$CASE current_setting('app.scope'::text, true) WHEN 'admittance'::text THEN true ELSE %s END$$
			when t.relname in ('restrictions', 'admissions') then $$CASE WHEN NULLIF(current_setting('app.barred'::text, true), ''::text) IS NULL THEN true ELSE %s END$$ else '%s' end,
		format($$(%s = ANY (NULLIF(current_setting('app.barred'::text, true), ''::text)::uuid[])) IS FALSE$$, case when a.attnotnull then 'dossier_id' else 'COALESCE(dossier_id, tenant_id)' end)))
-- What is written under the secret of a profession shows to those of its circle, whatever anybody's role; who is in one, all who see the dossier see.
union all select t.relname || ' has no fence around the circle' from tables t join pg_attribute a on a.attrelid = t.oid and a.attname = 'circle_id' and not a.attisdropped
	where t.relname not in ('circles', 'circle_members', 'successions')
	and not exists (select 1 from fences f where f.polrelid = t.oid and f.polname = 'circle_fence' and btrim(regexp_replace(f.expression, '\s+', ' ', 'g')) =
		$$CASE WHEN CURRENT_USER = 'passerelle_rotation'::name THEN true ELSE circle_id = ANY (NULLIF(current_setting('app.circles'::text, true), ''::text)::uuid[]) END$$)
union all select 'nobody is told which dossiers are restricted' where not exists (select from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname = 'admit')
union all select 'an office may come at ' || t.relname from tables t
	where t.relname in ('alerts', 'decoys', 'openings', 'watches')
	and exists (select 1 from fences f where f.polrelid = t.oid and f.polname = 'scope_fence' and f.expression ~ 'office')
union all select t.relname || ' has no tenant_id that must be filled' from tables t
	where t.relname not in (select relname from unowned)
	and not exists (select 1 from pg_attribute a where a.attrelid = t.oid and a.attname = 'tenant_id' and a.attnotnull)
union all select 'the key ' || i.relname || ' does not begin with tenant_id' from tables t join pg_index x on x.indrelid = t.oid join pg_class i on i.oid = x.indexrelid
	where x.indisunique and t.relname not in (select relname from unowned) and i.relname <> 'tenants_have_a_slug_of_their_own'
	and (select attname from pg_attribute a where a.attrelid = t.oid and a.attnum = x.indkey[0]) is distinct from 'tenant_id'
union all select 'the foreign key ' || k.conname || ' leaves tenant_id out' from tables t join pg_constraint k on k.conrelid = t.oid
	where k.contype = 'f' and k.confrelid not in (select u.oid from tables u where u.relname in (select relname from unowned))
	and not exists (select 1 from unnest(k.conkey, k.confkey) as n (here, there)
		join pg_attribute a on a.attrelid = k.conrelid and a.attnum = n.here and a.attname = 'tenant_id'
		join pg_attribute b on b.attrelid = k.confrelid and b.attnum = n.there and b.attname = 'tenant_id')
union all select 'the constraint ' || k.conname || ' was never validated' from tables t join pg_constraint k on k.conrelid = t.oid where not k.convalidated
union all select 'a trigger on ' || t.relname || ' is disabled' from tables t where exists (select 1 from pg_trigger g where g.tgrelid = t.oid and g.tgenabled not in ('O', 'A'))
union all select 'the role may change ' || t.relname from tables t where t.relname like 'journal\_%'
	and (has_any_column_privilege(t.oid, 'update') or has_table_privilege(t.oid, 'delete'))
union all select 'the role may add to ' || t.relname from tables t, app where t.relname in ('journal_leaves', 'journal_checkpoints')
	and app.rolname <> 'passerelle_sequencer' and has_any_column_privilege(t.oid, 'insert')
union all select t.relname || ' does not refuse to ' || forbidden.act from tables t, (values (27, 'change'), (34, 'be emptied')) as forbidden (type, act)
	where t.relname like 'journal\_%' and not exists (select from pg_trigger g where g.tgrelid = t.oid and g.tgtype = forbidden.type
		and g.tgenabled = 'A' and g.tgqual is null and g.tgfoid = to_regproc('refuse_to_change_the_journal'))
union all select 'triggers do not fire on this connection' where current_setting('session_replication_role') <> 'origin'
union all select 'a scope is bound to the connection itself' where exists (
	select 1 from unnest(array['app.scope', 'app.tenant_id', 'app.office_id', 'app.person_id', 'app.erases', 'app.identity_id', 'app.barred', 'app.circles', 'app.crossing']) as setting where current_setting(setting, true) <> '')
union all select 'a backslash in a text is not read as it stands' where current_setting('standard_conforming_strings') <> 'on'
union all select 'the view ' || c.relname || ' does not run as its reader' from pg_class c
	where c.relnamespace = 'public'::regnamespace and c.relkind = 'v' and not coalesce(c.reloptions::text like '%security_invoker=true%', false)
union all select 'no fence can stand around ' || c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('m', 'f')
union all select 'the partition ' || c.relname || ' can be read beside its table' from pg_class c where c.relispartition and has_table_privilege(c.oid, 'select')
union all select 'the role may truncate, reference or put triggers on ' || t.relname from tables t where has_table_privilege(t.oid, 'truncate, references, trigger')
union all select 'the function ' || p.oid::regprocedure || ' runs as its owner' from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef
union all select 'the role may use the schema ' || n.nspname from pg_namespace n, app
	-- The queue has no tenants and no fences, and its jobs hold identifiers alone: the application may, and nobody else.
	where n.nspname not in ('public', 'pg_catalog', 'information_schema') and not (n.nspname = 'jobs' and app.rolname = 'passerelle_app')
		-- Who runs the installation is known to the role that serves their console, and to nobody else.
		and not (n.nspname = 'console' and app.rolname = 'passerelle_platform') and has_schema_privilege(n.oid, 'usage')
union all select 'the role owns ' || c.oid::regclass from pg_class c join app on app.oid = c.relowner where c.relnamespace = to_regnamespace('jobs')
union all select 'the role may create in the schema public' where has_schema_privilege('public', 'create')
union all select 'the role may create temporary tables' where has_database_privilege(current_database(), 'temporary');
