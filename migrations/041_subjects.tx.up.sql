-- Whoever is bound by a code is known from then on by what she or he came as, like everybody else: two memberships of one human being
-- are told by their subject, and nobody gives a role to herself or himself. What somebody is expected as never becomes another.
alter table members no force row level security;
alter table identities no force row level security;
update members set expected_subject = identities.subject from identities where identities.identity_id = members.identity_id and members.expected_subject is null;
alter table identities force row level security;
alter table members force row level security;

create function keep_the_subject() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
	raise exception 'who somebody is to a provider stays' using errcode = 'check_violation', constraint = 'members_keep_their_subject';
end $$;
create trigger members_keep_their_subject before update of expected_subject on members
	for each row when (old.expected_subject is not null and new.expected_subject is distinct from old.expected_subject) execute function keep_the_subject();
grant update (expected_subject) on members to passerelle_app;
