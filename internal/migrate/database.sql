-- The rights of this database: who may come in, and that nobody but the owner makes anything, temporary tables included.
do $$
begin
	execute format('revoke all on database %I from public', current_database());
	execute format('grant connect on database %I to passerelle_app, passerelle_rotation, passerelle_sequencer, passerelle_platform, passerelle_transfer', current_database());
	execute format('grant connect, create, temporary on database %I to passerelle_owner', current_database());
end $$;

alter schema public owner to passerelle_owner;
set role passerelle_owner;
revoke all on schema public from public;
grant usage on schema public to passerelle_app, passerelle_rotation, passerelle_sequencer, passerelle_platform, passerelle_transfer;
create schema if not exists migrations;
-- A function that anybody may call can leak past a fence.
alter default privileges revoke execute on functions from public;
reset role;
