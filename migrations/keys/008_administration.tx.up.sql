-- What somebody who administers a tenant, or reads its figures, had typed when the session ran out or a passkey was asked for is
-- sealed like everybody's: under a keyset of her or his own. Of all keysets, those scopes find that one alone. Whatever else the
-- fences say, they go on saying.
do $$
declare
	fence record;
	ours constant text := $sql$current_setting('app.scope', true) in ('admin', 'figures')$sql$;
	own constant text := $sql$current_setting('app.scope', true) in ('admin', 'figures') and kind = 'person' and holder_id = nullif(current_setting('app.person_id', true), '')::uuid$sql$;
begin
	for fence in
		select polrelid::regclass::text as name, pg_get_expr(polqual, polrelid) as sees, pg_get_expr(polwithcheck, polrelid) as makes from pg_policy
		where polname = 'scope_fence' and polrelid in ('tenant_keysets'::regclass, 'keysets'::regclass, 'tombstones'::regclass)
	loop
		execute format('alter policy scope_fence on %I using (%s or %s) with check (%s)', fence.name,
			case fence.name when 'tenant_keysets' then ours else own end, fence.sees,
			case fence.name when 'tenant_keysets' then ours || ' or ' || fence.makes when 'keysets' then own || ' or ' || fence.makes else fence.makes end);
	end loop;
end $$;
