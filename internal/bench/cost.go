package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"

	"passerelle/internal/agenda"
	"passerelle/internal/appointments"
	"passerelle/internal/claims"
	"passerelle/internal/consents"
	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/housing"
	"passerelle/internal/ids"
	"passerelle/internal/interviews"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/offices"
	"passerelle/internal/proceedings"
	"passerelle/internal/projects"
	"passerelle/internal/referrals"
	"passerelle/internal/reflections"
	"passerelle/internal/returns"
	"passerelle/internal/risks"
	"passerelle/internal/stays"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Cost is what encryption and the journal cost on a page, each apart. Nothing can be turned off to measure that: the parts
// of which the page is made are done beside it, with and without.
type Cost struct {
	Page        string `json:"page"`
	Connections int    `json:"connections"`
	// PageTime is what the whole page takes, and Questions its questions to the database without the entry; µs.
	PageTime  float64 `json:"page_us"`
	Questions float64 `json:"questions_us"`
	// Cached is to open what the page shows, with a keyset that is in memory; Cold with one that has to be fetched and unwrapped.
	Cached Share `json:"encryption_cached"`
	Cold   Share `json:"encryption_cold"`
	// Journal is what the entry adds to the questions that it travels with.
	Journal Share `json:"journal"`
}

// Share is a cost in µs a page, and as a share of the page's time.
type Share struct {
	Micros float64 `json:"us"`
	OfPage float64 `json:"of_page"`
}

// file is a dossier that is opened: who asks, and what the page reads of it, sealed.
type file struct {
	ctx    context.Context
	id     dossiers.ID
	person dossiers.SealedBeneficiary
	texts  []dossiers.SealedText
	given  []consents.Consent
	sent   []referrals.Line
	known  []offices.Office
	events []timeline.Entry
	facts  []agenda.Reported
	moment
	dossier struct {
		CodeName    dossiers.CodeName
		Phase       dossiers.Phase
		Responsible string
	}
}

// moment is what capabilities say of now on the page.
type moment struct {
	risks        []risks.Brief
	housing      []housing.Residence
	interviews   []interviews.Line
	appointments []appointments.Appointment
	reflections  []reflections.Line
	stays        []stays.Line
	proceedings  []proceedings.Line
	steps        projects.Tally
	returns      []returns.Brief
	paying       []claims.Paid
}

func (m *moment) ask(id dossiers.ID, at time.Time) []tenantdb.Question {
	return []tenantdb.Question{
		risks.Latest(id, &m.risks), housing.Now(id, &m.housing), interviews.Latest(id, &m.interviews), appointments.NextOf(id, at, &m.appointments),
		reflections.Latest(id, &m.reflections), stays.Standing(id, &m.stays), proceedings.Latest(id, &m.proceedings),
		projects.Counted(id, &m.steps), returns.UnderWay(id, &m.returns), claims.Paying(id, forms.Today(at), &m.paying),
	}
}

// The questions that dossiers.Overview asks are its own; these are the same.
var (
	dossierAsked = tenantdb.Prepare(tenantdb.Select().TableExpr("dossiers").Column("code_name", "phase").ColumnExpr("(?) as responsible",
		tenantdb.OfTenant(tenantdb.Select().TableExpr("members").Column("name").Where("member_id = responsible_id"))).Where("dossier_id = ?", tenantdb.Argument(1)))
	personAsked = tenantdb.Prepare(tenantdb.Select().TableExpr("beneficiaries").Column("dossier_id", "particulars").Where("dossier_id = ?", tenantdb.Argument(1)))
	textsAsked  = tenantdb.Prepare(tenantdb.Select().TableExpr("situations").Column("dossier_id", "data_class", "body").Where("dossier_id = ?", tenantdb.Argument(1)))
)

// read asks what the page asks, in one round trip, and leaves the page's entry where there is to be one.
func (f file) read(ctx context.Context, db *tenantdb.DB, entered bool) (file, error) {
	questions := []tenantdb.Question{
		tenantdb.One(&f.dossier, dossierAsked.With(f.id)), tenantdb.One(&f.person, personAsked.With(f.id)), tenantdb.Many(&f.texts, textsAsked.With(f.id)),
		consents.OfDossier(f.id, &f.given), referrals.OfDossier(f.id, &f.sent), offices.Recent(&f.known), timeline.OfDossier(dossiers.TimelineID(f.id), &f.events),
		agenda.OfDossier(dossiers.TimelineID(f.id), &f.facts),
	}
	questions = append(questions, f.ask(f.id, time.Now())...)
	if entered {
		questions = append(questions, journal.Seen(ctx, dossiers.TimelineID(f.id)))
	}
	err := db.Read(ctx, questions...)
	return f, err
}

