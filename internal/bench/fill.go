package bench

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"passerelle/internal/access"
	"passerelle/internal/agenda"
	"passerelle/internal/consents"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/messages"
	"passerelle/internal/progress"
	"passerelle/internal/referrals"
	"passerelle/internal/timeline"
)

// Size is how much is filled in.
type Size struct {
	Tenants   int `json:"tenants"`
	Dossiers  int `json:"dossiers"`
	Referrals int `json:"referrals"`
}

// tenth is what growth is measured from.
func (s Size) tenth() Size { return Size{s.Tenants, s.Dossiers / 10, s.Referrals / 10} }

const (
	// dossiersInChunk are written in one transaction.
	dossiersInChunk = 2000
	// fillers write at once; Postgres uses as many cores.
	fillers = 2
	// years is how far back the oldest dossier goes.
	years = 3
)

// table is rows on their way into a table; columns that are not named keep what the schema says.
type table struct {
	name    string
	columns []string
	rows    [][]any
}

func (t *table) add(row ...any) { t.rows = append(t.rows, row) }

func copyAll(ctx context.Context, conn *pgx.Conn, tables ...table) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		for _, t := range tables {
			if _, err := tx.CopyFrom(ctx, pgx.Identifier(strings.Split(t.name, ".")), t.columns, pgx.CopyFromRows(t.rows)); err != nil {
				return fmt.Errorf("fill %s: %w", t.name, err)
			}
		}
		return nil
	})
}

