package tenantdb_test

import (
	"context"
	"errors"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/ids"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

func init() {
	// entered is that whoever asks has been told of all circles: what is left is kept by the other fences.
	const entered = "select set_config('app.circles', array_agg(circle_id)::text, true) from circles; "
	after := func(arrange string, p probe) probe {
		p.arrange += arrange
		return p
	}
	policies["member_professions tenant_fence"] = fenced("Léa", "member_professions", "1", "2")
	policies["member_professions scope_fence"] = fenced("Noé", "member_professions", "0", "1")
	policies["member_professions both_read"] = reads("Anna", "member_professions", "1", "0")
	policies["member_professions admin_grants"] = probe{who: "Anna", with: "1", without: "fenced",
		statement: "insert into member_professions (tenant_id, member_id, profession, granted_by, granted_at) values (" + vaud + ", " + karim + ", 'legal', " + anna + ", now())"}
	policies["member_professions admin_withdraws"] = probe{who: "Anna", statement: "delete from member_professions", with: "1", without: "0"}
	visible["member_professions"] = map[string]int{"Léa": 1, "Claire": 1, "Anna": 1}

	for _, table := range []string{"circles", "circle_members", "successions"} {
		policies[table+" tenant_fence"] = fenced("Léa", table, "1", "2")
		policies[table+" scope_fence"] = fenced("Noé", table, "0", "1")
		policies[table+" staff_reads"] = reads("Léa", table, "1", "0")
		visible[table] = map[string]int{"Léa": 1, "Claire": 1}
	}
	policies["circles staff_opens"] = probe{who: "Léa", with: "1", without: "fenced",
		statement: "insert into circles (tenant_id, circle_id, dossier_id, profession, opened_by, opened_at) select tenant_id, gen_random_uuid(), dossier_id, 'legal', opened_by, now() from circles"}
	policies["circles members_close"] = after(entered, probe{who: "Léa", statement: "update circles set closed_at = now(), closed_by = opened_by", with: "1", without: "0"})
	policies["circle_members staff_names"] = probe{who: "Léa", with: "1", without: "fenced",
		arrange:   "insert into member_professions (tenant_id, member_id, profession, granted_by, granted_at) values (" + vaud + ", " + karim + ", 'psychological', " + anna + ", now()); ",
		statement: "insert into circle_members (tenant_id, circle_id, dossier_id, member_id, named_by, named_at) select tenant_id, circle_id, dossier_id, " + karim + ", member_id, now() from circle_members"}
	policies["circle_members members_remove"] = after(entered+"update circles set closed_at = now(), closed_by = opened_by; ", probe{who: "Léa", statement: "delete from circle_members", with: "1", without: "0"})
	policies["successions staff_hands_on"] = probe{who: "Léa", with: "1", without: "fenced",
		statement: "insert into successions (tenant_id, succession_id, circle_id, dossier_id, successor_id, named_by, words, named_at) select tenant_id, gen_random_uuid(), circle_id, dossier_id, " + karim + ", " + lea + ", '', now() from circles"}

	for _, table := range []string{"notes", "note_versions"} {
		policies[table+" tenant_fence"] = after(entered, fenced("Léa", table, "1", "2"))
		policies[table+" scope_fence"] = after(entered, fenced("Noé", table, "0", "1"))
		policies[table+" circle_fence"] = fenced("Léa", table, "0", "1")
		policies[table+" staff"] = after(entered, reads("Léa", table, "1", "0"))
		policies[table+" admission_fence"] = probe{who: leaBarred, with: "0", without: "1", statement: "select 1 from " + table,
			arrange: entered + "select set_config('app.barred', array_agg(dossier_id)::text, true) from dossiers; "}
		// Nothing that does not ask for notes is shown any, whoever asks.
		visible[table] = map[string]int{}
	}
	triggers["circle_members circle_members_are_named_from_within"] = probe{who: "Léa", with: "circles_are_of_one_profession", without: "1",
		statement: "insert into circle_members (tenant_id, circle_id, dossier_id, member_id, named_by, named_at) select tenant_id, circle_id, dossier_id, " + karim + ", member_id, now() from circle_members"}
	triggers["circle_members circle_members_leave_somebody"] = after(entered, probe{who: "Léa", statement: "delete from circle_members", with: "circles_that_are_open_keep_somebody", without: "1"})
}

// Notes show to those of their circle, in the transactions alone that ask for them; somebody who is not within puts neither a note nor
// herself or himself there, whatever the statement.
func TestNotesAreForTheirCircle(t *testing.T) {
	db := pgtest.New(t)
	fill(t, db)
	// Karim sees the dossier, and is a psychologist as well.
	db.Exec(t, "delete from restrictions")
	db.Exec(t, "insert into member_professions (tenant_id, member_id, profession, granted_by, granted_at) values ($1, $2, 'psychological', $3, now())", cast.Vaud.ID, cast.Karim.ID, cast.Anna.ID)
	within := func(scope tenantdb.Scope, enter bool, do func(context.Context, tenantdb.Tx) error) error {
		return db.App.Write(tenantdb.WithScope(t.Context(), scope), func(ctx context.Context, tx tenantdb.Tx) error {
			if enter {
				var bound string
				if err := tx.Select().ColumnExpr("enter_circles()").Scan(ctx, &bound); err != nil {
					return err
				}
			}
			return do(ctx, tx)
		})
	}
	lea, other := tenantdb.Staff(cast.Vaud.ID, cast.Lea.ID), tenantdb.Staff(cast.Vaud.ID, cast.Karim.ID)
	for what, c := range map[string]struct {
		scope tenantdb.Scope
		enter bool
		want  int
	}{
		"Léa, who asks for them":         {lea, true, 1},
		"Léa, who asks for other things": {lea, false, 0},
		"Karim, who is not within":       {other, true, 0},
		"what works through all":         {other.Throughout(), true, 0},
		"Claire of the other canton":     {tenantdb.Staff(cast.Geneve.ID, cast.Claire.ID), true, 1},
		"Léa, there":                     {tenantdb.Staff(cast.Geneve.ID, cast.Lea.ID), true, 0},
		"Anna, who administers":          {tenantdb.Administration(cast.Vaud.ID, cast.Anna.ID), false, 0},
	} {
		for _, table := range []string{"notes", "note_versions"} {
			err := within(c.scope, c.enter, func(ctx context.Context, tx tenantdb.Tx) error {
				n, err := tx.Select().TableExpr(table).Count(ctx)
				if int(n) != c.want {
					t.Errorf("%s sees %d rows of %s, want %d", what, n, table, c.want)
				}
				return err
			})
			if err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
	}
	for what, scope := range map[string]tenantdb.Scope{"an office": tenantdb.AtOffice(cast.Vaud.ID, cast.CSR.ID, cast.Noe.ID), "administration": tenantdb.Administration(cast.Vaud.ID, cast.Anna.ID)} {
		if err := within(scope, true, func(context.Context, tenantdb.Tx) error { return nil }); err == nil {
			t.Errorf("%s enters circles", what)
		}
	}

	var circle string
	if err := db.Owner.QueryRow(t.Context(), "select circle_id from circles where tenant_id = $1", cast.Vaud.ID).Scan(&circle); err != nil {
		t.Fatal(err)
	}
	refused := func(what string, scope tenantdb.Scope, want string, do func(context.Context, tenantdb.Tx) error) {
		t.Helper()
		var failed *tenantdb.Error
		if err := within(scope, true, do); !errors.As(err, &failed) || failed.Code != want {
			t.Errorf("%s: %v", what, err)
		}
	}
	insert := func(table string, values map[string]any) func(context.Context, tenantdb.Tx) error {
		return func(ctx context.Context, tx tenantdb.Tx) error {
			values["tenant_id"], values["circle_id"], values["dossier_id"] = cast.Vaud.ID, circle, circle
			_, err := tx.Insert().Model(&values).TableExpr(table).Exec(ctx)
			return err
		}
	}
	const fenced, checked = "42501", "23514"
	refused("Karim writes a note", other, fenced, insert("notes", map[string]any{
		"note_id": cast.Karim.ID, "noted_on": "2026-11-20", "contents": []byte("x"), "author_id": cast.Karim.ID, "recorded_at": "2026-11-20", "version": 1, "written_by": cast.Karim.ID, "written_at": "2026-11-20"}))
	joins := func(by cast.Person) map[string]any {
		return map[string]any{"member_id": cast.Karim.ID, "named_by": by.ID, "named_at": "2026-11-20"}
	}
	refused("Karim names himself", other, checked, insert("circle_members", joins(cast.Karim)))
	refused("Karim names himself as if Léa did", other, checked, insert("circle_members", joins(cast.Lea)))
	refused("Karim hands it on while Léa holds it", other, checked, func(ctx context.Context, tx tenantdb.Tx) error {
		// Karim writes down that he hands it on, to Boris.
		succession := map[string]any{"succession_id": cast.Karim.ID, "successor_id": cast.Boris.ID, "named_by": cast.Karim.ID, "words": []byte("x"), "named_at": "2026-11-20"}
		if err := insert("successions", succession)(ctx, tx); err != nil {
			t.Fatal(err)
		}
		return insert("circle_members", map[string]any{"member_id": cast.Karim.ID, "named_by": cast.Karim.ID, "named_at": "2026-11-20"})(ctx, tx)
	})

	// Léa is gone, and nobody holds it: Karim cannot take it, under another membership of his either. Nina is a psychologist.
	db.Exec(t, "update members set ended_at = now(), ended_as = 'left' where member_id = $1", cast.Lea.ID)
	himself, nina := cast.Karim, cast.Karim
	himself.ID, nina.ID = ids.New[tenantdb.Person](), ids.New[tenantdb.Person]()
	for _, who := range []cast.Person{himself, nina} {
		db.Exec(t, "insert into members (tenant_id, member_id, name, email, role, connection_id, expected_subject) select tenant_id, $1, name, email, 'caseworker', connection_id, expected_subject || $2 from members where member_id = $3",
			who.ID, map[bool]string{true: "", false: "'s colleague"}[who == himself], cast.Karim.ID)
		db.Exec(t, "insert into member_professions (tenant_id, member_id, profession, granted_by, granted_at) values ($1, $2, 'psychological', $3, now())", cast.Vaud.ID, who.ID, cast.Anna.ID)
	}
	hands := func(to cast.Person) func(context.Context, tenantdb.Tx) error {
		return func(ctx context.Context, tx tenantdb.Tx) error {
			succession := map[string]any{"succession_id": to.ID, "successor_id": to.ID, "named_by": cast.Karim.ID, "words": []byte("x"), "named_at": "2026-11-20"}
			if err := insert("successions", succession)(ctx, tx); err != nil {
				return err
			}
			return insert("circle_members", map[string]any{"member_id": to.ID, "named_by": cast.Karim.ID, "named_at": "2026-11-20"})(ctx, tx)
		}
	}
	refused("Karim hands it on to himself", other, checked, hands(cast.Karim))
	refused("Karim hands it on to himself by another name", other, checked, hands(himself))
	refused("nobody has handed it on, and Karim takes Nina in", other, checked, insert("circle_members", map[string]any{"member_id": nina.ID, "named_by": cast.Karim.ID, "named_at": "2026-11-20"}))
	if err := within(other, true, hands(nina)); err != nil {
		t.Errorf("Karim hands it on to somebody else: %v", err)
	}
	if err := within(tenantdb.Staff(cast.Vaud.ID, nina.ID), true, func(ctx context.Context, tx tenantdb.Tx) error {
		n, err := tx.Select().TableExpr("notes").Count(ctx)
		if n != 1 {
			t.Errorf("Nina sees %d notes", n)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}
