-- Each row is one statement, in the order in which they can be run: functions, then table by table its columns,
-- indexes, fences, triggers and grants, then the references between tables.
with relations as (
	select c.oid, c.relname, c.relkind, quote_ident(c.relname) as name, c.relowner, c.relacl, c.relrowsecurity, c.relforcerowsecurity
	from pg_class c
	where c.relnamespace = current_schema()::regnamespace
		-- Neither the indexes nor what stands behind a table.
		and c.relkind not in ('i', 'I', 't', 'c')
), tables as (
	select * from relations where relkind = 'r'
), functions as (
	select p.oid, p.oid::regprocedure::text as name, p.proowner, p.proacl from pg_proc p where p.pronamespace = current_schema()::regnamespace
), statements (part, thing, step, detail, statement) as (
	select 1, f.name, 0, '', E'\n' || rtrim(pg_get_functiondef(f.oid), E'\n') || ';'
	from functions f
	union all
	select 1, f.name, 1, '', format('grant execute on function %s to %s;', f.name, coalesce(quote_ident(r.rolname), 'public'))
	from functions f, aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a left join pg_roles r on r.oid = a.grantee
	where a.grantee <> f.proowner
	union all
	select 2, t.relname, 0, '', format(E'\ncreate table %s (\n\t%s\n);', t.name, (
		select string_agg(line, E',\n\t' order by place, rank)
		from (
			select 1 as place, lpad(a.attnum::text, 5) as rank,
				concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
					case when a.attcollation <> y.typcollation then 'collate ' || quote_ident(l.collname) end,
					case when a.attnotnull then 'not null' end,
					case when a.attgenerated = 's' then 'generated always as (' || pg_get_expr(d.adbin, d.adrelid, true) || ') stored'
						when d.oid is not null then 'default ' || pg_get_expr(d.adbin, d.adrelid, true) end) as line
			from pg_attribute a
			join pg_type y on y.oid = a.atttypid
			left join pg_collation l on l.oid = a.attcollation
			left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
			where a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
			union all
			select 2, position(k.contype::text in 'puxc') || k.conname, format('constraint %I %s', k.conname, pg_get_constraintdef(k.oid, true))
			from pg_constraint k
			where k.conrelid = t.oid and k.contype in ('p', 'u', 'x', 'c')
		) lines))
	from tables t
	union all
	select 2, t.relname, 1, coalesce(a.attname, ''), format('comment on %s is %L;', case when a.attname is null then 'table ' || t.name else 'column ' || t.name || '.' || quote_ident(a.attname) end, d.description)
	from tables t
	join pg_description d on d.objoid = t.oid and d.classoid = 'pg_class'::regclass
	left join pg_attribute a on a.attrelid = t.oid and a.attnum = d.objsubid and a.attnum > 0
	union all
	select 2, t.relname, 2, c.relname, pg_get_indexdef(i.indexrelid, 0, true) || ';'
	from tables t join pg_index i on i.indrelid = t.oid join pg_class c on c.oid = i.indexrelid
	where not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
	union all
	select 2, t.relname, 3, v.word, format('alter table %s %s row level security;', t.name, v.word)
	from tables t, (values ('enable'), ('force')) as v (word)
	where case v.word when 'enable' then t.relrowsecurity else t.relforcerowsecurity end
	union all
	select 2, t.relname, 4, p.polpermissive::int || p.polname,
		concat_ws(E'\n\t',
			format('create policy %I on %s as %s for %s to %s', p.polname, t.name,
				case when p.polpermissive then 'permissive' else 'restrictive' end,
				case p.polcmd when '*' then 'all' when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' else 'delete' end,
				(select string_agg(coalesce(quote_ident(r.rolname), 'public'), ', ' order by r.rolname) from unnest(p.polroles) u left join pg_roles r on r.oid = u)),
			'using (' || btrim(regexp_replace(pg_get_expr(p.polqual, p.polrelid, true), '\s+', ' ', 'g')) || ')',
			'with check (' || btrim(regexp_replace(pg_get_expr(p.polwithcheck, p.polrelid, true), '\s+', ' ', 'g')) || ')') || ';'
	from tables t join pg_policy p on p.polrelid = t.oid
	union all
	select 2, t.relname, 5, g.tgname, pg_get_triggerdef(g.oid, true) || ';'
		|| case g.tgenabled when 'A' then format(E'\nalter table %s enable always trigger %I;', t.name, g.tgname) when 'O' then '' else 'unknown: ' end
	from tables t join pg_trigger g on g.tgrelid = t.oid and not g.tgisinternal
	union all
	select 2, t.relname, 6, r.rolname, format('grant %s on %s to %s;', string_agg(lower(a.privilege_type), ', ' order by lower(a.privilege_type)), t.name, coalesce(quote_ident(r.rolname), 'public'))
	from tables t, aclexplode(t.relacl) a left join pg_roles r on r.oid = a.grantee
	where a.grantee <> t.relowner
	group by t.relname, t.name, r.rolname
	union all
	select 2, t.relname, 7, r.rolname || a.privilege_type, format('grant %s (%s) on %s to %s;', lower(a.privilege_type), string_agg(quote_ident(c.attname), ', ' order by c.attnum), t.name, coalesce(quote_ident(r.rolname), 'public'))
	from tables t join pg_attribute c on c.attrelid = t.oid and not c.attisdropped, aclexplode(c.attacl) a left join pg_roles r on r.oid = a.grantee
	where a.grantee <> t.relowner
	group by t.relname, t.name, r.rolname, a.privilege_type
	union all
	select 3, t.relname, 0, k.conname, format(E'alter table %s add constraint %I\n\t%s;', t.name, k.conname, pg_get_constraintdef(k.oid, true))
	from tables t join pg_constraint k on k.conrelid = t.oid
	where k.contype = 'f'
	union all
	select 0, r.relname, 0, '', 'unknown: ' || r.relname from relations r where r.relkind <> 'r'
	union all
	select 0, y.typname, 0, '', 'unknown: ' || y.typname from pg_type y
	where y.typnamespace = current_schema()::regnamespace and y.typrelid = 0 and y.typelem = 0
	union all
	select 0, a.attname, 0, '', 'unknown: ' || a.attname from tables t join pg_attribute a on a.attrelid = t.oid
	where a.attidentity <> '' or a.attgenerated not in ('', 's')
)
select statement from statements order by part, thing collate "C", step, detail collate "C"
