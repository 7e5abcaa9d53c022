package tenantdb_test

import "passerelle/internal/cast"

// Of what went along with referrals an office sees its own, for as long as the referral; leave to take one is its person's alone.
func init() {
	const again = "insert into enclosures (tenant_id, enclosure_id, referral_id, dossier_id, office_id, place, data_class, kind, bytes, scanned, file_id, particulars) " +
		"select tenant_id, gen_random_uuid(), referral_id, dossier_id, office_id, 1, 'identity', 'pdf', 1, true, gen_random_uuid(), '' from referrals where reference = 'LIVE'"
	visible["enclosures"] = map[string]int{"Léa": 4, "Claire": 4, "Noé": 1, "Inès": 1, "Eva": 1}
	policies["enclosures tenant_fence"] = fenced("Léa", "enclosures", "4", "8")
	policies["enclosures scope_fence"] = reads("Noé", "enclosures", "1", "4")
	policies["enclosures both_read"] = reads("Noé", "enclosures", "1", "0")
	policies["enclosures staff_writes"] = probe{who: "Léa", statement: again, with: "1", without: "fenced"}
	policies["enclosures rotation"] = probe{who: rotation, statement: "update enclosures set particulars = 'anew'", with: "4", without: "0"}
	triggers["enclosures enclosures_end_with_their_referral"] = probe{who: "Léa", statement: again, with: "1", without: "ends",
		arrange: "alter table enclosures alter column visible_until drop not null, add constraint ends check (visible_until is not null) not valid; "}
	visible["enclosure_tickets"] = map[string]int{"Noé": 3, "Eva": 3}
	policies["enclosure_tickets tenant_fence"] = probe{who: "Noé", with: "fenced", without: "enclosure_tickets_are_for_an_enclosure",
		statement: "insert into enclosure_tickets (tenant_id, ticket_hash, enclosure_id, office_id, person_id, session_hash, expires_at) select '" + cast.Geneve.ID.String() + "', sha256(enclosure_id::text::bytea), enclosure_id, office_id, person_id, '', now() from enclosure_tickets"}
	policies["enclosure_tickets scope_fence"] = fenced("Inès", "enclosure_tickets", "0", "3")
	policies["enclosure_tickets office"] = reads("Noé", "enclosure_tickets", "3", "0")
}
