package tenantdb_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/cast"
	"passerelle/internal/fault"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

// single opens the database over one connection, so that each transaction borrows what the one before it left.
func single(t *testing.T, connString string) *tenantdb.DB {
	t.Helper()
	db, err := tenantdb.Open(t.Context(), connString, tenantdb.Options{MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

// bound is what a transaction knows of its scope, and which connection it runs on.
type bound struct {
	Pid                           int32
	Scope, Tenant, Office, Person string
	ReadOnly                      string
}

func settings(query *bun.SelectQuery) *bun.SelectQuery {
	return query.ColumnExpr("pg_backend_pid() AS pid").
		ColumnExpr("coalesce(current_setting('app.scope', true), '') AS scope").
		ColumnExpr("coalesce(current_setting('app.tenant_id', true), '') AS tenant").
		ColumnExpr("coalesce(current_setting('app.office_id', true), '') AS office").
		ColumnExpr("coalesce(current_setting('app.person_id', true), '') AS person").
		ColumnExpr("current_setting('transaction_read_only') AS read_only")
}

var knownSettings = tenantdb.Prepare(settings(tenantdb.Select()))

// doors are the three ways in; a statement that the connection knows goes through the same one as a new question.
var doors = map[string]func(context.Context, *tenantdb.DB) (bound, error){
	"Read": func(ctx context.Context, db *tenantdb.DB) (b bound, err error) {
		err = db.Read(ctx, tenantdb.One(&b, settings(tenantdb.Select())))
		return b, err
	},
	"Read of a statement": func(ctx context.Context, db *tenantdb.DB) (b bound, err error) {
		err = db.Read(ctx, tenantdb.One(&b, knownSettings.With()))
		return b, err
	},
	"View": func(ctx context.Context, db *tenantdb.DB) (b bound, err error) {
		err = db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) error { return settings(tx.Select()).Scan(ctx, &b) })
		return b, err
	},
	"Write": func(ctx context.Context, db *tenantdb.DB) (b bound, err error) {
		err = db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error { return settings(tx.Select()).Scan(ctx, &b) })
		return b, err
	},
}

func TestScopeLastsOneTransaction(t *testing.T) {
	db := single(t, pgtest.New(t).AppConnString)
	var pid int32
	for name, through := range doors {
		t.Run(name, func(t *testing.T) {
			office, err := through(as(t, "Noé"), db)
			if err != nil {
				t.Fatal(err)
			}
			readOnly := map[bool]string{true: "off", false: "on"}[name == "Write"]
			if want := (bound{office.Pid, "office", cast.Vaud.ID.String(), cast.CSR.ID.String(), cast.Noe.ID.String(), readOnly}); office != want {
				t.Errorf("got %+v, want %+v", office, want)
			}
			// The door binds no tenant: what another transaction bound would show.
			door, err := through(as(t, "sign-in"), db)
			if err != nil {
				t.Fatal(err)
			}
			if want := (bound{office.Pid, "signin", "", "", "", readOnly}); door != want {
				t.Errorf("got %+v, want %+v", door, want)
			}
			if pid != 0 && pid != door.Pid {
				t.Error("the connection was thrown away")
			}
			pid = door.Pid
			if _, err := through(t.Context(), db); !errors.Is(err, tenantdb.ErrNoScope) {
				t.Errorf("without a scope: %v", err)
			}
			if _, err := through(tenantdb.WithScope(t.Context(), tenantdb.Scope{}), db); !errors.Is(err, tenantdb.ErrNoScope) {
				t.Errorf("with the empty scope: %v", err)
			}
		})
	}
}

var (
	sameNumber  = tenantdb.Prepare(tenantdb.Select().ColumnExpr("?::int AS n", tenantdb.Argument(1)))
	allDossiers = tenantdb.Prepare(tenantdb.Select().TableExpr("dossiers").Column("tenant_id"))
	ofTenant    = tenantdb.Prepare(tenantdb.Select().TableExpr("dossiers").Column("tenant_id").Where("tenant_id = ?", tenantdb.Argument(1)))
)

// A connection that knows a statement keeps its plan, and whoever borrows it next asks by the same one.
func TestStatementsAreEverybodys(t *testing.T) {
	world := pgtest.New(t)
	fill(t, world)
	db := single(t, world.AppConnString)
	for range 10 { // beyond the five after which Postgres may settle on one plan
		for who, tenant := range map[string]tenantdb.TenantID{"Léa": cast.Vaud.ID, "Claire": cast.Geneve.ID, "Noé": {}, "sign-in": {}} {
			for name, query := range map[string]tenantdb.Query{
				"without a value": allDossiers.With(), "with Vaud": ofTenant.With(cast.Vaud.ID), "with Genève": ofTenant.With(cast.Geneve.ID),
			} {
				var found []struct{ TenantID tenantdb.TenantID }
				if err := db.Read(as(t, who), tenantdb.Many(&found, query)); err != nil {
					t.Fatal(err)
				}
				own := !tenant.Zero() && (name == "without a value" || name == "with Vaud" && who == "Léa" || name == "with Genève" && who == "Claire")
				if own != (len(found) == 1) || own && found[0].TenantID != tenant || len(found) > 1 {
					t.Errorf("%s, asking %s, sees %v", who, name, found)
				}
			}
		}
	}
}

