-- What an office is asked, what it is shown, and what both sides write are sealed under the keyset of the referral, so
-- that the office's page needs no key of the dossier, and each can be erased without the other. Who interpreted when a
-- consent was given is sealed under the keyset of the dossier, a parked form under that of the person who typed it.
-- Migration 010 has seen to it that there is no dossier yet, and so none of these.

alter table referrals drop column request, drop column slice, add column request bytea, add column slice bytea,
	add constraint referrals_once_sent_rest_on_consent_and_slice
		check (state = 'draft' or (sent_at is not null and consent_id is not null and request is not null and slice is not null and visible_until is not null));
comment on column referrals.request is 'Sealed under the keyset of the referral.';
comment on column referrals.slice is 'Sealed under the keyset of the referral.';

alter table messages drop column body, add column body bytea not null;
comment on column messages.body is 'Sealed under the keyset of the referral.';

alter table consents drop column interpreter, add column interpreter bytea;
comment on column consents.interpreter is 'Sealed under the keyset of the dossier.';

-- They wait for a day at most.
delete from parked_forms;
alter table parked_forms drop column form_values, add column form_values bytea not null;
comment on column parked_forms.form_values is 'Sealed under the keyset of the person.';

-- Nobody ever wrote one: what people write are messages.
alter table events drop column note;
