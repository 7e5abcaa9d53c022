-- A dossier can be erased. Its keys are destroyed first, where they lie; what is left of the rows goes here, in one
-- statement: whatever hangs on a dossier goes with it. Only the dossier that the transaction has named can go.

alter table beneficiaries drop constraint beneficiaries_have_a_dossier,
	add constraint beneficiaries_have_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade;
alter table situations drop constraint situations_have_a_dossier,
	add constraint situations_have_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade;
alter table consents drop constraint consents_have_a_dossier,
	add constraint consents_have_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade;
alter table referrals drop constraint referrals_have_a_dossier,
	add constraint referrals_have_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade;
alter table events drop constraint events_belong_to_a_dossier,
	add constraint events_belong_to_a_dossier foreign key (tenant_id, dossier_id) references dossiers (tenant_id, dossier_id) on delete cascade;
alter table events drop constraint events_of_a_referral_are_of_its_dossier,
	add constraint events_of_a_referral_are_of_its_dossier foreign key (tenant_id, referral_id, dossier_id) references referrals (tenant_id, referral_id, dossier_id) on delete cascade;
alter table events drop constraint events_of_a_referral_name_its_office,
	add constraint events_of_a_referral_name_its_office foreign key (tenant_id, referral_id, office_id, visible_until) references referrals (tenant_id, referral_id, office_id, visible_until) on update cascade on delete cascade;
alter table messages drop constraint messages_hang_on_a_referral_to_that_office,
	add constraint messages_hang_on_a_referral_to_that_office foreign key (tenant_id, referral_id, office_id, visible_until) references referrals (tenant_id, referral_id, office_id, visible_until) on update cascade on delete cascade;

create policy erasure_fence on dossiers as restrictive for delete
	using (dossier_id = nullif(current_setting('app.erases', true), '')::uuid);
grant delete on dossiers to passerelle_app;

create or replace function refuse_to_delete_what_was_sent() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
	if old.sent_at is not null and old.dossier_id is distinct from nullif(current_setting('app.erases', true), '')::uuid then
		raise exception 'only a draft can be thrown away' using errcode = 'check_violation', constraint = 'referrals_once_sent_stay';
	end if;
	return old;
end $$;

create function count_erased_dossiers() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
	update public.dossier_counts as counted set dossiers = counted.dossiers - gone.n
		from (select tenant_id, count(*) as n from erased group by tenant_id) as gone where counted.tenant_id = gone.tenant_id;
	return null;
end $$;
create trigger dossiers_are_counted_down after delete on dossiers
	referencing old table as erased for each statement execute function count_erased_dossiers();