func TestReadIsOneRoundTrip(t *testing.T) {
	w, through := tap(t, pgtest.New(t).AppConnString)
	db := single(t, through)
	var one, two, three []struct{ N int }
	ask := func() {
		if err := db.Read(as(t, "Noé"),
			tenantdb.Many(&one, tenantdb.Select().ColumnExpr("generate_series(1, 1000) AS n")),
			tenantdb.Many(&two, tenantdb.Select().ColumnExpr("2 AS n")),
			tenantdb.Many(&three, sameNumber.With(3)),
		); err != nil {
			t.Fatal(err)
		}
	}
	ask()
	before := w.trips.Load()
	for range 10 {
		ask()
	}
	if trips := w.trips.Load() - before; trips != 10 {
		t.Errorf("ten reads took %d round trips", trips)
	}
	if len(one) != 1000 || two[0].N != 2 || three[0].N != 3 {
		t.Error("the answers are not those of the questions")
	}
}

func TestReadOnly(t *testing.T) {
	db := pgtest.New(t)
	fill(t, db)
	err := db.App.View(as(t, "Léa"), func(ctx context.Context, tx tenantdb.Tx) error {
		_, err := tx.Update().TableExpr("dossiers").Set("reached_through = ?", "changed").Where("true").Exec(ctx)
		return err
	})
	if refusal := new(tenantdb.Error); !errors.As(err, &refusal) || refusal.Code != "25006" {
		t.Errorf("View: %v", err)
	}
	var locked []struct{ Phase string }
	err = db.App.Read(as(t, "Léa"), tenantdb.Many(&locked, tenantdb.Select().TableExpr("dossiers").Column("phase").For("UPDATE")))
	if refusal := new(tenantdb.Error); !errors.As(err, &refusal) || refusal.Code != "25006" {
		t.Errorf("Read: %v", err)
	}
}

// Whatever breaks a transaction, the next one on the same connection begins clean, and sees only what is its own.
func TestNothingIsLeftToTheNextBorrower(t *testing.T) {
	world := pgtest.New(t)
	fill(t, world)
	db := single(t, world.AppConnString)
	failed := errors.New("the rule says no")
	var names []struct{ CodeName string }
	first := tenantdb.Many(&names, tenantdb.Select().TableExpr("dossiers").Column("code_name"))
	ask := func(expression string) tenantdb.Question {
		var into []struct{ N int }
		return tenantdb.Many(&into, tenantdb.Select().ColumnExpr(expression+" AS n"))
	}
	insert := func(ctx context.Context, tx tenantdb.Tx) error {
		_, err := tx.Insert().TableExpr("situations").Model(&map[string]any{"tenant_id": cast.Vaud.ID, "data_class": "nothing known"}).Exec(ctx)
		return err
	}
	for name, broken := range map[string]func(context.Context) error{
		"a division by zero in a batch": func(ctx context.Context) error { return db.Read(ctx, first, ask("1/0"), first) },
		"an unknown column in a batch":  func(ctx context.Context) error { return db.Read(ctx, first, ask("nonsense")) },
		"an answer that does not fit":   func(ctx context.Context) error { return db.Read(ctx, first, ask("'text'"), first) },
		"a row that is not there": func(ctx context.Context) error {
			var one struct{ CodeName string }
			return db.Read(ctx, tenantdb.One(&one, tenantdb.Select().TableExpr("dossiers").Column("code_name").Where("false")), first)
		},
		"a question that was given up": func(ctx context.Context) error {
			ctx, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
			defer cancel()
			return db.Read(ctx, first, ask("length(pg_sleep(5)::text)"))
		},
		"an error of the caller": func(ctx context.Context) error {
			return db.Write(ctx, func(context.Context, tenantdb.Tx) error { return failed })
		},
		"a violated constraint": func(ctx context.Context) error { return db.Write(ctx, insert) },
		"a commit that fails": func(ctx context.Context) error {
			return db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
				_ = insert(ctx, tx)
				return nil
			})
		},
		"a panic": func(ctx context.Context) (err error) {
			defer func() { err, _ = recover().(error) }()
			return db.Write(ctx, func(context.Context, tenantdb.Tx) error { panic(failed) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			if err := broken(as(t, "Léa")); err == nil {
				t.Fatal("it passed")
			}
			// The server learns that a connection was closed when it next listens.
			open, until := 1, time.Now().Add(5*time.Second)
			for open > 0 && time.Now().Before(until) {
				if err := world.Owner.QueryRow(t.Context(), "select count(*) from pg_stat_activity where datname = current_database() and usename = 'passerelle_app' and state like 'idle in transaction%'").Scan(&open); err != nil {
					t.Fatal(err)
				}
			}
			if open > 0 {
				t.Errorf("%d transactions are still open", open)
			}
			next, err := doors["Read"](as(t, "sign-in"), db)
			if err != nil || next.Scope != "signin" || next.Tenant != "" {
				t.Errorf("the next borrower has %+v, %v", next, err)
			}
			found, err := rows(as(t, "Claire"), db, "dossiers")
			if err != nil || len(found) != 1 || !strings.Contains(found[0], canary(cast.Geneve)) {
				t.Errorf("Claire sees %d dossiers, %v", len(found), err)
			}
		})
	}
}

