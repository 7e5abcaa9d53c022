package journal

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
)

// Side is who did something: the NGO or an office.
type Side string

// The sides to which an account can be narrowed.
const (
	ByNGO    Side = "ngo"
	ByOffice Side = "office"
)

// Sides lists them in the order of forms.
var Sides = []Side{ByNGO, ByOffice}

// Sort is what somebody did: looked, or something that others see the trace of.
type Sort string

// The sorts to which an account can be narrowed.
const (
	Looks Sort = "looks"
	Acts  Sort = "acts"
)

// Sorts lists them in the order of forms.
var Sorts = []Sort{Looks, Acts}

// looks are the actions that only show something.
var looks = []Action{DossierSeen, DossierFound, RestrictedFound, EmergencyRead, DossiersSearched, ConsentSeen, ReferralSeen, DraftSeen, JournalSeen, SheetSeen, DossierExported}

// aboutDecoys is what would tell somebody who opens a decoy that it is one.
var aboutDecoys = []Action{DecoyMarked, DecoyUnmarked}

// Look says that nothing was changed by it.
func (a Action) Look() bool { return slices.Contains(looks, a) }

// Filter narrows an account. It stands in the address of the page and holds nothing of a person.
type Filter struct {
	Side Side
	Sort Sort
	// From and Until are days in Zurich, both included; zero is open.
	From, Until time.Time
	// Before is where the page begins: what is older than this.
	Before Cursor
}

// Narrows says whether the filter leaves entries out.
func (f Filter) Narrows() bool {
	return f.Side != "" || f.Sort != "" || !f.From.IsZero() || !f.Until.IsZero()
}

// between gives the moments that From and Until stand for.
func (f Filter) between() (from, until time.Time) {
	from, until = time.Unix(0, 0), time.Date(2200, time.January, 1, 0, 0, 0, 0, time.UTC)
	if !f.From.IsZero() {
		from = startOf(f.From)
	}
	if !f.Until.IsZero() {
		until = startOf(f.Until.AddDate(0, 0, 1))
	}
	return from, until
}

// startOf is when a day begins in Zurich.
func startOf(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, i18n.Zone)
}

// Cursor is a place in an account, just after one of its entries.
type Cursor struct {
	at time.Time
	id ids.ID[Entry]
}

// None says that the account is read from its newest entry.
func (c Cursor) None() bool { return c == Cursor{} }

// String is the cursor as the address of a page holds it.
func (c Cursor) String() string {
	if c.None() {
		return ""
	}
	return strconv.FormatInt(c.at.UnixMicro(), 10) + "." + c.id.String()
}

// ParseCursor reads what String wrote; anything else is no cursor.
func ParseCursor(text string) Cursor {
	micros, id, _ := strings.Cut(text, ".")
	at, err := strconv.ParseInt(micros, 10, 64)
	parsed, idErr := ids.Parse[Entry](id)
	if err != nil || idErr != nil || at < 0 || at > 7_258_118_400_000_000 {
		return Cursor{}
	}
	return Cursor{time.UnixMicro(at).UTC(), parsed}
}

// Line is one entry as a page tells it.
type Line struct {
	EntryID    ids.ID[Entry]
	At         time.Time
	PersonID   tenantdb.PersonID
	PersonName string
	Role       access.Role
	OfficeID   tenantdb.OfficeID
	OfficeName string
	Action     Action
	// ReferralID, with its reference, when it was sent and to whom, is which referral it was about; none is the dossier.
	ReferralID  ids.ID[Referral]
	Reference   string
	SentAt      *time.Time
	SentTo      string
	DataClasses []access.DataClass `bun:",array"`
	RequestID   uuid.NullUUID
}

// Told is what people did in one go: a line, or several looks that follow each other.
type Told struct {
	Line
	// Times is how often, since First until At.
	Times int
	First time.Time
}

// Account is who opened a dossier and what they saw and did, newest first.
type Account struct {
	Filter   Filter
	CodeName string
	Lines    []Told
	// Next is where the older ones begin.
	Next Cursor
}

// pageSize is how many entries a page of an account tells.
const pageSize = 100

// OfDossier tells who opened a dossier, and what they saw and did. It leaves an entry itself.
func (s *Service) OfDossier(ctx context.Context, dossier ids.ID[Dossier], filter Filter) (Account, error) {
	if _, err := access.Require(ctx, access.JournalShow); err != nil {
		return Account{}, err
	}
	var hidden []Action
	if !access.Can(ctx, access.DecoyMark) {
		hidden = aboutDecoys
	}
	account := Account{Filter: filter}
	var named mention
	var lines []Line
	err := s.db.Read(ctx, mentioned(dossier, &named), ofDossier(dossier, filter, hidden, &lines), seen(ctx, JournalSeen, dossierSeen, dossier.UUID()))
	if err != nil {
		return Account{}, fmt.Errorf("tell who opened dossier %s: %w", dossier, err)
	}
	if len(lines) > pageSize {
		lines = lines[:pageSize]
		last := lines[pageSize-1]
		account.Next = Cursor{last.At, last.EntryID}
	}
	account.CodeName, account.Lines = named.CodeName, inOneGo(lines)
	return account, nil
}

// pause is how long somebody may be away from a dossier for it to count as one look.
const pause = 15 * time.Minute

// inOneGo makes one line of looks that follow each other, and leaves out those that came along with an act.
func inOneGo(lines []Line) []Told {
	acted := map[uuid.NullUUID]bool{}
	for _, line := range lines {
		if line.RequestID.Valid && !line.Action.Look() {
			acted[line.RequestID] = true
		}
	}
	var told []Told
	for _, line := range lines {
		if line.Action.Look() && acted[line.RequestID] {
			continue
		}
		if n := len(told); n > 0 && line.Action.Look() && told[n-1].continues(line) {
			told[n-1].Times++
			told[n-1].First = line.At
			continue
		}
		told = append(told, Told{line, 1, line.At})
	}
	return told
}

// continues says whether this goes on with what an earlier line tells.
func (l Told) continues(earlier Line) bool {
	return l.PersonID == earlier.PersonID && l.OfficeID == earlier.OfficeID && l.Action == earlier.Action && l.ReferralID == earlier.ReferralID &&
		slices.Equal(l.DataClasses, earlier.DataClasses) && l.First.Sub(earlier.At) <= pause
}

// Check says what is wrong with the filter: its days have to follow each other.
func (f Filter) Check() fault.Problems {
	var problems fault.Problems
	if !f.From.IsZero() && !f.Until.IsZero() && f.Until.Before(f.From) {
		problems.Add("until", "journal.filter.until_before_from")
	}
	return problems
}
