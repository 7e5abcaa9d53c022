-- Each row is something that the role which seals anew may do and need not, in a sentence. It is asked beside coverage.sql.
with columns as (
	select t.oid as relation, t.relname, a.attnum, a.attname, t.relname || '.' || a.attname as name,
		coalesce(col_description(t.oid, a.attnum) like 'Sealed under the keyset of %', false) as sealed
	from pg_class t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
	where t.relnamespace = 'public'::regnamespace and t.relkind in ('r', 'p')
), places (name) as (
	-- Where something is sealed: what is authenticated with it, and the name by which people know a tenant.
	values ('tenants.tenant_id'), ('tenants.slug'), ('beneficiaries.tenant_id'), ('beneficiaries.dossier_id'),
		('situations.tenant_id'), ('situations.dossier_id'), ('situations.data_class'),
		('consents.tenant_id'), ('consents.consent_id'), ('consents.dossier_id'), ('referrals.tenant_id'), ('referrals.referral_id'),
		('messages.tenant_id'), ('messages.message_id'), ('messages.referral_id'),
		('parked_forms.tenant_id'), ('parked_forms.parked_form_id'), ('parked_forms.person_id'),
		('facts.tenant_id'), ('facts.dossier_id'), ('facts.source'),
		('interpreters.tenant_id'), ('interpreters.interpreter_id'),
		('exclusions.tenant_id'), ('exclusions.exclusion_id'), ('exclusions.dossier_id'),
		('meeting_places.tenant_id'), ('meeting_places.appointment_id'), ('meeting_places.dossier_id'),
		('bookings.tenant_id'), ('bookings.booking_id'), ('bookings.dossier_id'),
		('letters.tenant_id'), ('letters.letter_id'), ('letters.dossier_id')
)
select 'the role ' || current_user || ' may not seal ' || name || ' anew: connect as passerelle_rotation' from columns
	where sealed and not (has_column_privilege(relation, attnum, 'select') and has_column_privilege(relation, attnum, 'update'))
union all select 'the role may read ' || name from columns
	where has_column_privilege(relation, attnum, 'select') and not sealed and name not in (select name from places)
union all select 'the role may change ' || name from columns where has_column_privilege(relation, attnum, 'update') and not sealed
union all select distinct 'the role may insert ' || relname from columns where has_column_privilege(relation, attnum, 'insert')
union all select distinct 'the role may delete ' || relname from columns where has_table_privilege(relation, 'delete');
