-- An inbox shows in each of its tabs what is urgent and due first, or what was settled last. Each tab is read off an
-- index of its own, and a referral lies in one of them; internal/inbox/store.go orders by the same expressions. They
-- say case and not coalesce: behind row-level security Postgres enters an index only by what it knows not to leak.

drop index referrals_inbox;

create index referrals_new on referrals (tenant_id, office_id,
		(case urgency when 'urgent' then 0 when 'soon' then 1 else 2 end), (case when answer_by is null then 'infinity'::date else answer_by end), sent_at, referral_id)
	include (visible_until, revoked_at, reference, service, urgency, answer_by, state, taken_by_name, answered_at, closed_at)
	where state = 'sent';

create index referrals_in_progress on referrals (tenant_id, office_id,
		(case urgency when 'urgent' then 0 when 'soon' then 1 else 2 end), (case when answer_by is null then 'infinity'::date else answer_by end), sent_at, referral_id)
	include (visible_until, revoked_at, reference, service, urgency, answer_by, state, taken_by_name, answered_at, closed_at)
	where state in ('taken', 'accepted');

create index referrals_settled on referrals (tenant_id, office_id, (case when closed_at is null then answered_at else closed_at end) desc, referral_id desc)
	include (visible_until, revoked_at, reference, service, urgency, answer_by, state, taken_by_name, answered_at, closed_at, sent_at)
	where state in ('declined', 'closed');
