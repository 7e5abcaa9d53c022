-- Moving a person between cantons (internal/moves): a tenant asks another whether it takes over an accompaniment, with the person's consent;
-- what is handed over goes as one package, sealed to a key pair that the receiving side has made for this move alone. Each side has rows of its
-- own: moves are the sender's, arrivals and packages the receiver's. Nobody sees the other side's. What one says, triggers write on the other
-- side, in a scope that is taken on for that and that nobody is given: it shows the one move that is named, and nothing else.

create table moves (
	tenant_id      uuid        not null,
	move_id        uuid        not null,
	dossier_id     uuid        not null,
	to_tenant_id   uuid        not null,
	to_name        text        not null,
	from_name      text        not null,
	reason         text        not null,
	answer_by      date        not null,
	asker_name     text        not null,
	asker_phone    text        not null,
	asker_email    text        not null,
	particulars    bytea       not null,
	proposed_by    uuid        not null,
	proposed_at    timestamptz not null,
	withdrawn_by   uuid,
	withdrawn_at   timestamptz,
	answered_at    timestamptz,
	decline_reason text        not null default '',
	colleague      text        not null default '',
	public_key     bytea,
	sent_by        uuid,
	sent_at        timestamptz,
	expires_at     timestamptz,
	opened_at      timestamptz,
	constraint moves_pkey primary key (tenant_id, move_id),
	constraint moves_are_of_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint moves_are_proposed_by_a_member foreign key (tenant_id, proposed_by) references members (tenant_id, member_id),
	constraint moves_are_withdrawn_by_a_member foreign key (tenant_id, withdrawn_by) references members (tenant_id, member_id),
	constraint moves_are_sent_by_a_member foreign key (tenant_id, sent_by) references members (tenant_id, member_id),
	constraint moves_go_elsewhere check (to_tenant_id <> tenant_id),
	constraint moves_have_a_known_reason check (reason in ('safety', 'housing', 'work', 'family', 'other')),
	constraint moves_are_declined_for_a_known_reason check (decline_reason in ('', 'no_place', 'not_competent', 'unreachable', 'other')),
	constraint moves_are_withdrawn_by_somebody check ((withdrawn_at is null) = (withdrawn_by is null)),
	constraint moves_are_accepted_with_a_key check ((answered_at is not null and decline_reason = '') = (public_key is not null)),
	constraint moves_are_sent_after_they_are_accepted check (sent_at is null or public_key is not null),
	constraint moves_are_sent_by_somebody check ((sent_at is null) = (sent_by is null) and (sent_at is null) = (expires_at is null)),
	constraint moves_wait_two_weeks_at_most check (expires_at <= sent_at + interval '14 days'),
	constraint moves_are_opened_after_they_are_sent check (opened_at is null or sent_at is not null)
);
create index moves_of_a_dossier on moves (tenant_id, dossier_id, proposed_at desc, move_id);
comment on table moves is 'That an accompaniment is to go to another tenant, as the side sees it that hands over. What the other side has said is written by triggers.';
comment on column moves.particulars is 'Sealed under the keyset of the dossier: the consent of the person, and which chapters go along.';

create table arrivals (
	tenant_id      uuid        not null,
	move_id        uuid        not null,
	from_tenant_id uuid        not null,
	from_name      text        not null,
	reason         text        not null,
	answer_by      date        not null,
	asker_name     text        not null,
	asker_phone    text        not null,
	asker_email    text        not null,
	proposed_at    timestamptz not null,
	withdrawn_at   timestamptz,
	answered_by    uuid,
	answered_at    timestamptz,
	decline_reason text        not null default '',
	responsible_id uuid,
	colleague      text        not null default '',
	public_key     bytea,
	sent_at        timestamptz,
	expires_at     timestamptz,
	opened_by      uuid,
	opened_at      timestamptz,
	cleared_at     timestamptz,
	constraint arrivals_pkey primary key (tenant_id, move_id),
	constraint arrivals_are_of_a_tenant foreign key (tenant_id) references tenants (tenant_id),
	constraint arrivals_are_answered_by_a_member foreign key (tenant_id, answered_by) references members (tenant_id, member_id),
	constraint arrivals_go_to_a_member foreign key (tenant_id, responsible_id) references members (tenant_id, member_id),
	constraint arrivals_are_opened_by_a_member foreign key (tenant_id, opened_by) references members (tenant_id, member_id),
	constraint arrivals_have_a_known_reason check (reason in ('safety', 'housing', 'work', 'family', 'other')),
	constraint arrivals_are_declined_for_a_known_reason check (decline_reason in ('', 'no_place', 'not_competent', 'unreachable', 'other')),
	constraint arrivals_are_answered_by_somebody check ((answered_at is null) = (answered_by is null)),
	constraint arrivals_are_accepted_with_a_key check ((answered_at is not null and decline_reason = '') = (public_key is not null) and (public_key is null) = (responsible_id is null)),
	constraint arrivals_are_opened_by_somebody check ((opened_at is null) = (opened_by is null)),
	constraint arrivals_are_opened_after_they_are_sent check (opened_at is null or sent_at is not null)
);
create index arrivals_by_time on arrivals (tenant_id, proposed_at desc, move_id);
comment on table arrivals is 'That another tenant asks whether an accompaniment is taken over, as the side sees it that would. It says nothing of whom.';

