-- What is sealed is sealed anew when keys change, by a role that does nothing else: passerelle_rotation sees where
-- something is sealed and the ciphertext, nothing that lies in clear, and writes ciphertext alone. It acts in the scope
-- of a tenant's staff, behind the same restrictive fences as everybody.

-- What was sent stays frozen for everybody who may write it. The role that rotates writes the same words under another
-- key: it may change the two columns that are sealed, and nothing else of what was sent.
create or replace function refuse_to_change_what_was_sent() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
	if old.sent_at is not null and (
		(new.sent_at, new.sent_by_name, new.data_classes, new.service, new.urgency, new.answer_by, new.office_id, new.dossier_id, new.consent_id, new.reference, new.created_by, new.created_at)
		is distinct from
		(old.sent_at, old.sent_by_name, old.data_classes, old.service, old.urgency, old.answer_by, old.office_id, old.dossier_id, old.consent_id, old.reference, old.created_by, old.created_at)
		or (new.slice, new.request) is distinct from (old.slice, old.request) and current_user <> 'passerelle_rotation') then
		raise exception 'a referral is frozen once it is sent' using errcode = 'check_violation', constraint = 'referrals_are_frozen_once_sent';
	end if;
	if old.visible_until is not null and new.visible_until > old.visible_until then
		raise exception 'access to a referral is never prolonged' using errcode = 'check_violation', constraint = 'referrals_access_is_never_prolonged';
	end if;
	return new;
end $$;

do $$
declare
	t text;
begin
	foreach t in array array['tenants', 'beneficiaries', 'situations', 'consents', 'referrals', 'messages', 'parked_forms'] loop
		execute format('create policy rotation on %I for %s to passerelle_rotation using (true) %s', t,
			case t when 'tenants' then 'select' else 'all' end, case t when 'tenants' then '' else 'with check (true)' end);
	end loop;
end $$;

grant select (tenant_id, slug) on tenants to passerelle_rotation;
grant select (tenant_id, dossier_id, particulars), update (particulars) on beneficiaries to passerelle_rotation;
grant select (tenant_id, dossier_id, data_class, body), update (body) on situations to passerelle_rotation;
grant select (tenant_id, consent_id, dossier_id, interpreter), update (interpreter) on consents to passerelle_rotation;
grant select (tenant_id, referral_id, request, slice), update (request, slice) on referrals to passerelle_rotation;
grant select (tenant_id, message_id, referral_id, body), update (body) on messages to passerelle_rotation;
grant select (tenant_id, parked_form_id, person_id, form_values), update (form_values) on parked_forms to passerelle_rotation;
