-- My work looks through the dossiers of a person that are not closed, in which alone dates press: not through all of her past.
create index dossiers_running_of_a_person on dossiers (tenant_id, responsible_id, dossier_id) where closed_at is null;
drop index agendas_of_a_person;
