package tenantdb_test

import (
	"fmt"

	"passerelle/internal/cast"
)

// What somebody sends, and may take, is that person's alone.
func init() {
	for table, insert := range map[string]string{
		"uploads":          "(tenant_id, upload_id, dossier_id, person_id, bytes, particulars, begun_at) select %s, gen_random_uuid(), dossier_id, person_id, 1, '', now() from uploads",
		"upload_parts":     "(tenant_id, upload_id, at, dossier_id, person_id, contents) select %s, upload_id, 1, dossier_id, person_id, '' from upload_parts",
		"download_tickets": "(tenant_id, ticket_hash, document_id, person_id, session_hash, expires_at) select %s, '', document_id, person_id, '', now() from download_tickets",
	} {
		visible[table] = map[string]int{"Léa": 1, "Claire": 1}
		constraint := map[string]string{"uploads": "uploads_are_for_a_dossier", "upload_parts": "upload_parts_are_of_an_upload", "download_tickets": "download_tickets_are_for_a_document"}[table]
		policies[table+" tenant_fence"] = probe{who: "Léa", with: "fenced", without: constraint, statement: "insert into " + table + " " + fmt.Sprintf(insert, "'"+cast.Geneve.ID.String()+"'")}
		policies[table+" scope_fence"] = fenced("Noé", table, "0", map[string]string{"uploads": "6", "upload_parts": "6", "download_tickets": "1"}[table])
		policies[table+" staff"] = reads("Léa", table, "1", "0")
	}
}
