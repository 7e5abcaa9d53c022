package main

import (
	"context"
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// catalogue asks a migrated database what can be taken away from it, so that nothing is forgotten when a table is added.
//
//go:embed catalogue.sql
var catalogue string

// thing is one row of the catalogue.
type thing struct {
	Kind, Name, Schema, Table, Role, Statement string
}

// things lists them, and sees to it that each statement can be carried out.
func things(ctx context.Context, connString string) ([]thing, error) {
	conn, err := pgx.Connect(ctx, connString)
	if err != nil {
		return nil, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	rows, err := conn.Query(ctx, catalogue)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[thing])
	if err != nil {
		return nil, err
	}
	for _, t := range list {
		if err := changes(ctx, conn, t.Statement); err != nil {
			return nil, fmt.Errorf("%s %s: %w", t.Kind, t.Name, err)
		}
	}
	return list, nil
}

// changes tries a statement and takes it back. A statement that is empty changes the program instead.
func changes(ctx context.Context, conn *pgx.Conn, statement string) error {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, statement)
	if back := tx.Rollback(ctx); err == nil {
		err = back
	}
	return err
}

// mutations turns the catalogue into what is taken away, with the tests that should notice.
func mutations(list []thing, sources []source, packages []string) (found []Mutation) {
	for _, t := range list {
		found = append(found, Mutation{Kind: t.Kind, Name: t.Name, Statement: t.Statement, Steps: noticing(t, sources, packages)})
	}
	return found
}

// noticing are the tests that should notice when something of the database is gone. Each kind has tests of its own,
// then those of whoever works with the table.
func noticing(t thing, sources []source, packages []string) []Step {
	const app, keys, fences = "internal/app", "internal/keys", "internal/tenantdb"
	side := fences
	if t.Schema == "keys" {
		side = keys
	}
	var first []Step
	switch t.Kind {
	case "seal":
		return []Step{{app, "^TestT36$"}}
	case "trigger", "policy":
		_, guard, _ := strings.Cut(t.Name, " ")
		first = []Step{{side, "^TestEveryGuard(OfTheKeys)?Bites$/^" + regexp.QuoteMeta(t.Table+"_"+guard) + "$"}}
	case "fence":
		first = []Step{{fences, "^TestCheckPassesTheSchemaAsItIs$"}}
		if side == keys {
			first = []Step{{keys, "^TestCheckKeysPassesTheKeysAsTheyAre$"}}
		}
	case "excess":
		first = map[string][]Step{
			"public":     {{fences, "^(TestT05|TestCheckPassesTheSchemaAsItIs|TestWhoSealsAnewDoesNothingElse)$"}, {keys, "^TestCheckKeysPassesTheKeysAsTheyAre$"}},
			"keys":       {{keys, "^(TestNeitherSideSeesTheOther|TestCheckKeysPassesTheKeysAsTheyAre)$"}, {fences, "^TestCheckPassesTheSchemaAsItIs$"}},
			"migrations": {{keys, "^TestNeitherSideSeesTheOther$"}, {fences, "^TestCheckPassesTheSchemaAsItIs$"}},
		}[t.Schema]
		return append(first, Step{"migrations", "^TestNobodyMayMore$"})
	case "grant":
		first = map[string][]Step{
			"passerelle_app":           {{app, "^TestT36$"}, {app, "^TestErasing$"}},
			"passerelle_keys":          {{keys, "^(TestWhatIsSealedIsReadAgain|TestStatus)$"}, {app, "^TestErasing$"}},
			"passerelle_rotation":      {{app, "^TestEverySealedColumnIsDeclared$"}, {fences, "^TestWhoSealsAnewDoesNothingElse$"}, {keys, "^TestT38$"}},
			"passerelle_keys_rotation": {{keys, "^(TestStatus|TestT38)$"}},
			"passerelle_transfer":      {{fences, "^TestWhoTakesTenantsDoesNothingElse$"}},
		}[t.Role]
	}
	return stepsOf(first, mentioning(t.Table, sources, packages), []Step{{side, ""}, {app, ""}})
}

// mentioning are the packages with tests in whose sources a table is named, and those of their pages.
func mentioning(table string, sources []source, packages []string) (steps []Step) {
	if table == "" {
		return nil
	}
	named := regexp.MustCompile(`\b` + regexp.QuoteMeta(table) + `\b`)
	var folders []string
	for _, s := range sources {
		if folder := s.folder(); strings.HasPrefix(folder, "internal/") && named.Match(s.content) && !slices.Contains(folders, folder) {
			folders = append(folders, folder)
		}
	}
	for _, folder := range packages {
		if slices.Contains(folders, folder) || slices.ContainsFunc(folders, func(f string) bool { return strings.HasPrefix(folder, f+"/") }) {
			steps = append(steps, Step{folder, ""})
		}
	}
	return steps
}