// What people wrote never travels in an error: errors are logged.
func TestErrorsHoldNoValues(t *testing.T) {
	db := pgtest.New(t)
	fill(t, db)
	const secret = "Blumenweg 7, third floor"
	in := func(do func(ctx context.Context, tx tenantdb.Tx) error) error { return db.App.Write(as(t, "Léa"), do) }
	for name, provoke := range map[string]func() error{
		"a check": func() error {
			return in(func(ctx context.Context, tx tenantdb.Tx) error {
				_, err := tx.Update().TableExpr("dossiers").Set("code_name = ?", secret).Where("true").Exec(ctx)
				return err
			})
		},
		"a cast": func() error {
			return in(func(ctx context.Context, tx tenantdb.Tx) error {
				_, err := tx.Select().TableExpr("dossiers").Where("dossier_id = ?", secret).Exists(ctx)
				return err
			})
		},
		"a cast in a batch": func() error {
			var into []struct{ N int }
			return db.App.Read(as(t, "Léa"), tenantdb.Many(&into, tenantdb.Select().ColumnExpr("?::text::int AS n", secret)))
		},
		"an answer that does not fit": func() error {
			var into []struct{ N int }
			return db.App.Read(as(t, "Léa"), tenantdb.Many(&into, tenantdb.Select().ColumnExpr("?::text AS n", secret)))
		},
		"an answer that does not fit, by bun": func() error {
			return in(func(ctx context.Context, tx tenantdb.Tx) error {
				var into int
				return tx.Select().ColumnExpr("?::text", secret).Scan(ctx, &into)
			})
		},
		"a time that does not fit, by bun": func() error {
			return in(func(ctx context.Context, tx tenantdb.Tx) error {
				var into time.Time
				return tx.Select().ColumnExpr("?::text", secret).Scan(ctx, &into)
			})
		},
		"a unique key": func() error {
			return in(func(ctx context.Context, tx tenantdb.Tx) error {
				_, err := tx.Insert().TableExpr("situations").Model(&map[string]any{"tenant_id": cast.Vaud.ID, "dossier_id": nil, "body": secret}).Exec(ctx)
				return err
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := provoke()
			if err == nil {
				t.Fatal("it passed")
			}
			if strings.Contains(err.Error(), "Blumenweg") {
				t.Errorf("the error says %q", err)
			}
		})
	}
	t.Run("but the constraint is named", func(t *testing.T) {
		err := in(func(ctx context.Context, tx tenantdb.Tx) error {
			_, err := tx.Update().TableExpr("dossiers").Set("code_name = ?", secret).Where("true").Exec(ctx)
			if !tenantdb.Violates(err, "dossiers_code_names_are_plain_letters") {
				t.Errorf("inside the transaction: %v", err)
			}
			return err
		})
		if !tenantdb.Violates(err, "dossiers_code_names_are_plain_letters") || tenantdb.Violates(err, "dossiers_pkey") || tenantdb.Violates(nil, "") {
			t.Errorf("outside: %v", err)
		}
	})
}

func TestWhatDoesNotExistIsNotFound(t *testing.T) {
	db := pgtest.New(t)
	fill(t, db)
	var name struct{ CodeName string }
	for who, want := range map[string]error{"Léa": nil, "Noé": fault.NotFound()} {
		one := db.App.Read(as(t, who), tenantdb.One(&name, tenantdb.Select().TableExpr("dossiers").Column("code_name")))
		affected := db.App.Write(as(t, who), func(ctx context.Context, tx tenantdb.Tx) error {
			return tenantdb.Affected(tx.Update().TableExpr("dossiers").Set("reached_through = ?", "police").Where("true").Exec(ctx))
		})
		found := db.App.View(as(t, who), func(ctx context.Context, tx tenantdb.Tx) error {
			return tenantdb.Found(tx.Select().TableExpr("dossiers").Column("code_name").Scan(ctx, &name))
		})
		if !errors.Is(one, want) || !errors.Is(affected, want) || !errors.Is(found, want) {
			t.Errorf("%s: one %v, affected %v, found %v; want %v", who, one, affected, found, want)
		}
	}
}
