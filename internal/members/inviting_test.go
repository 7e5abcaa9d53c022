package members_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/mail"
	"passerelle/internal/members"
	"passerelle/internal/signin"
)

func TestInvite(t *testing.T) {
	h := open(t, false)
	draft := members.Draft{ID: ids.New[members.Invitation](), Name: "Nina", Email: "nina@vaud.example", Role: access.Caseworker, Language: i18n.DE}
	code, err := h.Invite(as(h, cast.Anna), draft)
	if err != nil || code == "" {
		t.Fatalf("%q, %v", code, err)
	}
	if again, err := h.Invite(as(h, cast.Anna), draft); err != nil || again != "" || h.count("select count(*) from invitations") != 1 {
		t.Errorf("sent twice: %q, %v", again, err)
	}
	if n := h.count("select count(*) from member_acts where deed = 'invited' and by_id = $1 and about_name = 'Nina'", cast.Anna.ID); n != 1 {
		t.Errorf("%d acts", n)
	}
	if n := h.count("select count(*) from journal_entries where action = 'member_invited' and person_id = $1 and reason = 'caseworker'", cast.Anna.ID); n != 1 {
		t.Errorf("%d entries", n)
	}
	for name, c := range map[string]struct {
		change func(*members.Draft)
		want   string
	}{
		"without a name":           {func(d *members.Draft) { d.Name = "" }, "members.name.missing"},
		"without an address":       {func(d *members.Draft) { d.Email = "nina" }, "members.email.not_an_address"},
		"with more than one":       {func(d *members.Draft) { d.Email = "Nina <nina@vaud.example>" }, "members.email.not_an_address"},
		"without a role":           {func(d *members.Draft) { d.Role = "" }, "members.role.missing"},
		"an office's without one":  {func(d *members.Draft) { d.Role = access.OfficeMember }, "members.office.missing"},
		"the staff at an office":   {func(d *members.Draft) { d.Office = cast.CSR.ID }, "members.office.missing"},
		"at another canton's":      {func(d *members.Draft) { d.Role, d.Office = access.OfficeMember, cast.Hospice.ID }, "members.office.missing"},
		"through another canton's": {func(d *members.Draft) { d.Connection = ids.MustParse[signin.Connection](cast.GeneveStaff.ID) }, "members.connection.missing"},
	} {
		wrong := draft
		wrong.ID = ids.New[members.Invitation]()
		c.change(&wrong)
		if _, err := h.Invite(as(h, cast.Anna), wrong); key(err) != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	t.Run("is renewed, and the code before is worth nothing", func(t *testing.T) {
		fresh, err := h.Renew(as(h, cast.Anna), draft.ID)
		if err != nil || fresh == "" || fresh == code {
			t.Fatalf("%q, %v", fresh, err)
		}
		if _, err := h.Join(t.Context(), h.arrives(cast.VaudStaff, "old"), code); key(err) != "members.join.invalid" {
			t.Errorf("the old code: %v", err)
		}
		code = fresh
	})
	t.Run("is nobody else's", func(t *testing.T) {
		for name, who := range strangers {
			if err := h.Withdraw(as(h, who), draft.ID); !refused(err) {
				t.Errorf("%s withdraws it: %v", name, err)
			}
			if _, err := h.Renew(as(h, who), draft.ID); !refused(err) {
				t.Errorf("%s renews it: %v", name, err)
			}
		}
		if directory, err := h.List(as(h, cast.Diane), members.Filter{}); err != nil || len(directory.Invitations) != 0 {
			t.Errorf("the other canton sees %d, %v", len(directory.Invitations), err)
		}
	})
	t.Run("is withdrawn", func(t *testing.T) {
		if err := h.Withdraw(as(h, cast.Boris), draft.ID); err != nil {
			t.Fatal(err)
		}
		if err := h.Withdraw(as(h, cast.Boris), draft.ID); key(err) != "members.invitation.answered" {
			t.Errorf("twice: %v", err)
		}
		if _, err := h.Join(t.Context(), h.arrives(cast.VaudStaff, "gone"), code); key(err) != "members.join.invalid" {
			t.Errorf("its code: %v", err)
		}
	})
	t.Run("goes with whoever is shut out", func(t *testing.T) {
		code := h.invite(cast.Boris, access.Caseworker, nil)
		if err := h.End(as(h, cast.Anna), cast.Boris.ID, members.Disabled, nil); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Join(t.Context(), h.arrives(cast.VaudStaff, "boris"), code); key(err) != "members.join.invalid" {
			t.Errorf("an invitation of Boris: %v", err)
		}
	})
}

// post keeps what is sent.
type post struct {
	sent []mail.Message
	err  error
}

func (p *post) Send(_ context.Context, m mail.Message) error {
	if p.err == nil {
		p.sent = append(p.sent, m)
	}
	return p.err
}

var (
	telling   = regexp.MustCompile(`(?i)passerelle|vaud|\b(ong|ngo)\b|nina|roth|anna|rossier|victim|opfer|vittim|traite|menschenhandel|tratta|traffick|caseworker|accompagn|begleit`)
	addresses = regexp.MustCompile(`https://passerelle.invalid\S*|vaud\.[a-z2-7]{52}`)
)

func TestLetter(t *testing.T) {
	h := open(t, true)
	for _, lang := range i18n.Langs {
		draft := members.Draft{ID: ids.New[members.Invitation](), Name: "Nina Roth", Email: "nina@vaud.example", Role: access.Caseworker, Language: lang}
		if code, err := h.Invite(as(h, cast.Anna), draft); err != nil || code != "" {
			t.Fatalf("the page knows the code %q, %v", code, err)
		}
		if n := h.count("select count(*) from jobs.river_job where kind = 'invitation' and args->>'invitation' = $1", draft.ID.String()); n != 1 {
			t.Fatalf("%d jobs", n)
		}
		letter, box := members.Letter{Tenant: cast.Vaud.ID, Invitation: draft.ID}, &post{err: errors.New("no server")}
		room := members.NewPostRoom(h.db.App, h.clock, box, "https://passerelle.invalid")
		if err := room.Send(t.Context(), letter); err == nil {
			t.Error("nobody noticed that it was not sent")
		}
		box.err = nil
		for range 2 {
			if err := room.Send(t.Context(), letter); err != nil {
				t.Fatal(err)
			}
		}
		if len(box.sent) != 1 {
			t.Fatalf("%d were sent", len(box.sent))
		}
		sent := box.sent[0]
		// The address and the code say where one works, as they must; the words say nothing.
		if telling.MatchString(addresses.ReplaceAllString(sent.Subject+" "+sent.Text, "")) {
			t.Errorf("%s: it says too much: %s %s", lang, sent.Subject, sent.Text)
		}
		_, code, found := strings.Cut(sent.Text, "https://passerelle.invalid/join#")
		if !found {
			t.Fatalf("no link: %s", sent.Text)
		}
		code, _, _ = strings.Cut(code, "\n")
		if strings.Count(sent.Text, code) < 2 {
			t.Error("it cannot be typed")
		}
		if lang == i18n.FR {
			if _, err := h.Renew(as(h, cast.Anna), draft.ID); err != nil {
				t.Fatal(err)
			}
			if _, err := h.Join(t.Context(), h.arrives(cast.VaudStaff, "renewed"), code); key(err) != "members.join.invalid" {
				t.Errorf("the code of a renewed invitation: %v", err)
			}
			continue
		}
		if _, err := h.Join(t.Context(), h.arrives(cast.VaudStaff, "by"+string(lang)), code); err != nil {
			t.Errorf("%s: %v", lang, err)
		}
		if err := room.Send(t.Context(), members.Letter{Tenant: cast.Vaud.ID, Invitation: draft.ID, Number: 1}); err != nil || len(box.sent) != 1 {
			t.Errorf("sent to who has joined: %v", err)
		}
	}
	if n := h.count("select count(*) from jobs.river_job where args::text ~ 'vaud[.]' or args::text ~ '@'"); n != 0 {
		t.Errorf("%d jobs hold a code or an address", n)
	}
}