create table packages (
	tenant_id   uuid  not null,
	move_id     uuid  not null,
	private_key bytea not null,
	contents    bytea,
	expires_at  timestamptz,
	constraint packages_pkey primary key (tenant_id, move_id),
	constraint packages_are_of_an_arrival foreign key (tenant_id, move_id) references arrivals (tenant_id, move_id) on delete cascade,
	constraint packages_that_are_sent_expire check ((contents is null) = (expires_at is null))
);
comment on table packages is 'The private key of a move that was accepted, and what was sent. The row goes when it is opened, and when it is taken back.';
comment on column packages.private_key is 'Sealed under the keyset of the move.';
comment on column packages.contents is 'Encrypted to the public key of the move, which only the receiving side opens.';

create table received_files (
	tenant_id   uuid        not null,
	dossier_id  uuid        not null,
	move_id     uuid        not null,
	from_name   text        not null,
	contents    bytea       not null,
	received_by uuid        not null,
	received_at timestamptz not null,
	constraint received_files_pkey primary key (tenant_id, dossier_id),
	constraint received_files_are_of_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade,
	constraint received_files_come_once unique (tenant_id, move_id),
	constraint received_files_are_received_by_a_member foreign key (tenant_id, received_by) references members (tenant_id, member_id)
);
comment on table received_files is 'What another tenant handed over about a dossier''s person. It stays as it came.';
comment on column received_files.contents is 'Sealed under the keyset of the dossier: the chapters that came along.';

-- neighbours are the other tenants that are open, by name, for the staff of one.
create function neighbours() returns table (tenant_id uuid, name text) language plpgsql as $$
begin
	if current_setting('app.scope', true) is distinct from 'staff' then
		raise exception 'only the staff knows its neighbours' using errcode = 'invalid_transaction_state';
	end if;
	perform set_config('app.scope', 'signin', true);
	return query select t.tenant_id, t.name from public.tenants t
		where t.live_at is not null and t.suspended_at is null and t.tenant_id is distinct from nullif(current_setting('app.tenant_id', true), '')::uuid order by t.name, t.tenant_id;
	perform set_config('app.scope', 'staff', true);
end $$;

-- cross takes on the scope in which one side writes on the other, about one move; come_back leaves it.
create function cross_over(tenant uuid, move uuid) returns void language sql as $$
	select set_config('app.scope', 'crossing', true), set_config('app.tenant_id', tenant::text, true), set_config('app.crossing', move::text, true)
$$;
create function come_back(scope text, tenant text) returns void language sql as $$
	select set_config('app.crossing', '', true), set_config('app.tenant_id', coalesce(tenant, ''), true), set_config('app.scope', coalesce(scope, ''), true)
$$;

-- note_crossing leaves the entry in the journal of the side on which the other one has acted: nobody's of its own.
create function note_crossing(what text, dossier uuid) returns void language sql as $$
	insert into public.journal_entries (tenant_id, entry_id, person_id, role, action, dossier_id)
	values (nullif(current_setting('app.tenant_id', true), '')::uuid, gen_random_uuid(), '00000000-0000-0000-0000-000000000000', 'neighbour', what, dossier)
$$;

create function propose_a_move() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
	scope constant text := current_setting('app.scope', true);
	tenant constant text := current_setting('app.tenant_id', true);