// open opens what the page shows, and keeps nothing of it.
func (f file) open(ctx context.Context, ring *keys.Ring) error {
	box, err := ring.Box(ctx, dossiers.HolderOf(f.id))
	if err != nil {
		return err
	}
	if err := box.Open(&f.person); err != nil {
		return err
	}
	for _, text := range f.texts {
		if err := box.Open(&text); err != nil {
			return err
		}
	}
	for _, consent := range f.given {
		if err := box.Open(&consent); err != nil {
			return err
		}
	}
	for _, fact := range f.facts {
		if err := box.Open(&fact); err != nil {
			return err
		}
	}
	for _, met := range f.appointments {
		if err := box.Open(&met); err != nil {
			return err
		}
	}
	if f.person.Particulars.Get().FamilyName == "" {
		return errors.New("nothing was opened")
	}
	return nil
}

// costs measures the page of a dossier, the one of those measured that opens what is sealed and leaves an entry.
func costs(ctx context.Context, on *site, master keys.Master, measured []Measured, options Options) (found []Cost, err error) {
	db, err := tenantdb.Open(ctx, on.data, tenantdb.Options{MaxConns: options.MaxConns})
	if err != nil {
		return nil, fmt.Errorf("open the dossiers: %w", err)
	}
	defer db.Close()
	var files []file
	for _, h := range inventHouses(on.size.Tenants) {
		for _, v := range on.visits[dossierPage] {
			if v.arguments[0] != h.tenant {
				continue
			}
			f := file{ctx: staffOf(ctx, h), id: ids.From[dossiers.Dossier](v.arguments[1].(uuid.UUID))}
			if f, err = f.read(f.ctx, db, false); err != nil {
				return nil, fmt.Errorf("read a dossier: %w", err)
			}
			files = append(files, f)
		}
	}
	// A ring that hears nothing remembers no keyset of a dossier: it is cold all the time.
	err = withRing(ctx, on.keys, master, func(cold *keys.Ring) error {
		return withRing(ctx, on.keys, master, func(cached *keys.Ring) error {
			listening, stop := context.WithCancel(ctx)
			defer stop()
			ended := make(chan struct{})
			go func() { defer close(ended); cached.Listen(listening, on.keys, on.data) }()
			defer func() { stop(); <-ended }()
			for began := time.Now(); !cached.Hears(); time.Sleep(time.Millisecond) {
				if time.Since(began) > time.Minute {
					return errors.New("the ring hears nothing")
				}
			}
			for _, f := range files {
				if err := errors.Join(f.open(f.ctx, cached), f.open(f.ctx, cold)); err != nil {
					return err
				}
			}
			for _, m := range measured {
				if m.Page != dossierPage {
					continue
				}
				cost, err := costOf(ctx, on, db, cached, cold, files, m, options.Lasting)
				if err != nil {
					return err
				}
				found = append(found, cost)
			}
			return nil
		})
	})
	return found, err
}

func costOf(ctx context.Context, on *site, db *tenantdb.DB, cached, cold *keys.Ring, files []file, m Measured, lasting time.Duration) (Cost, error) {
	next := func(worker, turn int) file { return files[(worker*turnsApart+turn)%len(files)] }
	read := func(entered bool) func(context.Context, int, int) error {
		return func(_ context.Context, worker, turn int) error {
			f := next(worker, turn)
			_, err := f.read(f.ctx, db, entered)
			return err
		}
	}
	open := func(ring *keys.Ring) func(context.Context, int, int) error {
		return func(_ context.Context, worker, turn int) error {
			f := next(worker, turn)
			return f.open(f.ctx, ring)
		}
	}
	visits := on.visits[m.Page]
	visitor := newVisitor(on.address, m.Connections)
	defer visitor.close()
	whole := func(_ context.Context, worker, turn int) error {
		return visitor.open(visits[(worker*turnsApart+turn)%len(visits)])
	}
	samples, err := alternate(ctx, m.Connections, lasting, read(false), read(true), open(cached), open(cold), whole)
	if err != nil {
		return Cost{}, fmt.Errorf("what the %s costs at %d connections: %w", m.Page, m.Connections, err)
	}
	micros := make([]float64, len(samples))
	for i, s := range samples {
		micros[i] = 1e6 / s.figures().PerSecond
	}
	page := micros[4]
	share := func(micros float64) Share { return Share{micros, micros / page} }
	return Cost{
		Page: m.Page, Connections: m.Connections, PageTime: page, Questions: micros[0],
		Journal: share(micros[1] - micros[0]), Cached: share(micros[2]), Cold: share(micros[3]),
	}, nil
}

func writeCosts(out io.Writer, costs []Cost) error {
	fmt.Fprint(out, "\nWhat encryption and the journal cost where a dossier is opened, in µs a page and as a share of it. Lists open nothing and leave no entry.\n\n")
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "connections\tpage µs\tquestions µs\tencryption µs\tshare\tcold keyset µs\tshare\tjournal µs\tshare\t")
	for _, c := range costs {
		fmt.Fprintf(table, "%d\t%.0f\t%.0f\t%.0f\t%.2f\t%.0f\t%.2f\t%.0f\t%.2f\t\n", c.Connections, c.PageTime, c.Questions,
			c.Cached.Micros, c.Cached.OfPage, c.Cold.Micros, c.Cold.OfPage, c.Journal.Micros, c.Journal.OfPage)
	}
	return table.Flush()
}
