// Package claimsview is the pages of victim assistance: what is open, what is asked, until when, and who pays.
package claimsview

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"passerelle/internal/claims"
	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/keys"
	"passerelle/views/ui"
)

// Form is a claim, a payer or the days of the offence being written.
type Form struct {
	Sheet claims.Sheet
	// ID is that of the claim or of the payer, and Version what is changed; 0 is a new one.
	ID      string
	Version int
	Typed   url.Values
	// Problems are what has to be corrected; Theirs says that the sheet is what somebody else wrote meanwhile.
	Problems fault.Problems
	Theirs   bool
}

func (f Form) version() string { return strconv.Itoa(f.Version) }

// claim and payer are those of the form as somebody else wrote them; nil where they are gone.
func (f Form) claim() *claims.Claim {
	for i := range f.Sheet.Claims {
		if f.Sheet.Claims[i].ClaimID.String() == f.ID {
			return &f.Sheet.Claims[i]
		}
	}
	return nil
}

func (f Form) payer() *claims.Payer {
	for i := range f.Sheet.Payers {
		if f.Sheet.Payers[i].PayerID.String() == f.ID {
			return &f.Sheet.Payers[i]
		}
	}
	return nil
}

// The most characters that a text takes.
const longText = 2000

// TypedOffence is the form of the days of the offence.
func TypedOffence(o claims.Offence) url.Values {
	return url.Values{"from": {written(o.From)}, "until": {written(o.Until)}, "known_on": {written(o.KnownOn)}, "lived_here": {string(o.LivedHere)}}
}

// ParseOffence reads the days of the offence that were typed.
func ParseOffence(typed url.Values) (claims.Offence, fault.Problems) {
	var problems fault.Problems
	return claims.Offence{
		From: forms.Date(typed, "from", &problems), Until: forms.Date(typed, "until", &problems), KnownOn: forms.Date(typed, "known_on", &problems),
		LivedHere: forms.Choice(typed, "lived_here", dossiers.Answers, &problems),
	}, problems
}

// TypedClaim is the form of a claim.
func TypedClaim(c claims.Claim) url.Values {
	details := c.Details.Get()
	return url.Values{
		"kind": {string(c.Kind)}, "asked_on": {written(c.AskedOn)}, "decided_on": {written(c.DecidedOn)}, "decision": {string(c.Decision)},
		"granted_until": {written(c.GrantedUntil)}, "office": {details.Office}, "sum": {details.Sum}, "note": {details.Note},
	}
}

// ParseClaim reads the claim that was typed.
func ParseClaim(typed url.Values) (claims.Claim, fault.Problems) {
	var problems fault.Problems
	return claims.Claim{
		Kind: forms.Choice(typed, "kind", claims.Kinds, &problems), AskedOn: forms.Date(typed, "asked_on", &problems),
		DecidedOn: forms.Date(typed, "decided_on", &problems), Decision: forms.Choice(typed, "decision", claims.Decisions, &problems),
		GrantedUntil: forms.Date(typed, "granted_until", &problems),
		Details: keys.Of(claims.Details{
			Office: forms.Text(typed, "office", forms.Short, &problems), Sum: forms.Text(typed, "sum", forms.Short, &problems),
			Note: forms.Words(typed, "note", longText, &problems),
		}),
	}, problems
}

// TypedPayer is the form of a payer.
func TypedPayer(p claims.Payer) url.Values {
	typed := url.Values{"payer": {string(p.Payer)}, "until_on": {written(p.UntilOn)}, "note": {p.Note.Get()}}
	if !p.FromOn.IsZero() {
		typed.Set("from_on", written(&p.FromOn))
	}
	return typed
}

// ParsePayer reads the payer that was typed.
func ParsePayer(typed url.Values) (claims.Payer, fault.Problems) {
	var problems fault.Problems
	payer := claims.Payer{
		Payer: forms.Choice(typed, "payer", claims.Codes, &problems), UntilOn: forms.Date(typed, "until_on", &problems),
		Note: keys.Of(forms.Words(typed, "note", longText, &problems)),
	}
	if day := forms.Date(typed, "from_on", &problems); day != nil {
		payer.FromOn = *day
	}
	return payer, problems
}

func written(day *time.Time) string {
	if day == nil {
		return ""
	}
	return day.Format("02.01.2006")
}

func options[T ~string](prefix string, codes []T, none string) []ui.Option {
	all := []ui.Option{{Label: none}}
	for _, code := range codes {
		all = append(all, ui.Option{Value: string(code), Label: prefix + string(code)})
	}
	return all
}

// radios are the answers of a list of codes, none of which is the answer not given.
func radios[T ~string](prefix string, codes []T) []ui.Option { return options(prefix, codes, "")[1:] }

var accessTones = map[claims.Access]ui.Tone{
	claims.Open: ui.Good, claims.Partly: ui.Good, claims.Resident: ui.Good, claims.Clarify: ui.Waiting, claims.Excluded: ui.Neutral,
}

// why says why a kind of claim is open or not, with the article.
func why(s claims.Sheet, kind claims.Kind) string {
	opens := s.Opens(kind)
	switch {
	case s.Territory == claims.Abroad && kind.Sum():
		return "claims.why.sum_abroad"
	case s.Territory == claims.Both && !kind.Sum():
		return "claims.why.both_help"
	case s.Territory == claims.Abroad:
		return "claims.why.help_abroad." + string(opens)
	default:
		return "claims.why." + string(s.Territory)
	}
}

// told is what is known of a claim, in one line.
func told(ctx context.Context, c claims.Claim) string {
	var parts []string
	if c.AskedOn != nil {
		parts = append(parts, i18n.T(ctx, "claims.told.asked", "Date", written(c.AskedOn)))
	}
	if c.Decision != "" {
		parts = append(parts, i18n.T(ctx, "claims.told.decided", "Decision", i18n.T(ctx, "claims.decision."+string(c.Decision)), "Date", written(c.DecidedOn)))
	} else {
		parts = append(parts, i18n.T(ctx, "claims.told.waiting"))
	}
	if c.GrantedUntil != nil {
		parts = append(parts, i18n.T(ctx, "claims.told.until", "Date", written(c.GrantedUntil)))
	}
	for _, text := range []string{c.Details.Get().Office, c.Details.Get().Sum} {
		if text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " · ")
}

// span is from when until when somebody pays.
func span(ctx context.Context, p claims.Payer) string {
	if p.UntilOn == nil {
		return i18n.T(ctx, "claims.payers.from", "Date", written(&p.FromOn))
	}
	return written(&p.FromOn) + " – " + written(p.UntilOn)
}

// usual is a link of the usual chain in words.
func usual(ctx context.Context, p deadlines.Payer) string {
	name := i18n.T(ctx, "claims.payer."+p.ID)
	if span := p.Span(ctx); span != "" {
		return i18n.T(ctx, "claims.usual.for", "Payer", name, "Span", span, "Basis", p.Basis.Cite(ctx))
	}
	return i18n.T(ctx, "claims.usual.open", "Payer", name, "Basis", p.Basis.Cite(ctx))
}

// paid is what a brief says.
func paid(ctx context.Context, p claims.Paid) string {
	name := i18n.T(ctx, "claims.payer."+string(p.Payer))
	if p.UntilOn == nil {
		return i18n.T(ctx, "claims.brief.open", "Payer", name)
	}
	return i18n.T(ctx, "claims.brief.until", "Payer", name, "Date", written(p.UntilOn))
}
