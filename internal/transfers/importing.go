package transfers

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"filippo.io/age"
	"github.com/google/uuid"

	"passerelle/internal/files"
	"passerelle/internal/jobs"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
	"passerelle/migrations"
)

// Bringing is how an archive is brought in.
type Bringing struct {
	// Identity is the private key that the tenant has, as age-keygen wrote it.
	Identity string
	// Key is the one that verifies the checkpoints of the tenant's journal, as its data-protection officer keeps it.
	Key string
	// Offices says which connection of this installation takes the place of a shared one, both by their short names; one of the
	// same name and provider is taken where nothing is said.
	Offices map[string]string
}

// Imported says what was brought in.
type Imported struct {
	Slug, Name   string
	Tables, Rows int
	// Unbound is how many people of offices have to be invited anew: their provider is another one here.
	Unbound int
}

// Import brings a tenant in, all of it or nothing, under keys of this installation. It is suspended until somebody resumes it.
func (t *Transfers) Import(ctx context.Context, in io.Reader, bringing Bringing) (done Imported, err error) {
	identities, err := age.ParseIdentities(strings.NewReader(bringing.Identity))
	if err != nil {
		return Imported{}, errors.New("the file of the key holds none: it is the one that age-keygen wrote, with a line AGE-SECRET-KEY-1…")
	}
	archive, err := newReader(in, identities)
	if err != nil {
		return Imported{}, fmt.Errorf("the archive: %w", err)
	}
	head, err := t.readHeader(archive)
	if err != nil {
		return Imported{}, err
	}
	if head.Key != strings.TrimSpace(bringing.Key) {
		return Imported{}, errors.New("the archive was made by an installation that signs with another key: compare it with the one that was printed with the checkpoints of the journal")
	}
	if _, err := t.ring.RemovalOf(ctx, head.TenantID); err == nil {
		return Imported{}, fmt.Errorf("%s was deleted here, and its keys were destroyed: it cannot come back to this installation", head.Slug)
	}
	done = Imported{Slug: head.Slug, Name: head.Name}
	err = t.db.Write(t.in(ctx, head.TenantID), func(ctx context.Context, tx tenantdb.Tx) error {
		arriving := &arrival{Transfers: t, tx: tx, head: head, carrier: t.ring.Carrier(head.TenantID), step: t.begin("Bringing in tables", len(head.Tables)), doors: map[uuid.UUID]door{}, own: map[uuid.UUID]bool{}, known: map[uuid.UUID]uuid.UUID{}, strangers: map[uuid.UUID]bool{}, brought: map[files.ID]bool{}}
		if err := arriving.open(ctx, bringing.Offices); err != nil {
			return err
		}
		if err := arriving.unpack(ctx, archive); err != nil {
			return err
		}
		if err := archive.check(func(signed string) (string, error) { return journal.OpenSigned(signed, head.Key) }); err != nil {
			return err
		}
		if err := arriving.allBrought(ctx); err != nil {
			return err
		}
		broken, err := listBroken(ctx, tx, head.TenantID)
		if err != nil {
			return err
		}
		if len(broken) > 0 {
			return fmt.Errorf("the archive is not whole: %s", strings.Join(broken, ", "))
		}
		if err := t.ring.BringRemains(ctx, head.TenantID, arriving.remains); err != nil {
			return err
		}
		done.Tables, done.Rows, done.Unbound = arriving.tables, arriving.rows, arriving.unbound
		return journal.RecordOperated(ctx, tx, head.TenantID, journal.TenantImported, "")
	})
	switch {
	case tenantdb.Violates(err, "tenants_pkey"), tenantdb.Violates(err, "tenants_have_a_slug_of_their_own"):
		return Imported{}, fmt.Errorf("there is a tenant %s in this installation already", head.Slug)
	case tenantdb.Violates(err, "connections_have_a_slug_of_their_own"):
		return Imported{}, errors.New("a way to sign in here has the same short name as one of the tenant's: rename it there, or end it here, first")
	case errors.Is(err, keys.ErrDestroyed):
		return Imported{}, fmt.Errorf("keys of %s were destroyed here: it cannot come back to this installation", head.Slug)
	case err != nil:
		return Imported{}, fmt.Errorf("bring in tenant %s: %w", head.Slug, err)
	}
	return done, nil
}

// readHeader reads what an archive says of itself, and refuses one of another version.
func (t *Transfers) readHeader(archive *reader) (head header, err error) {
	first, err := archive.next()
	if err != nil || first.name != aboutName {
		return header{}, fmt.Errorf("the archive: %w", errArchive)
	}
	second, err := archive.next()
	if err != nil || second.name != headerName || json.Unmarshal(second.content, &head) != nil || head.Format != format || head.TenantID.Zero() {
		return header{}, fmt.Errorf("the archive: %w", errArchive)
	}
	if !slices.Equal(head.Schema, migrations.Last()) {
		return header{}, fmt.Errorf("the archive is of another version (%s) than this installation (%s): bring both to the same one, and export again", strings.Join(head.Schema, ", "), strings.Join(migrations.Last(), ", "))
	}
	return head, nil
}

// arrival is a tenant that is being brought in.
type arrival struct {
	*Transfers
	tx      tenantdb.Tx
	head    header
	carrier *keys.Carrier
	step    func(int)

	// doors are the shared connections of the archive, and what takes their place here.
	doors map[uuid.UUID]door
	// own are the tenant's connections.
	own map[uuid.UUID]bool
	// known are accounts of the archive that are known here by another identifier, strangers those whose provider is not the same.
	known     map[uuid.UUID]uuid.UUID
	strangers map[uuid.UUID]bool

	// remains are written down once the signature is known to be right: what was said to be destroyed is never made again.
	remains               keys.Remains
	seen                  []string
	tables, rows, unbound int
	// brought are the files of documents that came.
	brought map[files.ID]bool
}

