-- The roles of the cluster. Only what is missing is made: what a database administrator has changed stays, and the
-- application itself refuses to start as a role that is too powerful.
do $$
declare
	setting record;
begin
	if current_setting('server_version_num')::int < 150000 then
		raise exception 'Postgres 15 or newer is needed, this is %', current_setting('server_version');
	end if;
	if to_regrole('passerelle_owner') is null then
		create role passerelle_owner nologin;
	end if;
	if to_regrole('passerelle_app') is null then
		create role passerelle_app login nosuperuser nobypassrls nocreatedb nocreaterole noinherit;
	end if;
	if to_regrole('passerelle_keys') is null then
		create role passerelle_keys login nosuperuser nobypassrls nocreatedb nocreaterole noinherit;
	end if;
	if to_regrole('passerelle_rotation') is null then
		create role passerelle_rotation login nosuperuser nobypassrls nocreatedb nocreaterole noinherit;
	end if;
	if to_regrole('passerelle_keys_rotation') is null then
		create role passerelle_keys_rotation login nosuperuser nobypassrls nocreatedb nocreaterole noinherit;
	end if;
	if to_regrole('passerelle_sequencer') is null then
		create role passerelle_sequencer login nosuperuser nobypassrls nocreatedb nocreaterole noinherit;
	end if;
	if to_regrole('passerelle_platform') is null then
		create role passerelle_platform login nosuperuser nobypassrls nocreatedb nocreaterole noinherit;
	end if;
	if to_regrole('passerelle_transfer') is null then
		-- It reads and writes whole tenants, past the fences; only somebody who may do that can let it. Elsewhere it cannot be used
		-- until an administrator of the server has, and says so.
		if (select rolsuper from pg_roles where rolname = current_user) then
			create role passerelle_transfer login nosuperuser bypassrls nocreatedb nocreaterole noinherit;
			grant set on parameter session_replication_role to passerelle_transfer;
		else
			create role passerelle_transfer login nosuperuser nobypassrls nocreatedb nocreaterole noinherit;
		end if;
	end if;

	for setting in
		select r.rolname, s.name, case when s.name = 'search_path' and r.rolname in ('passerelle_keys', 'passerelle_keys_rotation') then 'keys'
			-- Nobody waits for it, and it compares whole journals with their trees.
			when s.name = 'statement_timeout' and r.rolname = 'passerelle_sequencer' then '60s'
			-- Nor for this one, which takes everything of a tenant at once, and opens and seals it in between.
			when s.name like '%\_timeout' and r.rolname = 'passerelle_transfer' then '1h' else s.value end as value
		from pg_roles r, (values
			-- Nothing that a person waits for takes longer, and no lock of a forgotten page holds up the next.
			('statement_timeout', '5s', false),
			('lock_timeout', '1s', false),
			('idle_in_transaction_session_timeout', '10s', false),
			-- What bun's quoting relies on.
			('standard_conforming_strings', 'on', false),
			('search_path', 'public', false),
			-- Trees grow from nothing to millions of leaves: they are walked by their keys, whatever statistics say of yesterday.
			('enable_seqscan', 'off', false),
			('enable_bitmapscan', 'off', false),
			('enable_sort', 'off', false),
			('enable_mergejoin', 'off', false),
			-- A statement holds what people wrote about a victim: none is ever logged. Only a superuser may set these;
			-- elsewhere they belong in the configuration of the server.
			('log_min_error_statement', 'panic', true),
			-- Nor an error: the message of a cast quotes what could not be read. The application logs its code.
			('log_min_messages', 'fatal', true),
			('log_error_verbosity', 'terse', true),
			('log_statement', 'none', true),
			('log_min_duration_statement', '-1', true),
			('log_parameter_max_length', '0', true)
		) as s (name, value, for_superusers)
		where r.rolname in ('passerelle_app', 'passerelle_keys', 'passerelle_rotation', 'passerelle_keys_rotation', 'passerelle_sequencer', 'passerelle_platform', 'passerelle_transfer')
			and (s.name not like 'enable\_%' or r.rolname = 'passerelle_sequencer')
			and (not s.for_superusers or (select rolsuper from pg_roles where rolname = current_user))
			and not exists (select from unnest(r.rolconfig) as c where c like s.name || '=%')
	loop
		execute format('alter role %I set %I = %L', setting.rolname, setting.name, setting.value);
	end loop;

	if not (select rolsuper from pg_roles where rolname = current_user) then
		execute format('grant passerelle_owner to %I', current_user);
	end if;
end $$
