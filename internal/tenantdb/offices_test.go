package tenantdb_test

// The directory of offices is kept by the staff and by who administers; an office sees the line that is its own, as at the door.
func init() {
	for _, table := range []string{"bodies", "office_regions", "agreements"} {
		visible[table] = map[string]int{"Léa": 1, "Claire": 1, "Anna": 1}
		policies[table+" tenant_fence"] = fenced("Anna", table, "1", "2")
		policies[table+" scope_fence"] = fenced("Noé", table, "0", "1")
		policies[table+" keepers"] = reads("Anna", table, "1", "0")
	}
	visible["agreements"][clock] = 1
	policies["agreements clock_reads"] = reads(clock, "agreements", "1", "0")
	policies["offices keepers_add"] = probe{who: "Anna", with: "1", without: "fenced",
		statement: "insert into offices (tenant_id, office_id, name, kind) values (" + vaud + ", gen_random_uuid(), 'X', 'medical')"}
	policies["offices keepers_change"] = probe{who: "Anna", statement: "update offices set phone = '1' where name = 'CSR de Lausanne'", with: "1", without: "0"}
	policies["offices keepers_remove"] = probe{who: "Anna", statement: "delete from offices where name = 'Foyer du Jorat'", with: "1", without: "0"}
}