begin
	if current_user = 'passerelle_transfer' then
		return new;
	end if;
	if (new.withdrawn_at, new.answered_at, new.sent_at, new.opened_at) is distinct from (null::timestamptz, null::timestamptz, null::timestamptz, null::timestamptz) then
		raise exception 'a move begins with its proposal' using errcode = 'check_violation', constraint = 'moves_begin_with_a_proposal';
	end if;
	if not exists (select from public.neighbours() n where n.tenant_id = new.to_tenant_id) then
		raise exception 'no such tenant is open' using errcode = 'check_violation', constraint = 'moves_go_to_a_tenant_that_is_open';
	end if;
	perform public.cross_over(new.to_tenant_id, new.move_id);
	insert into public.arrivals (tenant_id, move_id, from_tenant_id, from_name, reason, answer_by, asker_name, asker_phone, asker_email, proposed_at)
	values (new.to_tenant_id, new.move_id, new.tenant_id, new.from_name, new.reason, new.answer_by, new.asker_name, new.asker_phone, new.asker_email, new.proposed_at);
	perform public.note_crossing('move_proposed', null);
	perform public.come_back(scope, tenant);
	return new;
end $$;
create trigger moves_are_told_to_the_other_side after insert on moves for each row execute function propose_a_move();

-- What the other side says of a move, only the other side says; each thing is said once, and nothing after the end.
create function refuse_to_speak_for_the_receiver() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
	said constant boolean := (new.answered_at, new.decline_reason, new.colleague, new.public_key, new.opened_at)
		is distinct from (old.answered_at, old.decline_reason, old.colleague, old.public_key, old.opened_at);
	done constant boolean := (new.withdrawn_at, new.withdrawn_by, new.sent_at, new.sent_by, new.expires_at)
		is distinct from (old.withdrawn_at, old.withdrawn_by, old.sent_at, old.sent_by, old.expires_at);
begin
	if said and (current_setting('app.scope', true) is distinct from 'crossing' or old.withdrawn_at is not null or old.opened_at is not null
		or old.answered_at is not null and (new.answered_at, new.decline_reason, new.colleague, new.public_key) is distinct from (old.answered_at, old.decline_reason, old.colleague, old.public_key)) then
		raise exception 'the other side says this, once' using errcode = 'check_violation', constraint = 'moves_are_answered_by_the_other_side';
	end if;
	if done and (old.withdrawn_at is not null or old.opened_at is not null
		or old.sent_at is not null and (new.sent_at, new.sent_by, new.expires_at) is distinct from (old.sent_at, old.sent_by, old.expires_at)) then
		raise exception 'a move that is over stays as it is' using errcode = 'check_violation', constraint = 'moves_that_are_over_stay';
	end if;
	return new;
end $$;
create trigger moves_are_answered_by_the_other_side before update on moves for each row execute function refuse_to_speak_for_the_receiver();

-- Who takes a move back, or erases the dossier, takes the package back in the same statement. What was opened is the receiver's.
create function take_a_move_back() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
	scope constant text := current_setting('app.scope', true);
	tenant constant text := current_setting('app.tenant_id', true);
begin
	-- A tenant that leaves takes its own rows away, and nothing else.
	if current_user <> 'passerelle_transfer' and old.opened_at is null and old.withdrawn_at is null and (tg_op = 'DELETE' or new.withdrawn_at is not null) then
		perform public.cross_over(old.to_tenant_id, old.move_id);
		update public.arrivals a set withdrawn_at = now() where a.tenant_id = old.to_tenant_id and a.move_id = old.move_id and a.withdrawn_at is null and a.opened_at is null;
		if found then
			delete from public.packages p where p.tenant_id = old.to_tenant_id and p.move_id = old.move_id;
			perform public.note_crossing('move_withdrawn', null);
		end if;
		perform public.come_back(scope, tenant);
	end if;
	return null;
end $$;
create trigger moves_take_their_package_back after update or delete on moves for each row execute function take_a_move_back();

-- The receiver answers once, and opens what was sent once, while it is neither taken back nor expired; what the sender has done, the sender alone says.
create function refuse_to_speak_for_the_sender() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
	crossing constant boolean := current_setting('app.scope', true) = 'crossing' is true;
	sent constant boolean := (new.withdrawn_at, new.sent_at, new.expires_at) is distinct from (old.withdrawn_at, old.sent_at, old.expires_at);
	answered constant boolean := (new.answered_at, new.answered_by, new.decline_reason, new.responsible_id, new.colleague, new.public_key)
		is distinct from (old.answered_at, old.answered_by, old.decline_reason, old.responsible_id, old.colleague, old.public_key);
	opened constant boolean := (new.opened_at, new.opened_by) is distinct from (old.opened_at, old.opened_by);
