-- What the NGO wrote and nobody at the office has acknowledged: an inbox points it out, as "my work" points out what an
-- office did. The NGO says since when, the office puts it away again; so one column is enough, and an inbox reads it off
-- the index that it reads anyway.

alter table referrals add column office_news_at timestamptz;

drop index referrals_new, referrals_in_progress, referrals_settled;

create index referrals_new on referrals (tenant_id, office_id,
		(case urgency when 'urgent' then 0 when 'soon' then 1 else 2 end), (case when answer_by is null then 'infinity'::date else answer_by end), sent_at, referral_id)
	include (visible_until, revoked_at, reference, service, urgency, answer_by, state, taken_by_name, answered_at, closed_at, office_news_at)
	where state = 'sent';

create index referrals_in_progress on referrals (tenant_id, office_id,
		(case urgency when 'urgent' then 0 when 'soon' then 1 else 2 end), (case when answer_by is null then 'infinity'::date else answer_by end), sent_at, referral_id)
	include (visible_until, revoked_at, reference, service, urgency, answer_by, state, taken_by_name, answered_at, closed_at, office_news_at)
	where state in ('taken', 'accepted');

create index referrals_settled on referrals (tenant_id, office_id, (case when closed_at is null then answered_at else closed_at end) desc, referral_id desc)
	include (visible_until, revoked_at, reference, service, urgency, answer_by, state, taken_by_name, answered_at, closed_at, sent_at, office_news_at)
	where state in ('declined', 'closed');

-- Neither side says for the other what it has heard or read.
create or replace function refuse_to_speak_for_the_other_side() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
	case current_setting('app.scope', true)
	when 'office' then
		if (new.referral_id, new.visible_until, new.revoked_at, new.acknowledged_at) is distinct from (old.referral_id, old.visible_until, old.revoked_at, old.acknowledged_at)
			or (new.office_news_at is not null and new.office_news_at is distinct from old.office_news_at)
			or (new.state <> old.state and (new.state not in ('taken', 'accepted', 'declined', 'closed') or old.state in ('declined', 'closed', 'revoked'))) then
			raise exception 'an office only answers' using errcode = 'check_violation', constraint = 'referrals_are_answered_and_not_changed_by_an_office';
		end if;
	when 'staff' then
		-- A referral that is being inserted has no old row: it begins as an unanswered draft.
		if (new.taken_by, new.taken_by_name, new.taken_at, new.answered_at, new.decline_reason, new.closed_at, new.outcome)
			is distinct from (old.taken_by, coalesce(old.taken_by_name, ''), old.taken_at, old.answered_at, coalesce(old.decline_reason, ''), old.closed_at, coalesce(old.outcome, ''))
			or new.state not in (coalesce(old.state, 'draft'), case coalesce(old.state, 'draft') when 'draft' then 'sent' else 'revoked' end) then
			raise exception 'only the office answers' using errcode = 'check_violation', constraint = 'referrals_are_answered_by_the_office_alone';
		end if;
		if old.office_news_at is not null and new.office_news_at is null then
			raise exception 'only the office says what it has read' using errcode = 'check_violation', constraint = 'referrals_are_read_by_the_office_alone';
		end if;
	else
		-- The owner, who is bound to no scope.
	end case;
	return new;
end $$;
