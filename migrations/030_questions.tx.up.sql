-- Indexes for the questions of my work, of the team and of the year, so that each page enters its rows directly, whatever the
-- planner knows of the tables.

-- The team: what everybody carries, what nobody seems to look at, of which no date is known. All of it is about dossiers that
-- are not closed.
create index dossiers_running on dossiers (tenant_id, updated_at desc, dossier_id desc) include (code_name, responsible_id, opened_at) where closed_at is null;

-- Open dates in the order of lists, with all that a list says of them.
drop index deadlines_open;
create index deadlines_open on deadlines (tenant_id, due_on, dossier_id, rule, about) include (to_the_month) where settled_on is null and presses;
-- The same of one dossier, for whoever is responsible for it: dates that are past or settled are not looked at.
create index deadlines_open_of_a_dossier on deadlines (tenant_id, dossier_id, due_on) where settled_on is null and presses;

-- Where the referrals of a year stand is the one number of it that is counted when it is asked for. Along go the columns that
-- the fence reads, so that no row is.
create index referrals_sent on referrals (tenant_id, sent_at) include (state, outcome, office_id, revoked_at, visible_until) where sent_at is not null;