type door struct {
	to   signin.ConnectionID
	same bool
}

// open finds what takes the place of the shared connections.
func (a *arrival) open(ctx context.Context, offices map[string]string) error {
	for _, shared := range a.head.Shared {
		slug, said := offices[shared.Slug]
		if !said {
			slug = shared.Slug
		}
		found, err := findShared(ctx, a.tx, slug)
		if err != nil {
			return err
		}
		switch {
		case len(found) == 0 && said:
			return fmt.Errorf("there is no connection %s here that offices share", slug)
		case len(found) == 0, !said && found[0].Issuer != shared.Issuer:
			return fmt.Errorf("people of its offices come through the connection %s (%s), which is not the tenant's own: say which one takes its place here, with --offices %s=NAME", shared.Slug, shared.Issuer, shared.Slug)
		}
		a.doors[shared.ConnectionID.UUID()] = door{found[0].ConnectionID, found[0].Issuer == shared.Issuer}
	}
	return nil
}

// most is how many rows are brought in at a time.
const most = 500

func (a *arrival) unpack(ctx context.Context, archive *reader) error {
	for {
		next, err := archive.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("the archive: %w", err)
		}
		table, isTable := tableOf(next.name)
		switch {
		case isTable:
			err = a.bring(ctx, table, next.content)
		case strings.HasPrefix(next.name, documentsFolder):
			err = a.bringFile(ctx, next.name, next.content)
		case next.name == remainsName:
			if json.Unmarshal(next.content, &a.remains) != nil {
				err = errArchive
			}
		case next.name == jobsName:
			err = a.plan(ctx, next.content)
		case next.name != manifestName && next.name != signatureName:
			err = errArchive
		}
		if err != nil {
			return err
		}
	}
}

// bring takes the rows of one file in.
func (a *arrival) bring(ctx context.Context, table string, content []byte) error {
	if !slices.ContainsFunc(a.head.Tables, func(one tableHeader) bool { return one.Name == table }) || staying[table] != "" {
		return errArchive
	}
	if !slices.Contains(a.seen, table) {
		a.seen = append(a.seen, table)
		a.tables++
		a.step(1)
	}
	sealed := a.sealedIn(table)
	var waiting []row
	flush := func() error {
		n, err := insertRows(ctx, a.tx, a.head.TenantID, table, waiting)
		a.rows += n
		waiting = waiting[:0]
		return err
	}
	for line := range bytes.Lines(content) {
		var r row
		if json.Unmarshal(line, &r) != nil || r == nil {
			return errArchive
		}
		stays, err := a.adapt(ctx, table, r)
		if err != nil {
			return err
		}
		if !stays {
			continue
		}
		if err := closed(ctx, a.carrier, sealed, r); err != nil {
			return err
		}
		if waiting = append(waiting, r); len(waiting) == most {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// adapt changes what is not the same here: nobody comes in yet, and who comes through a shared connection comes through this
// installation's. It says whether the row is brought in at all.
func (a *arrival) adapt(ctx context.Context, table string, r row) (bool, error) {
	if table == "tenants" {
		r.set("suspended_at", a.now().UTC())
		r.set("suspended_for", "asked")
		return true, nil
	}
	connection, through := r.id("connection_id")
	at, shared := a.doors[connection]
	switch {
	case table == "connections":
		a.own[connection] = true
	case through && shared:
		r.set("connection_id", at.to)
	case through && !a.own[connection]:
		return false, errArchive // nobody comes in through what is somebody else's here
	}
	if table == "identities" {
		if !shared {
			return true, nil
		}
		return a.recognise(ctx, at, r)
	}
	identity, has := r.id("identity_id")
	if to, ok := a.known[identity]; has && ok {
		r.set("identity_id", to)
	}
	if !shared || at.same {
		return true, nil
	}
	// Whom another provider knows by the same word may be somebody else: such a person is invited anew.
	switch table {
	case "office_members":
		r.set("identity_id", nil)
		if r.null("ended_at") {
			a.unbound++
			r.set("ended_at", a.now().UTC())
			r.set("ended_as", "left")
		}
	case "applications":
		return false, nil
	default:
		if has && a.strangers[identity] {
			r.set("identity_id", nil)
		}
	}
	return true, nil
}

// recognise says whether an account of a shared connection is brought in: not where it is known already, nor where the provider is
// another one.
func (a *arrival) recognise(ctx context.Context, at door, r row) (bool, error) {
	id, ok := r.id("identity_id")
	issuer, named := r.text("issuer")
	subject, spelt := r.text("subject")
	if !ok || !named || !spelt {
		return false, errArchive
	}
	if !at.same {
		a.strangers[id] = true
		return false, nil
	}
	found, err := findIdentity(ctx, a.tx, at.to, issuer, subject)
	if err != nil || len(found) == 0 {
		return true, err
	}
	a.known[id] = found[0]
	return false, nil
}

// plan has done here what was to be done there.
func (a *arrival) plan(ctx context.Context, content []byte) error {
	var all []jobs.Planned
	for line := range bytes.Lines(content) {
		var job planned
		var about struct {
			Tenant tenantdb.TenantID `json:"tenant"`
		}
		if json.Unmarshal(line, &job) != nil || json.Unmarshal(job.Args, &about) != nil || about.Tenant != a.head.TenantID || job.Kind == "" {
			return errArchive
		}
		all = append(all, jobs.Planned{Job: jobs.Brought{Named: job.Kind, About: job.Args}, At: job.ScheduledAt})
	}
	return jobs.Plan(ctx, a.tx, all...)
}
