package journal

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
)

// Sheet is the account for the beneficiary: who, by function and never by name, saw or passed on what, and on which day.
type Sheet struct {
	CodeName string
	NGO      string
	// Days are newest first.
	Days []Day
	// Since is the day before which the sheet tells nothing, where there would be more than fits.
	Since time.Time
}

// Day is what happened on one day, in Zurich.
type Day struct {
	On    time.Time
	Lines []SheetLine
}

// Gist is what an action comes to for somebody who does not work here; "journal.sheet." + Gist is its message key.
type Gist string

// The gists.
const (
	GistSeen     Gist = "seen"
	GistWritten  Gist = "written"
	GistShared   Gist = "shared"
	GistEnded    Gist = "ended"
	GistAgreed   Gist = "agreed"
	GistAnswered Gist = "answered"
	GistReceived Gist = "received"
)

// gists says what an action comes to, where it is another thing than that somebody worked on the file.
var gists = map[Action]Gist{
	DossierSeen: GistSeen, DossierFound: GistSeen, ConsentSeen: GistSeen, DraftSeen: GistSeen, JournalSeen: GistSeen, SheetSeen: GistSeen, DossierExported: GistSeen, AddressShown: GistSeen, ExtractPrepared: GistSeen, "inquiry_extracted": GistSeen,
	"consent_given": GistAgreed, "consent_withdrawn": GistEnded, "referral_sent": GistShared, "referral_revoked": GistEnded,
	"referral_taken": GistAnswered, "referral_accepted": GistAnswered, "referral_declined": GistAnswered, "referral_asked": GistAnswered,
	"referral_message": GistAnswered, "referral_closed": GistAnswered, ReferralSeen: GistReceived, ReferralAcknowledged: GistReceived,
}

// untold is told to nobody outside: a draft that was thrown away never became anything, that something could not be opened
// is for those who run the platform, and who was sought is about nobody.
var untold = []Action{RestrictedFound, EmergencyRead, EmergencyLookedAt, DraftDiscarded, DossiersSearched, DossierErased, DossierRemovalOrdered, DossierRemovalWithdrawn, DossierRemovalLapsed, DossierRemovalPostponed, AlertAcknowledged, PauseLifted, DecoyMarked, DecoyUnmarked, Unreadable, IndicatorSetLoaded}

// gist says what the action comes to for the beneficiary; ok is false for what is not told.
func (a Action) gist() (gist Gist, ok bool) {
	if slices.Contains(untold, a) {
		return "", false
	}
	return cmp.Or(gists[a], GistWritten), true
}

// SheetLine is one sort of thing that people of one function did on a day.
type SheetLine struct {
	Gist Gist
	// Role is the function; of an office its name says more.
	Role       access.Role
	OfficeName string
	// SentTo is the office to which something was passed on, or from which it was taken back.
	SentTo string
	// Classes are the classes of data that were seen or passed on.
	Classes []access.DataClass
}

// Said is a line in words, for somebody who is not to know names. A consent that was taken back was addressed to nobody yet.
func (l SheetLine) Said(ctx context.Context) string {
	who := l.OfficeName
	if who == "" {
		who = i18n.T(ctx, "journal.sheet.role."+string(l.Role))
	}
	key := "journal.sheet." + string(l.Gist)
	if l.Gist == GistEnded && l.SentTo == "" {
		key = "journal.sheet.withdrawn"
	}
	told := i18n.T(ctx, key, "Who", who, "To", l.SentTo)
	if (l.Gist == GistShared || l.Gist == GistReceived) && len(l.Classes) > 0 {
		names := make([]string, len(l.Classes))
		for i, class := range l.Classes {
			names[i] = i18n.T(ctx, "access.data_class."+string(class))
		}
		told += i18n.T(ctx, "journal.classes", "Classes", strings.Join(names, ", "))
	}
	return told + "."
}

// daily is a row of the question behind the sheet.
type daily struct {
	Day         time.Time
	Role        access.Role
	OfficeName  string
	SentTo      string
	Action      Action
	DataClasses []access.DataClass `bun:",array"`
}

// maxDaily bounds what a sheet tells: several pages of paper.
const maxDaily = 500

// SheetOf is the sheet of a dossier. It leaves an entry itself.
func (s *Service) SheetOf(ctx context.Context, dossier ids.ID[Dossier]) (Sheet, error) {
	by, err := access.Require(ctx, access.JournalShow)
	if err != nil {
		return Sheet{}, err
	}
	var named mention
	var rows []daily
	err = s.db.Read(ctx, mentioned(dossier, &named), dailyOf(dossier, &rows), seen(ctx, SheetSeen, dossierSeen, dossier.UUID()))
	if err != nil {
		return Sheet{}, fmt.Errorf("write the sheet of dossier %s: %w", dossier, err)
	}
	sheet := Sheet{CodeName: named.CodeName, NGO: by.TenantName}
	if len(rows) > maxDaily {
		rows = rows[:maxDaily]
		sheet.Since = rows[maxDaily-1].Day
	}
	sheet.Days = days(rows)
	return sheet, nil
}

// days puts together what people of one function did on a day.
func days(rows []daily) (told []Day) {
	type key struct {
		gist   Gist
		role   access.Role
		office string
		sentTo string
	}
	var places map[key]int
	for _, row := range rows {
		gist, ok := row.Action.gist()
		if !ok {
			continue
		}
		if row.OfficeName == "" && gist == GistReceived {
			// What the NGO sees of a referral is its own dossier.
			gist, row.DataClasses = GistSeen, nil
		}
		if len(told) == 0 || !told[len(told)-1].On.Equal(row.Day) {
			told, places = append(told, Day{On: row.Day}), map[key]int{}
		}
		day := &told[len(told)-1]
		if gist != GistShared && gist != GistEnded {
			row.SentTo = ""
		}
		k := key{gist, row.Role, row.OfficeName, row.SentTo}
		at, known := places[k]
		if !known {
			at = len(day.Lines)
			places[k] = at
			day.Lines = append(day.Lines, SheetLine{Gist: gist, Role: row.Role, OfficeName: row.OfficeName, SentTo: row.SentTo})
		}
		day.Lines[at].Classes = union(day.Lines[at].Classes, row.DataClasses)
	}
	return told
}

// union keeps the classes in the order of pages.
func union(one, other []access.DataClass) (all []access.DataClass) {
	has := map[access.DataClass]bool{}
	for _, class := range append(append([]access.DataClass{}, one...), other...) {
		has[class] = true
	}
	for _, class := range access.DataClasses {
		if has[class] {
			all = append(all, class)
		}
	}
	return all
}

// mention is how pages speak of a dossier.
type mention struct{ CodeName string }

func mentioned(dossier ids.ID[Dossier], into *mention) tenantdb.Question {
	return tenantdb.One(into, tenantdb.Select().TableExpr("dossiers").Column("code_name").Where("dossier_id = ?", dossier))
}
