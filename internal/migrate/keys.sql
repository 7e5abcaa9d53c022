-- The rights of the database of the keys, which may be that of the data: who may come in, and a schema that nobody else
-- looks into. Where it is that of the data, its own rights are set already.
do $$
begin
	execute format('revoke all on database %I from public', current_database());
	execute format('grant connect on database %I to passerelle_keys, passerelle_keys_rotation', current_database());
	execute format('grant connect, create, temporary on database %I to passerelle_owner', current_database());
end $$;

-- Alone, there is still the schema that every new database has, open to all.
revoke all on schema public from public;
set role passerelle_owner;
create schema if not exists keys;
create schema if not exists migrations;
revoke all on schema keys from public;
grant usage on schema keys to passerelle_keys, passerelle_keys_rotation;
alter default privileges revoke execute on functions from public;
reset role;
