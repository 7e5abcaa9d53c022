-- Each row is something that the role which hashes the journal may do and need not, or has to and may not, in a sentence. It
-- is asked beside coverage.sql.
with columns as (
	select t.oid as relation, t.relname, a.attnum, t.relname || '.' || a.attname as name,
		t.relname in ('journal_entries', 'journal_leaves', 'journal_checkpoints') or t.relname || '.' || a.attname in ('tenants.tenant_id', 'tenants.slug') as read,
		t.relname in ('journal_leaves', 'journal_checkpoints') and a.attname <> 'at' as added
	from pg_class t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
	where t.relnamespace = 'public'::regnamespace and t.relkind in ('r', 'p')
)
select 'the role ' || current_user || ' may not read ' || name || ': connect as passerelle_sequencer' from columns
	where read and not has_column_privilege(relation, attnum, 'select')
union all select 'the role ' || current_user || ' may not add ' || name || ': connect as passerelle_sequencer' from columns
	where added and not has_column_privilege(relation, attnum, 'insert')
union all select 'the role may read ' || name from columns where not read and has_column_privilege(relation, attnum, 'select')
union all select 'the role may add ' || name from columns where not added and has_column_privilege(relation, attnum, 'insert')
union all select 'the role may change ' || name from columns where has_column_privilege(relation, attnum, 'update')
union all select distinct 'the role may delete ' || relname from columns where has_table_privilege(relation, 'delete');
