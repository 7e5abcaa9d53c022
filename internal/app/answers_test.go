package app_test

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"passerelle/internal/access"
	"passerelle/internal/ids"
)

// outcome is what an answer amounts to.
type outcome string

const (
	answered  outcome = "answered" // it is there, and whoever asks may
	notFound  outcome = "not found"
	refused   outcome = "refused"
	toSignIn  outcome = "sent to sign in"
	toChoose  outcome = "sent to choose a workplace"
	toConfirm outcome = "sent to confirm with a passkey"
	failed    outcome = "failed"
)

type answer struct {
	status int
	header http.Header
	body   string
	// asked are the identifiers in the address, which a page may repeat; csrf is the session's token, which it carries.
	asked []string
	csrf  string
}

var identifier = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|` + nonsensical)

func (a answer) outcome() outcome {
	to, _, _ := strings.Cut(a.header.Get("Location"), "?")
	switch {
	case a.status >= 500 && a.status != http.StatusNotImplemented:
		return failed
	case a.status == http.StatusNotFound:
		return notFound
	case a.status == http.StatusForbidden:
		return refused
	case to == "/signin":
		return toSignIn
	case to == "/memberships":
		return toChoose
	case to == "/confirmation", to == "/passkeys/new":
		return toConfirm
	}
	return answered
}

var (
	nonceOf   = regexp.MustCompile(`'nonce-([^']+)'`)
	parked    = regexp.MustCompile(`parked%3D[0-9a-f-]{36}`)
	requested = regexp.MustCompile(`<p class="govuk-body-s">[^<]*</p>`)
)

// bare is every byte of an answer but those that differ from one request to the next whatever they are about: the nonce, the
// number of the request, the token of the session, the day and hour, the identifiers that were asked for, and the name of a form that
// was kept while somebody confirms.
func (a answer) bare() string {
	var b strings.Builder
	fmt.Fprintln(&b, a.status)
	for _, name := range slices.Sorted(maps.Keys(a.header)) {
		if name != "Date" {
			fmt.Fprintln(&b, name, a.header[name])
		}
	}
	b.WriteString(a.body)
	all := b.String()
	if nonce := nonceOf.FindStringSubmatch(a.header.Get("Content-Security-Policy")); nonce != nil {
		all = strings.ReplaceAll(all, nonce[1], "(nonce)")
	}
	if a.csrf != "" {
		all = strings.ReplaceAll(all, a.csrf, "(token)")
	}
	for _, id := range a.asked {
		all = strings.ReplaceAll(all, id, "(asked)")
	}
	all = parked.ReplaceAllLiteralString(all, "(parked)")
	return requested.ReplaceAllStringFunc(all, func(p string) string { return identifier.ReplaceAllLiteralString(p, "(request)") })
}

var tag = regexp.MustCompile(`(?s)<(script|style).*?</(script|style)>|<[^>]*>`)

// plain is the text of a page, for messages.
func plain(body string) string {
	_, main, _ := strings.Cut(body, "<main")
	text := strings.Join(strings.Fields(tag.ReplaceAllLiteralString("<"+main, " ")), " ")
	return text[:min(len(text), 200)]
}

// difference is where two answers part.
func difference(one, other string) string {
	at := 0
	for at < len(one) && at < len(other) && one[at] == other[at] {
		at++
	}
	from := max(0, at-40)
	return fmt.Sprintf("%q or %q", one[from:min(len(one), at+60)], other[from:min(len(other), at+60)])
}

// TestTheMatrixBites: what compares answers overlooks no byte, and what reads the policy reads it as it stands.
func TestTheMatrixBites(t *testing.T) {
	say := func(change func(*answer)) answer {
		nonce, id := secret(), ids.New[things]().String()
		a := answer{
			status: 404, csrf: "the token", asked: []string{id},
			header: http.Header{"Content-Security-Policy": {"script-src 'nonce-" + nonce + "'"}, "Date": {nonce}, "Content-Length": {"7"}},
			body:   `<script nonce="` + nonce + `"></script><input value="the token"><a href="/dossiers/` + id + `">x</a><p class="govuk-body-s">Numéro ` + ids.New[things]().String() + `</p>`,
		}
		if change != nil {
			change(&a)
		}
		return a
	}
	if one, other := say(nil).bare(), say(nil).bare(); one != other {
		t.Errorf("two answers that say the same are told apart: %s", difference(one, other))
	}
	for what, change := range map[string]func(*answer){
		"a byte more":         func(a *answer) { a.body += " " },
		"a letter":            func(a *answer) { a.body = strings.Replace(a.body, ">x<", ">y<", 1) },
		"another identifier":  func(a *answer) { a.body += ids.New[things]().String() },
		"the status":          func(a *answer) { a.status = 410 },
		"a header more":       func(a *answer) { a.header.Set("Hx-Refresh", "true") },
		"another header":      func(a *answer) { a.header.Set("Content-Length", "8") },
		"a cookie":            func(a *answer) { a.header.Set("Set-Cookie", "pas-notice=x") },
		"a policy of less":    func(a *answer) { a.header.Set("Content-Security-Policy", "script-src *") },
		"an address repeated": func(a *answer) { a.body += a.asked[0] },
		"the token once more": func(a *answer) { a.body += a.csrf },
	} {
		if say(nil).bare() == say(change).bare() {
			t.Errorf("%s is overlooked", what)
		}
	}
	p := readPolicy("p, role:a, dossier, list, allow\np, role:b, dossier, erase, allow\np, role:b, dossier, show, deny\ng, role:b, role:a\n", "# object, verb\n\naddress, show\n")
	for _, c := range []struct {
		role   access.Role
		action string
		want   bool
	}{{"a", "dossier:list", true}, {"b", "dossier:list", true}, {"b", "dossier:erase", true}, {"a", "dossier:erase", false}, {"b", "dossier:show", false}} {
		if p.may[c.role][c.action] != c.want {
			t.Errorf("%s, %s: %t", c.role, c.action, !c.want)
		}
	}
	if !p.factor["address:show"] || len(p.factor) != 1 {
		t.Errorf("needs a factor: %v", p.factor)
	}
}
