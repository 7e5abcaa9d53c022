-- What somebody sees of their own sessions, by what a provider calls them when it ends them, and that they end with the
-- membership in which somebody acts.

alter table sessions
	add column session_id uuid not null default gen_random_uuid(),
	add column browser text not null default 'other',
	add column system text not null default 'other',
	add column provider_session bytea,
	add constraint sessions_have_an_id_of_their_own unique (session_id),
	add constraint sessions_know_the_family_of_a_browser check (browser in ('firefox', 'chrome', 'edge', 'safari', 'opera', 'samsung', 'other')),
	add constraint sessions_know_the_family_of_a_system check (system in ('windows', 'macos', 'linux', 'chromeos', 'android', 'ios', 'other'));
create index sessions_by_provider_session on sessions (provider_session) where provider_session is not null;
create index sessions_by_member on sessions (tenant_id, member_id) where revoked_at is null;
create index sessions_by_office_member on sessions (tenant_id, office_member_id) where revoked_at is null;
comment on table sessions is 'Who is signed in. Only the SHA-256 of the cookie is kept, and of what the provider calls the session: a stolen row opens nothing. Of the browser no more than its family.';

create table logout_tokens (
	connection_id uuid        not null,
	token_hash    bytea       not null,
	expires_at    timestamptz not null,
	constraint logout_tokens_pkey primary key (connection_id, token_hash),
	constraint logout_tokens_come_through_a_connection foreign key (connection_id) references connections (connection_id)
);
create index logout_tokens_by_end on logout_tokens (expires_at);
comment on table logout_tokens is 'Words of providers that somebody has signed out, by the hash of their jti, for as long as they could be said again: each is heard once.';

alter table logout_tokens enable row level security;
alter table logout_tokens force row level security;
create policy door_fence on logout_tokens as restrictive for all
	using (current_setting('app.scope', true) = 'signin') with check (current_setting('app.scope', true) = 'signin');
create policy door on logout_tokens for all to passerelle_app
	using (current_setting('app.scope', true) = 'signin') with check (current_setting('app.scope', true) = 'signin');
grant select, insert, delete on logout_tokens to passerelle_app;

-- Whoever administers a tenant sees when its people were here last, and can do one thing to a session: end it.
do $$
declare
	fence constant text := $e$current_setting('app.scope', true) = 'signin'
		or (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid and current_setting('app.scope', true) = 'admin')$e$;
begin
	execute format('alter policy door_fence on sessions using (%s) with check (%s)', fence, fence);
end $$;
create policy admin on sessions for select to passerelle_app using (case current_setting('app.scope', true) when 'admin' then true else false end);
create policy admin_ends on sessions for update to passerelle_app
	using (case current_setting('app.scope', true) when 'admin' then true else false end)
	with check (current_setting('app.scope', true) = 'admin' and revoked_at is not null);

-- Whoever ends a membership, and by whatever page: the sessions in which that person acts end in the same transaction, and
-- every process is told (live.Change). One that ends on a day to come goes on until then, by the clock of whoever asks. The trigger takes on the door's scope for that, and gives it back.
create function end_sessions_with_the_membership() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $body$
declare
	scope constant text := current_setting('app.scope', true);
	person constant uuid := (to_jsonb(new) ->> tg_argv[0])::uuid;
	ended bytea;
begin
	perform set_config('app.scope', 'signin', true);
	for ended in
		update public.sessions set revoked_at = now()
		where tenant_id = new.tenant_id and revoked_at is null
			and (member_id = person or office_member_id = person)
		returning session_hash
	loop
		perform pg_notify('passerelle_changes', json_build_object('session', encode(ended, 'hex'))::text);
	end loop;
	perform set_config('app.scope', coalesce(scope, ''), true);
	return null;
end $body$;

create trigger members_end_with_their_sessions after update of ended_at on members
	for each row when (new.ended_at <= clock_timestamp() + interval '1 minute' and (old.ended_at is null or old.ended_at > clock_timestamp() + interval '1 minute')) execute function end_sessions_with_the_membership('member_id');
create trigger office_members_end_with_their_sessions after update of ended_at on office_members
	for each row when (new.ended_at <= clock_timestamp() + interval '1 minute' and (old.ended_at is null or old.ended_at > clock_timestamp() + interval '1 minute')) execute function end_sessions_with_the_membership('office_member_id');
