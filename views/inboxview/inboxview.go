// Package inboxview is an office's pages: its inbox, a referral, and the two forms that end one.
package inboxview

import (
	"context"
	"net/url"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/documents"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/inbox"
	"passerelle/internal/messages"
	"passerelle/internal/referrals"
	"passerelle/internal/timeline"
	"passerelle/views/referralsview"
	"passerelle/views/ui"
)

// Inbox is where the day of an office begins, and InboxLive its stream of changes.
const (
	Inbox     = "/inbox"
	InboxLive = Inbox + "/live"
)

// TabURL is a tab of the inbox, from a place on or backwards from it.
func TabURL(tab inbox.Tab, after, before inbox.Cursor) string {
	query := url.Values{}
	if tab != inbox.TabNew {
		query.Set("tab", string(tab))
	}
	if !after.Zero() {
		query.Set("after", after.String())
	}
	if !before.Zero() {
		query.Set("before", before.String())
	}
	if len(query) == 0 {
		return Inbox
	}
	return Inbox + "?" + query.Encode()
}

// ReferralURL is a referral's page.
func ReferralURL(id inbox.ID) string { return Inbox + "/" + id.String() }

// ReferralLive is the stream of a referral's changes.
func ReferralLive(id inbox.ID) string { return ReferralURL(id) + "/live" }

// TakingURL is where somebody takes a referral on, or over.
func TakingURL(id inbox.ID) string { return ReferralURL(id) + "/taking" }

// AcceptanceURL is where the office says yes.
func AcceptanceURL(id inbox.ID) string { return ReferralURL(id) + "/acceptance" }

// DeclineURL asks why the office says no, and is where that is posted.
func DeclineURL(id inbox.ID) string { return ReferralURL(id) + "/decline" }

// OutcomeURL asks what the person got, and is where that is posted.
func OutcomeURL(id inbox.ID) string { return ReferralURL(id) + "/outcome" }

// MessagesURL is where the office writes to the NGO.
func MessagesURL(id inbox.ID) string { return ReferralURL(id) + "/messages" }

// AcknowledgementURL is where the office says that it has read what the NGO wrote.
func AcknowledgementURL(id inbox.ID) string { return ReferralURL(id) + "/acknowledgement" }

// EnclosureTicketURL is where a document that came along is asked for.
func EnclosureTicketURL(id documents.EnclosureID) string {
	return "/enclosures/" + id.String() + "/ticket"
}

// EnclosureURL is what is in it, for a ticket.
func EnclosureURL(id documents.EnclosureID, ticket string) string {
	return "/enclosures/" + id.String() + "/file?" + url.Values{"ticket": {ticket}}.Encode()
}

// Form is what was typed along with an act: one form for all of them, since each asks for a choice and for words.
type Form struct {
	// MessageID is the identifier that the words will have, made anew for each form that is shown.
	MessageID ids.ID[messages.Message]
	// Choice is a kind of message, a reason or an outcome; Body the words.
	Choice, Body string
	Problems     fault.Problems
}

// kindOf is the kind of message that was chosen: nothing is asked for as long as nothing is chosen.
func kindOf(form Form) string {
	if form.Choice == "" {
		return string(messages.Plain)
	}
	return form.Choice
}

// where says for whom one works: the office, and whose referrals these are.
func where(ctx context.Context) string {
	p, _ := access.From(ctx)
	return i18n.T(ctx, "inbox.where", "Office", p.OfficeName, "Tenant", p.TenantName, "Canton", p.Canton)
}

// me is who reads the page.
func me(ctx context.Context) access.Principal {
	p, _ := access.From(ctx)
	return p
}

// title names a referral by its reference, which says nothing of a person.
func title(ctx context.Context, r inbox.Referral) string {
	return i18n.T(ctx, "inbox.referral.title", "Reference", r.Reference)
}

// letter is what the NGO wrote, as the NGO saw it before sending.
func letter(ctx context.Context, opened inbox.Opened) referralsview.Letter {
	r := opened.Referral
	return referralsview.Letter{
		Reference: r.Reference, From: me(ctx).TenantName, SentByName: r.SentByName, SentAt: &r.SentAt, Service: r.Service,
		Urgency: r.Urgency, AnswerBy: r.AnswerBy, VisibleUntil: &r.VisibleUntil, Request: r.Request, Slice: r.Slice, Enclosures: opened.Enclosures, Ticket: EnclosureTicketURL,
	}
}

var tones = map[referrals.State]ui.Tone{
	referrals.Sent: ui.Waiting, referrals.Taken: ui.Active, referrals.Accepted: ui.Good,
	referrals.Declined: ui.Neutral, referrals.Closed: ui.Neutral,
}

// due points out a day that is near or past.
func due(d inbox.Due) ui.Tagged {
	switch d {
	case inbox.Overdue:
		return ui.Tag("inbox.due.overdue", ui.Bad)
	case inbox.DueSoon:
		return ui.Tag("inbox.due.soon", ui.Waiting)
	default:
		return ui.Tagged{}
	}
}

// news points out what the NGO wrote and nobody has acknowledged.
func news(line inbox.Line) ui.Tagged {
	if !line.News() {
		return ui.Tagged{}
	}
	return ui.Tag("inbox.news", ui.Waiting)
}

func state(line inbox.Line) ui.Tagged {
	return ui.Tag("inbox.state."+string(line.State), tones[line.State])
}

func tabs(list inbox.List) []ui.NavItem {
	items := make([]ui.NavItem, len(inbox.Tabs))
	for i, tab := range inbox.Tabs {
		items[i] = ui.NavItem{Key: "inbox.tab." + string(tab), URL: TabURL(tab, inbox.Cursor{}, inbox.Cursor{}), Current: tab == list.Tab}
		if tab == inbox.TabNew {
			items[i].Count = list.Waiting
		}
	}
	return items
}

// counted is how many lie in the tab, and from which number on nobody counted.
func counted(list inbox.List) (n, limit int) {
	if list.Count > inbox.MaxCount {
		return list.Count, inbox.MaxCount
	}
	return list.Count, 0
}

func neighbours(list inbox.List) (previous, next string) {
	if !list.Previous.Zero() {
		previous = TabURL(list.Tab, inbox.Cursor{}, list.Previous)
	}
	if !list.Next.Zero() {
		next = TabURL(list.Tab, list.Next, inbox.Cursor{})
	}
	return previous, next
}

// day is a day, or nothing where none is wanted.
func day(ctx context.Context, t *time.Time) string {
	if t == nil {
		return ""
	}
	return i18n.Date(ctx, *t)
}

// options makes a list of codes into answers; prefix is their message keys'.
func options[T ~string](prefix string, codes []T) []ui.Option {
	list := make([]ui.Option, len(codes))
	for i, code := range codes {
		list[i] = ui.Option{Value: string(code), Label: prefix + string(code)}
	}
	return list
}

// detail is what an answer's code says in words; what a referral asks for stands in its letter.
func detail(ctx context.Context, entry timeline.Entry) string {
	switch entry.Kind {
	case timeline.ReferralDeclined:
		return i18n.T(ctx, "referrals.decline_reason."+entry.Detail)
	case timeline.ReferralClosed:
		return i18n.T(ctx, "referrals.outcome."+entry.Detail)
	default:
		return ""
	}
}
