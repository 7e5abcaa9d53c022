// Package ui is what every page is made of: the frame around it, forms, fields, tables and the other components of
// the design system. A component takes words as message keys, and reads the language, the nonce and who is signed in
// from the context.
package ui

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"passerelle/internal/i18n"
)

// Request is what the frame of a page shows or needs of the request that it answers.
type Request struct {
	// Nonce is the one of the Content-Security-Policy that goes with this page.
	Nonce string
	// CSRF is the session's token; every posted form carries it.
	CSRF string
	// Path is the page's own address with its query, to come back to after signing in or choosing a language.
	Path string
	// Partial says that htmx asked for a part of a page: errors are then a part as well.
	Partial bool
	// Version of the program, for the footer.
	Version string
	// Notice is the message key of what the last request did, shown once.
	Notice string
	// Restored says that a form was filled with what had been typed before the session ran out.
	Restored bool
	// Person is who is signed in; nil before.
	Person *Person
	// Nav is where this person can go.
	Nav []NavItem
	// Alerts is how many wait, for whoever may list them; Live is the stream for pages that have none of their own.
	// Since is the moment before anything of the page was read, from which on its stream tells what changed.
	Alerts      int
	Live, Since string
	// Announcements are what those who run the installation tell everybody now.
	Announcements []Announcement
	// Outages are what does not work at present, each the last word of a message key.
	Outages []string
	// MandateWaits says that somebody asks to act for the tenant, to whoever can answer.
	MandateWaits bool
}

// Announcement is what those who run the installation tell, in the reader's language.
type Announcement struct {
	// Token is what it is hidden by.
	Token string
	// Kind is a message key's last word.
	Kind, Words string
}

// Person is who is signed in and, above all, where: somebody with two workplaces must never mistake one for the other.
type Person struct {
	Name       string
	TenantName string
	// OfficeName is empty for the staff of the NGO itself.
	OfficeName string
	RoleKey    string
	CanSwitch  bool
	// Workplaces are all of theirs, where there are several.
	Workplaces []Workplace
}

// Workplace is one of several among which somebody switches.
type Workplace struct {
	ID string // of the membership
	// Name is the office, or the NGO; Of is the NGO of an office, or the message key of the role in the NGO.
	Name, Of string
	// New is how many referrals wait there that nobody has taken.
	New     int
	Current bool
}

// elsewhere is how many wait at the other workplaces.
func (p *Person) elsewhere() (n int) {
	for _, workplace := range p.Workplaces {
		if !workplace.Current {
			n += workplace.New
		}
	}
	return n
}

// NavItem leads to a part of the application, or of a page.
type NavItem struct {
	Key     string
	URL     string
	Current bool
	// More says that it is folded away with others, since it is not of every day.
	More bool
	// Count is shown beside the label when something waits there; with CountURL it is asked for anew when alerts change.
	Count    int
	CountURL string
}

// more are the entries that are folded away.
func (r *Request) more() (folded []NavItem) {
	for _, item := range r.Nav {
		if item.More {
			folded = append(folded, item)
		}
	}
	return folded
}

// currentAmong says that the page is one of these.
func currentAmong(items []NavItem) bool {
	return slices.ContainsFunc(items, func(item NavItem) bool { return item.Current })
}

type requestKey struct{}

// WithRequest binds what pages need to know of the request.
func WithRequest(ctx context.Context, r Request) context.Context {
	return context.WithValue(ctx, requestKey{}, &r)
}

// FromRequest is what WithRequest bound, or the zero Request.
func FromRequest(ctx context.Context) Request { return *fromRequest(ctx) }

var noRequest = &Request{}

func fromRequest(ctx context.Context) *Request {
	if r, ok := ctx.Value(requestKey{}).(*Request); ok {
		return r
	}
	return noRequest
}

// place is the number, from 0 to 5, of the colour in which a workplace's stripe is shown, so that two of them look
// different at a glance. The names stay what tells them apart.
func (p *Person) place() string {
	sum := 0
	for _, r := range p.TenantName + p.OfficeName {
		sum = (sum*31 + int(r)) % 9973
	}
	return "pas-place--" + string(rune('0'+sum%6))
}

// say is the message of a key; words that are no key, such as a code name, are shown as they are.
func say(ctx context.Context, words string) string { return i18n.T(ctx, words) }

// class is an element's class attribute. In one that it is given as class={ … }, templ looks for names whose style
// it would have to write into the page, which took a third of the time of a table's row; here no style stands in a page.
func class(names ...string) templ.OrderedAttributes {
	names = slices.DeleteFunc(names, func(name string) bool { return name == "" })
	if len(names) == 0 {
		return nil
	}
	return templ.OrderedAttributes{{Key: "class", Value: strings.Join(names, " ")}}
}

// when is a class that an element has sometimes.
func when(has bool, name string) string {
	if !has {
		return ""
	}
	return name
}

// Hx makes the attributes of an element that htmx acts on: names and values in turn, and the nonce without which
// hx-csp takes them off again.
func Hx(ctx context.Context, pairs ...string) templ.Attributes {
	attributes := templ.Attributes{"hx-nonce": fromRequest(ctx).Nonce}
	for i := 0; i+1 < len(pairs); i += 2 {
		attributes[pairs[i]] = pairs[i+1]
	}
	return attributes
}

// AlertsEvent is what a page's stream says when alerts were raised or put away.
const AlertsEvent = "alerts"

// counted makes the number beside an entry ask for itself anew.
func counted(ctx context.Context, item NavItem) templ.Attributes {
	return Hx(ctx, "hx-get", item.CountURL, "hx-trigger", AlertsEvent+" from:#live", "hx-swap", "innerHTML")
}

// Since is the parameter of a stream that says from which moment on it tells what changed.
const Since = "since"

// stream is what a page listens to; empty is nothing.
func (p PageProps) stream(ctx context.Context) string {
	request := fromRequest(ctx)
	path := cmp.Or(p.Live, request.Live)
	if path == "" || request.Since == "" {
		return path
	}
	return path + "?" + url.Values{Since: {request.Since}}.Encode()
}

// RefreshedPart is Refreshed for a part of a page, by its selector: the page is asked for, and the part taken out of it.
func RefreshedPart(ctx context.Context, page, part string) templ.Attributes {
	return Hx(ctx, "hx-get", page, "hx-trigger", "changed from:#live", "hx-select", part, "hx-swap", "outerHTML")
}

// Refreshed makes an element ask for itself anew, at url, whenever the page's stream (PageProps.Live) says that
// something changed. Contents never travel over the stream.
func Refreshed(ctx context.Context, url string) templ.Attributes {
	return Hx(ctx, "hx-get", url, "hx-trigger", "changed from:#live", "hx-swap", "outerHTML")
}
