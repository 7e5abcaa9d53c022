-- Each row is something that the role which seals anew may do and need not, in a sentence. It is asked beside coverage.sql.
with columns as (
	select t.oid as relation, t.relname, a.attnum, a.attname, t.relname || '.' || a.attname as name,
		coalesce(col_description(t.oid, a.attnum) like 'Sealed under the keyset of %', false) as sealed
	from pg_class t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
	where t.relnamespace = 'public'::regnamespace and t.relkind in ('r', 'p')
), places (name) as (
	-- Where something is sealed: what is authenticated with it, and the name by which people know a tenant.
	values ('tenants.tenant_id'), ('tenants.slug'),
		('beneficiaries.tenant_id'), ('beneficiaries.dossier_id'),
		('situations.tenant_id'), ('situations.dossier_id'), ('situations.data_class'),
		('consents.tenant_id'), ('consents.consent_id'), ('consents.dossier_id'),
		('referrals.tenant_id'), ('referrals.referral_id'),
		('messages.tenant_id'), ('messages.message_id'), ('messages.referral_id'),
		('parked_forms.tenant_id'), ('parked_forms.parked_form_id'), ('parked_forms.person_id'),
		('facts.tenant_id'), ('facts.dossier_id'), ('facts.source'),
		('imports.tenant_id'), ('imports.import_id'), ('imports.person_id'),
		('findings.tenant_id'), ('findings.dossier_id'), ('findings.finding_id'),
		('phase_settings.tenant_id'), ('phase_settings.dossier_id'), ('phase_settings.setting_id'),
		('emergency_accesses.tenant_id'), ('emergency_accesses.emergency_access_id'), ('emergency_accesses.dossier_id'),
		('closures.tenant_id'), ('closures.dossier_id'), ('closures.closure_id'),
		('waivers.tenant_id'), ('waivers.dossier_id'), ('waivers.rule'), ('waivers.about'),
		('reflections.tenant_id'), ('reflections.reflection_id'), ('reflections.dossier_id'),
		('stays.tenant_id'), ('stays.stay_id'), ('stays.dossier_id'),
		('presences.tenant_id'), ('presences.dossier_id'),
		('proceedings.tenant_id'), ('proceedings.proceeding_id'), ('proceedings.dossier_id'),
		('inquiries.tenant_id'), ('inquiries.inquiry_id'), ('inquiries.dossier_id'),
		('successions.tenant_id'), ('successions.succession_id'), ('successions.dossier_id'),
		('moves.tenant_id'), ('moves.move_id'), ('moves.dossier_id'), ('packages.tenant_id'), ('packages.move_id'), ('received_files.tenant_id'), ('received_files.dossier_id'),
		('notes.tenant_id'), ('notes.note_id'), ('notes.dossier_id'),
		('note_versions.tenant_id'), ('note_versions.note_id'), ('note_versions.version'), ('note_versions.dossier_id'),
		('places.tenant_id'), ('places.place_id'),
		('housing_stays.tenant_id'), ('housing_stays.stay_id'), ('housing_stays.dossier_id'),
		('housing_evaluations.tenant_id'), ('housing_evaluations.evaluation_id'), ('housing_evaluations.dossier_id'),
		('interviews.tenant_id'), ('interviews.interview_id'), ('interviews.dossier_id'),
		('interview_versions.tenant_id'), ('interview_versions.interview_id'), ('interview_versions.version'), ('interview_versions.dossier_id'),
		('drafts.tenant_id'), ('drafts.draft_id'), ('drafts.person_id'),
		('task_texts.tenant_id'), ('task_texts.task_id'), ('task_texts.dossier_id'),
		('own_task_texts.tenant_id'), ('own_task_texts.task_id'), ('own_task_texts.assignee_id'),
		('age_records.tenant_id'), ('age_records.age_record_id'), ('age_records.dossier_id'),
		('guardians.tenant_id'), ('guardians.guardian_id'), ('guardians.dossier_id'),
		('protection_reports.tenant_id'), ('protection_reports.protection_report_id'), ('protection_reports.dossier_id'),
		('risk_assessments.tenant_id'), ('risk_assessments.risk_assessment_id'), ('risk_assessments.dossier_id'),
		('safety_plans.tenant_id'), ('safety_plans.dossier_id'),
		('identifications.tenant_id'), ('identifications.identification_id'), ('identifications.dossier_id'),
		('second_readings.tenant_id'), ('second_readings.identification_id'), ('second_readings.dossier_id'),
		('projects.tenant_id'), ('projects.dossier_id'), ('projects.version'),
		('project_steps.tenant_id'), ('project_steps.step_id'), ('project_steps.dossier_id'),
		('returns.tenant_id'), ('returns.return_id'), ('returns.dossier_id'),
		('return_contacts.tenant_id'), ('return_contacts.contact_id'), ('return_contacts.dossier_id'),
		('claims.tenant_id'), ('claims.claim_id'), ('claims.dossier_id'),
		('payers.tenant_id'), ('payers.payer_id'), ('payers.dossier_id'),
		('offences.tenant_id'), ('offences.dossier_id'),
		('interpreters.tenant_id'), ('interpreters.interpreter_id'),
		('house_rules.tenant_id'), ('house_rules.house_rule_id'),
		('exclusions.tenant_id'), ('exclusions.exclusion_id'), ('exclusions.dossier_id'),
		('meeting_places.tenant_id'), ('meeting_places.appointment_id'), ('meeting_places.dossier_id'),
		('bookings.tenant_id'), ('bookings.booking_id'), ('bookings.dossier_id'),
		('connection_secrets.secret_id'), ('connection_secrets.connection_id'),
		('connection_trials.tenant_id'), ('connection_trials.trial_id'), ('connection_trials.connection_id'),
		('letters.tenant_id'), ('letters.letter_id'), ('letters.dossier_id'),
		('documents.tenant_id'), ('documents.document_id'), ('documents.dossier_id'),
		('uploads.tenant_id'), ('uploads.upload_id'), ('uploads.dossier_id'),
		('upload_parts.tenant_id'), ('upload_parts.upload_id'), ('upload_parts.at'), ('upload_parts.dossier_id'),
		('enclosures.tenant_id'), ('enclosures.enclosure_id'), ('enclosures.referral_id')
)
select 'the role ' || current_user || ' may not seal ' || name || ' anew: connect as passerelle_rotation' from columns
	where sealed and not (has_column_privilege(relation, attnum, 'select') and has_column_privilege(relation, attnum, 'update'))
union all select 'the role may read ' || name from columns
	where has_column_privilege(relation, attnum, 'select') and not sealed and name not in (select name from places)
union all select 'the role may change ' || name from columns where has_column_privilege(relation, attnum, 'update') and not sealed
union all select distinct 'the role may insert ' || relname from columns where has_column_privilege(relation, attnum, 'insert')
union all select distinct 'the role may delete ' || relname from columns where has_table_privilege(relation, 'delete');
