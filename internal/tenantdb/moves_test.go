package tenantdb_test

func init() {
	propose := "insert into moves (tenant_id, move_id, dossier_id, to_tenant_id, to_name, from_name, reason, answer_by, asker_name, asker_phone, asker_email, particulars, proposed_by, proposed_at) " +
		"select tenant_id, gen_random_uuid(), dossier_id, to_tenant_id, to_name, from_name, 'safety', current_date, '', '', '', '', proposed_by, now() from moves"
	withdraw := "update moves set withdrawn_at = now(), withdrawn_by = " + lea
	opens := "update arrivals set opened_at = now(), opened_by = " + lea
	for _, table := range []string{"moves", "arrivals", "packages", "received_files"} {
		policies[table+" tenant_fence"] = fenced("Léa", table, "1", "2")
		policies[table+" scope_fence"] = fenced("Noé", table, "0", "1")
		visible[table] = map[string]int{"Léa": 1, "Claire": 1}
	}
	for table, column := range map[string]string{"moves": "particulars", "packages": "private_key", "received_files": "contents"} {
		policies[table+" rotation"] = probe{who: rotationOfLea, statement: "update " + table + " set " + column + " = 'anew'", with: "1", without: "0"}
	}
	policies["moves staff_reads"] = reads("Léa", "moves", "1", "0")
	policies["moves staff_proposes"] = probe{who: "Léa", statement: propose, with: "1", without: "fenced"}
	policies["moves staff_goes_on"] = probe{who: "Léa", statement: withdraw, with: "1", without: "0"}
	policies["moves crossing"] = probe{who: "Léa", statement: opens, with: "1", without: "arrivals_come_from_somewhere"}
	policies["arrivals staff_reads"] = reads("Léa", "arrivals", "1", "0")
	policies["arrivals staff_answers"] = probe{who: "Léa", statement: opens, with: "1", without: "0"}
	policies["arrivals crossing"] = probe{who: "Léa", statement: propose, with: "1", without: "fenced"}
	policies["packages staff_opens"] = reads("Léa", "packages", "1", "0")
	policies["packages staff_lays_a_key_down"] = probe{who: "Léa", arrange: "delete from packages; ", with: "1", without: "fenced",
		statement: "insert into packages (tenant_id, move_id, private_key) select tenant_id, move_id, '' from arrivals"}
	policies["packages staff_clears"] = probe{who: "Léa", statement: "delete from packages", with: "1", without: "0"}
	policies["packages crossing"] = probe{who: "Léa", arrange: "update packages set contents = null, expires_at = null; ", with: "1", without: "0",
		statement: "select 1 from moves where send_move(move_id, 'sealed')"}
	policies["received_files staff"] = reads("Léa", "received_files", "1", "0")
	policies["journal_entries crossing_writes"] = probe{who: "Léa", statement: withdraw, with: "1", without: "fenced"}

	triggers["moves moves_are_told_to_the_other_side"] = probe{who: "Léa", with: "moves_go_to_a_tenant_that_is_open", without: "1",
		statement: "insert into moves (tenant_id, move_id, dossier_id, to_tenant_id, to_name, from_name, reason, answer_by, asker_name, asker_phone, asker_email, particulars, proposed_by, proposed_at) " +
			"select tenant_id, gen_random_uuid(), dossier_id, gen_random_uuid(), '', '', 'safety', current_date, '', '', '', '', proposed_by, now() from moves"}
	triggers["moves moves_are_answered_by_the_other_side"] = probe{who: "Léa", statement: "update moves set colleague = 'somebody'", with: "moves_are_answered_by_the_other_side", without: "1"}
	triggers["moves moves_take_their_package_back"] = probe{who: "Léa", statement: withdraw, with: "frozen", without: "1",
		arrange: "alter table arrivals add constraint frozen check (withdrawn_at is null) not valid; "}
	triggers["arrivals arrivals_are_written_by_both_sides"] = probe{who: "Léa", statement: "update arrivals set withdrawn_at = now()", with: "arrivals_are_written_by_both_sides", without: "1"}
	triggers["arrivals arrivals_are_told_to_the_other_side"] = probe{who: "Léa", statement: opens, with: "frozen", without: "1",
		arrange: "alter table moves add constraint frozen check (opened_at is null) not valid; "}
}
