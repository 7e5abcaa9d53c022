-- What somebody had before her or him goes to the colleague as well: the counsellor who left is not waited for.
alter table handovers add column appointments integer not null default 0;
grant update (appointments) on handovers to passerelle_app;