begin
	if sent and not crossing or crossing and (answered or opened) then
		raise exception 'each side says what it has done' using errcode = 'check_violation', constraint = 'arrivals_are_written_by_both_sides';
	end if;
	if (sent or answered or opened) and (old.withdrawn_at is not null or old.opened_at is not null)
		or answered and old.answered_at is not null or sent and old.sent_at is not null and new.withdrawn_at is null
		or opened and (old.sent_at is null or old.expires_at <= now()) then
		raise exception 'an arrival that is over stays as it is' using errcode = 'check_violation', constraint = 'arrivals_that_are_over_stay';
	end if;
	return new;
end $$;
create trigger arrivals_are_written_by_both_sides before update on arrivals for each row execute function refuse_to_speak_for_the_sender();

create function answer_a_move() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
	scope constant text := current_setting('app.scope', true);
	tenant constant text := current_setting('app.tenant_id', true);
	dossier uuid;
begin
	if new.answered_at is distinct from old.answered_at or new.opened_at is distinct from old.opened_at then
		perform public.cross_over(new.from_tenant_id, new.move_id);
		update public.moves m set answered_at = new.answered_at, decline_reason = new.decline_reason, colleague = new.colleague, public_key = new.public_key, opened_at = new.opened_at
		where m.tenant_id = new.from_tenant_id and m.move_id = new.move_id returning m.dossier_id into dossier;
		if dossier is null then
			raise exception 'the other side has no such move' using errcode = 'check_violation', constraint = 'arrivals_come_from_somewhere';
		end if;
		perform public.note_crossing(case when new.opened_at is not null then 'move_opened' when new.decline_reason <> '' then 'move_declined' else 'move_accepted' end, dossier);
		perform public.come_back(scope, tenant);
	end if;
	return null;
end $$;
create trigger arrivals_are_told_to_the_other_side after update on arrivals for each row execute function answer_a_move();

-- send_move lays the sealed package of a move that says it is sent down on the other side. It is false where that side does not wait for one.
create function send_move(move uuid, sealed bytea) returns boolean language plpgsql as $$
declare
	scope constant text := current_setting('app.scope', true);
	tenant constant text := current_setting('app.tenant_id', true);
	sent record;
	laid boolean;
begin
	select m.to_tenant_id, m.sent_at, m.expires_at into sent from public.moves m where m.move_id = move and m.sent_at is not null and m.withdrawn_at is null;
	if not found then
		return false;
	end if;
	perform public.cross_over(sent.to_tenant_id, move);
	update public.arrivals a set sent_at = sent.sent_at, expires_at = sent.expires_at where a.tenant_id = sent.to_tenant_id and a.move_id = move and a.withdrawn_at is null;
	update public.packages p set contents = sealed, expires_at = sent.expires_at where p.tenant_id = sent.to_tenant_id and p.move_id = move and p.contents is null;
	laid := found;
	if laid then
		perform public.note_crossing('move_sent', null);
	end if;
	perform public.come_back(scope, tenant);
	return laid;
end $$;

-- clear_arrival deletes what was left of a package that is over, expired ones included, which nobody sees any more.
create function clear_arrival(move uuid) returns void language plpgsql as $$
declare
	scope constant text := current_setting('app.scope', true);
	tenant constant text := current_setting('app.tenant_id', true);
begin
	update public.arrivals a set cleared_at = now() where a.move_id = move and a.cleared_at is null and (a.withdrawn_at is not null or a.opened_at is not null or a.expires_at <= now());
	if found then
		perform public.cross_over(nullif(tenant, '')::uuid, move);
		delete from public.packages p where p.tenant_id = nullif(tenant, '')::uuid and p.move_id = move;
		perform public.come_back(scope, tenant);
	end if;
end $$;