// fill writes invented houses, dossiers and referrals through the tables' own constraints and triggers. Tenants take
// turns, dossier by dossier, and events lie in the order of their time, as in a database that has grown: a tenant's
// rows lie scattered. What is sealed is sealed as the application does it, and keysets are copied like everything else.
func fill(ctx context.Context, owner string, ring *keys.Ring, size Size, now time.Time, bar *progress.Bar) error {
	houses := inventHouses(size.Tenants)
	for i := range houses {
		var err error
		if houses[i].rules, err = agenda.OfCanton(houses[i].canton); err != nil {
			return fmt.Errorf("lay the rules over each other: %w", err)
		}
	}
	conn, err := pgx.Connect(ctx, owner)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if err := fillHouses(ctx, conn, houses); err != nil {
		return err
	}

	begins := make(chan int)
	group, groupCtx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(begins)
		for begin := 0; begin < size.Dossiers; begin += dossiersInChunk {
			select {
			case begins <- begin:
			case <-groupCtx.Done():
				return groupCtx.Err()
			}
		}
		return nil
	})
	for range fillers {
		group.Go(func() error {
			conn, err := pgx.Connect(groupCtx, owner)
			if err != nil {
				return fmt.Errorf("connect to the database: %w", err)
			}
			defer conn.Close(context.WithoutCancel(ctx))
			for begin := range begins {
				end := min(begin+dossiersInChunk, size.Dossiers)
				chunk := newChunk(1+begin/dossiersInChunk, size, now, ring)
				for number := begin; number < end; number++ {
					if err := chunk.addDossier(groupCtx, houses[number%len(houses)], number); err != nil {
						return fmt.Errorf("invent a dossier: %w", err)
					}
				}
				if err := chunk.copy(groupCtx, conn); err != nil {
					return err
				}
				bar.Add(end - begin)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	// What a server in use does by itself, now and then: statistics, and which pages need no second look.
	if _, err := conn.Exec(ctx, "vacuum (analyze, parallel 0)"); err != nil {
		return fmt.Errorf("analyze: %w", err)
	}
	if _, err := conn.Exec(ctx, "checkpoint"); err != nil {
		return fmt.Errorf("write the database to disk: %w", err)
	}
	return nil
}

// chunk is some dossiers and all that hangs on them.
type chunk struct {
	source
	size Size
	now  time.Time
	ring *keys.Ring

	keysets, dossiers, beneficiaries, situations, consents, referrals, messages, events table
	life
}

func newChunk(number int, size Size, now time.Time, ring *keys.Ring) *chunk {
	return &chunk{
		source: newSource(number), size: size, now: now, ring: ring, life: newLife(),
		keysets:       table{name: "keys.keysets", columns: []string{"tenant_id", "kind", "holder_id", "wrapped"}},
		dossiers:      table{name: "dossiers", columns: []string{"tenant_id", "dossier_id", "code_name", "phase", "responsible_id", "reached_through", "opened_at", "updated_at", "closed_at", "version"}},
		beneficiaries: table{name: "beneficiaries", columns: []string{"tenant_id", "dossier_id", "particulars"}},
		situations:    table{name: "situations", columns: []string{"tenant_id", "dossier_id", "data_class", "body", "updated_at"}},
		consents: table{name: "consents", columns: []string{"tenant_id", "consent_id", "dossier_id", "office_id", "purpose", "data_classes",
			"valid_from", "valid_until", "given_how", "interpreter", "recorded_by", "recorded_at"}},
		referrals: table{name: "referrals", columns: []string{"tenant_id", "referral_id", "reference", "dossier_id", "office_id", "consent_id", "service", "urgency",
			"answer_by", "request", "data_classes", "state", "slice", "created_by", "created_at", "updated_at", "sent_at", "sent_by_name", "visible_until",
			"revoked_at", "taken_by", "taken_by_name", "taken_at", "answered_at", "decline_reason", "closed_at", "outcome", "news_at", "acknowledged_at"}},
		messages: table{name: "messages", columns: []string{"tenant_id", "message_id", "referral_id", "office_id", "visible_until", "kind", "from_office",
			"author_id", "author_name", "body", "sent_at"}},
		events: table{name: "events", columns: []string{"tenant_id", "event_id", "dossier_id", "referral_id", "office_id", "kind", "at", "actor_id", "actor_name", "office_name", "detail"}},
	}
}

func (c *chunk) copy(ctx context.Context, conn *pgx.Conn) error {
	at := slices.Index(c.events.columns, "at")
	slices.SortFunc(c.events.rows, func(a, b []any) int { return a[at].(time.Time).Compare(b[at].(time.Time)) })
	// What is counted goes alone: the counts that its triggers keep stay locked until the transaction ends.
	for _, together := range [][]table{
		{c.dossiers}, {c.keysets, c.beneficiaries, c.situations, c.consents}, {c.referrals}, {c.interviews}, {c.permits}, {c.housing},
		{c.messages, c.events, c.tasks, c.taskTexts, c.appointments, c.meetingPlaces, c.agendas, c.facts, c.deadlines, c.reminders},
	} {
		if err := copyAll(ctx, conn, together...); err != nil {
			return err
		}
	}
	return nil
}

// opened is a dossier on which things are hung.
type opened struct {
	house
	id          uuid.UUID
	box         *keys.Box
	responsible person
	at          time.Time
	// standing says how far a dossier of its house has come.
	standing standing
}

func (c *chunk) addDossier(ctx context.Context, h house, number int) error {
	span := years * 365 * 24 * time.Hour
	age := time.Duration(float64(span) * float64(c.size.Dossiers-number) / float64(c.size.Dossiers))
	d := opened{house: h, id: c.id(), responsible: one(c.source, h.members), at: c.now.Add(-age).Truncate(time.Microsecond)}
	ofHouse := number / c.size.Tenants
	d.standing = c.size.standing(ofHouse)
	phase, updated := one(c.source, dossiers.SettablePhases), c.between(d.at, c.now)
	var closed any
	if !d.standing.atWork {
		phase, closed = dossiers.Closed, updated
	}
	c.dossiers.add(h.tenant, d.id, word(ofHouse), phase, d.responsible.id, one(c.source, dossiers.ReachedThroughs), d.at, updated, closed, 1+c.IntN(5))
	ctx = of(ctx, h.tenant, d.responsible.id)
	var err error
	if d.box, err = c.keyset(ctx, h, keys.Holder{Kind: keys.Dossier, ID: d.id}); err != nil {
		return err
	}
	who := dossiers.SealedBeneficiary{DossierID: ids.From[dossiers.Dossier](d.id), Particulars: keys.Of(c.beneficiary(c.now))}
	if err := d.box.Seal(&who); err != nil {
		return err
	}
	c.beneficiaries.add(h.tenant, d.id, who.Particulars)
	began := len(c.events.rows)
	for _, class := range some(c.source, dossiers.SituationClasses, 4) {
		known := dossiers.SealedText{DossierID: ids.From[dossiers.Dossier](d.id), DataClass: class, Body: keys.Of(c.text(4))}
		if err := d.box.Seal(&known); err != nil {
			return err
		}
		c.situations.add(h.tenant, d.id, class, known.Body, c.between(d.at, c.now))
	}
	c.happened(d, timeline.DossierOpened, d.at, d.responsible)
	for range 1 + c.IntN(3) {
		c.happened(d, timeline.DossierChanged, c.between(d.at, c.now), one(c.source, h.members))
	}
	// Spread evenly: number × referrals ÷ dossiers, whole.
	for nth := c.size.Referrals * number / c.size.Dossiers; nth < c.size.Referrals*(number+1)/c.size.Dossiers; nth++ {
		if err := c.addReferral(ctx, d, nth); err != nil {
			return err
		}
	}
	if err := c.accompany(d, who.Particulars.Get()); err != nil {
		return err
	}
	for d.standing.long && len(c.events.rows)-began < eventsOfLong {
		c.happened(d, timeline.DossierChanged, c.between(d.at, c.now), one(c.source, h.members))
	}
	return nil
}

// keyset makes the keys of a holder and gives the box that they open.
func (c *chunk) keyset(ctx context.Context, h house, holder keys.Holder) (*keys.Box, error) {
	wrapped, box, err := c.ring.Make(ctx, holder)
	if err != nil {
		return nil, err
	}
	c.keysets.add(h.tenant, holder.Kind, holder.ID, wrapped)
	return box, nil
}

// until is a moment, or now if that is still to come.
func (c *chunk) until(moment time.Time) time.Time {
	if moment.After(c.now) {
		return c.now
	}
	return moment
}

func (c *chunk) happened(d opened, kind timeline.Kind, at time.Time, by person) {
	c.told(d, kind, at, by, "")
}

// told is what happened, with the code of what it happened to.
func (c *chunk) told(d opened, kind timeline.Kind, at time.Time, by person, detail string) {
	c.events.add(d.tenant, c.id(), d.id, nil, nil, string(kind), at, by.id, by.name, "", detail)
}

// addReferral invents a referral that has come as far as its state says, with the consent it rests on.
func (c *chunk) addReferral(ctx context.Context, d opened, nth int) error {
	to, by, state := d.office(c.source), one(c.source, d.members), c.state(d.standing)
	id, created := c.id(), c.between(d.at, c.now)
	classes := some(c.source, access.Ceiling(to.kind), len(access.Ceiling(to.kind)))
	purpose := string(to.kind)

	box, err := c.keyset(ctx, d.house, keys.Holder{Kind: keys.Referral, ID: id})
	if err != nil {
		return err
	}
	asks, shows, err := referrals.SealContents(box, ids.From[timeline.Referral](id), c.text(3), c.slice(classes))
	if err != nil {
		return err
	}

	var given, sentAt, visibleUntil, revokedAt, takenBy, takenAt, answeredAt, closedAt, newsAt, acknowledgedAt, slice any
	var sentBy, takenByName, declineReason, outcome string
	answerBy := created.AddDate(0, 0, 7+c.IntN(30))

	if state != referrals.Draft {
		agreed := consents.Consent{ConsentID: ids.From[consents.Consent](c.id()), Interpreter: keys.Of(c.interpreter())}
		if err := d.box.Seal(&agreed); err != nil {
			return err
		}
		given = agreed.ConsentID.UUID()
		// What is open is still seen by its office; what has ended often no longer is.
		until := c.now.AddDate(0, 4+c.IntN(3), 0)
		if state == referrals.Closed || state == referrals.Declined {
			until = created.AddDate(0, 6, 0)
		}
		c.consents.add(d.tenant, given, d.id, to.id, purpose, classes, created, until, "orally", agreed.Interpreter, by.id, created)

		sent := c.between(created, c.until(created.Add(48*time.Hour)))
		answered := c.between(sent, c.until(sent.Add(200*time.Hour)))
		ended := c.until(answered.Add(240 * time.Hour))
		sentAt, visibleUntil, sentBy, slice = sent, until, by.name, shows
		office := func(kind timeline.Kind, at time.Time, who person, detail string) {
			c.events.add(d.tenant, c.id(), d.id, id, to.id, string(kind), at, who.id, who.name, to.name, detail)
		}
		c.happened(d, timeline.ConsentGiven, created, by)
		office(timeline.ReferralSent, sent, by, "")
		if state != referrals.Sent && state != referrals.Revoked {
			who := one(c.source, to.people)
			takenBy, takenByName, takenAt, newsAt = who.id, who.name, answered, answered
			office(timeline.ReferralTaken, answered, who, "")
			if c.IntN(2) == 0 {
				asked := messages.Letter{MessageID: ids.From[messages.Message](c.id()), Body: keys.Of(c.text(2))}
				if err := box.Seal(&asked); err != nil {
					return err
				}
				c.messages.add(d.tenant, asked.MessageID.UUID(), id, to.id, until, string(messages.Question), true, who.id, who.name, asked.Body, answered)
				office(timeline.ReferralAsked, answered, who, timeline.FromOffice)
			}
			switch state {
			case referrals.Accepted:
				answeredAt = answered
				office(timeline.ReferralAccepted, answered, who, "")
			case referrals.Declined:
				answeredAt, declineReason = answered, string(one(c.source, referrals.DeclineReasons))
				office(timeline.ReferralDeclined, answered, who, "")
			case referrals.Closed:
				answeredAt, outcome = answered, string(one(c.source, referrals.Outcomes))
				closedAt = ended
				office(timeline.ReferralAccepted, answered, who, "")
				office(timeline.ReferralClosed, ended, who, "")
			}
			if state != referrals.Taken && (!d.standing.atWork || c.IntN(10) > 0) {
				acknowledgedAt = ended
			}
		}
		if state == referrals.Revoked {
			revokedAt, visibleUntil = ended, ended
			office(timeline.ReferralRevoked, ended, by, "")
		}
	}
	c.referrals.add(d.tenant, id, reference(nth), d.id, to.id, given, purpose, one(c.source, referrals.Urgencies), answerBy, asks, classes,
		string(state), slice, by.id, created, created, sentAt, sentBy, visibleUntil, revokedAt, takenBy, takenByName, takenAt, answeredAt,
		declineReason, closedAt, outcome, newsAt, acknowledgedAt)
	return nil
}