do $$
declare
	tenant constant text := $e$tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid$e$;
	staff constant text := $e$case current_setting('app.scope', true) when 'staff' then true else false end$e$;
	either constant text := $e$case current_setting('app.scope', true) when 'staff' then true when 'crossing' then true else false end$e$;
	crossing constant text := $e$case current_setting('app.scope', true) when 'crossing' then move_id = nullif(current_setting('app.crossing', true), '')::uuid else false end$e$;
	admission constant text := $e$(dossier_id = any (nullif(current_setting('app.barred', true), '')::uuid[])) is false$e$;
	-- What nobody has opened in time is not there any more: nothing has to run.
	unexpired constant text := $e$case current_setting('app.scope', true) when 'staff' then expires_at is null or expires_at > now() else false end$e$;
	own constant text := $e$nullif(current_setting('app.person_id', true), '')::uuid$e$;
	t text;
	fence record;
begin
	foreach t in array array['moves', 'arrivals', 'packages', 'received_files'] loop
		execute format('alter table %I enable row level security', t);
		execute format('alter table %I force row level security', t);
		execute format('create policy tenant_fence on %1$I as restrictive for all using (%2$s) with check (%2$s)', t, tenant);
		execute format('create policy scope_fence on %1$I as restrictive for all using (%2$s) with check (%2$s)', t, case t when 'received_files' then staff else either end);
		if t in ('moves', 'received_files') then
			execute format('create policy admission_fence on %1$I as restrictive for all using (%2$s) with check (%2$s)', t, admission);
		end if;
		if t <> 'arrivals' then
			execute format('create policy rotation on %I for all to passerelle_rotation using (true) with check (true)', t);
		end if;
	end loop;
	execute format('create policy staff_reads on moves for select to passerelle_app using (%s)', staff);
	execute format('create policy staff_proposes on moves for insert to passerelle_app with check ((%s) and proposed_by = %s)', staff, own);
	execute format('create policy staff_goes_on on moves for update to passerelle_app using (%1$s) with check ((%1$s) and %2$s in (withdrawn_by, sent_by))', staff, own);
	execute format('create policy crossing on moves for all to passerelle_app using (%1$s) with check (%1$s)', crossing);
	execute format('create policy staff_reads on arrivals for select to passerelle_app using (%s)', staff);
	execute format('create policy staff_answers on arrivals for update to passerelle_app using (%1$s) with check ((%1$s) and (cleared_at is not null or %2$s in (answered_by, opened_by)))', staff, own);
	execute format('create policy crossing on arrivals for all to passerelle_app using (%1$s) with check (%1$s)', crossing);
	execute format('create policy staff_opens on packages for select to passerelle_app using (%s)', unexpired);
	execute format('create policy staff_lays_a_key_down on packages for insert to passerelle_app with check (contents is null and (%s))', staff);
	execute format('create policy staff_clears on packages for delete to passerelle_app using (%s)', staff);
	execute format('create policy crossing on packages for all to passerelle_app using (%1$s) with check (%1$s)', crossing);
	execute format('create policy staff on received_files for all to passerelle_app using (%1$s) with check (%1$s)', staff);

	select pg_get_expr(polqual, polrelid) as sees into fence from pg_policy where polname = 'scope_fence' and polrelid = 'journal_entries'::regclass;
	execute format($p$alter policy scope_fence on journal_entries using (%1$s or %2$s) with check (%1$s or %2$s)$p$,
		$e$current_setting('app.scope', true) = 'crossing' and role = 'neighbour' and action ~ '^move_'$e$, fence.sees);
	create policy crossing_writes on journal_entries for insert to passerelle_app with check (current_setting('app.scope', true) = 'crossing');
end $$;

grant select, insert on moves to passerelle_app;
grant update (withdrawn_by, withdrawn_at, answered_at, decline_reason, colleague, public_key, sent_by, sent_at, expires_at, opened_at) on moves to passerelle_app;
grant select, insert on arrivals to passerelle_app;
grant update (withdrawn_at, answered_by, answered_at, decline_reason, responsible_id, colleague, public_key, sent_at, expires_at, opened_by, opened_at, cleared_at) on arrivals to passerelle_app;
grant select, insert, delete on packages to passerelle_app;
grant update (contents, expires_at) on packages to passerelle_app;
grant select, insert on received_files to passerelle_app;
grant execute on function neighbours(), cross_over(uuid, uuid), come_back(text, text), note_crossing(text, uuid), send_move(uuid, bytea), clear_arrival(uuid) to passerelle_app;
grant select (tenant_id, move_id, dossier_id, particulars), update (particulars) on moves to passerelle_rotation;
grant select (tenant_id, move_id, private_key), update (private_key) on packages to passerelle_rotation;
grant select (tenant_id, dossier_id, contents), update (contents) on received_files to passerelle_rotation;
