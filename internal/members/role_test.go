package members

import (
	"strings"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/signin"
)

var (
	staffDoor = ids.New[signin.Connection]()
	otherDoor = ids.New[signin.Connection]()
	monday    = time.Date(2026, time.November, 30, 9, 0, 0, 0, time.UTC)
)

func of(who cast.Person) Person {
	p := Person{PersonID: who.ID, Name: who.Name, Role: who.Role, ConnectionID: staffDoor, Subject: who.Email, Bound: true}
	if who.Office != nil {
		p.OfficeID, p.ConnectionID = who.Office.ID, otherDoor
	}
	return p
}

// again is another membership of the same human being.
func again(who cast.Person, role access.Role) Person {
	p := of(who)
	p.PersonID, p.Role = cast.Claire.ID, role
	return p
}

func TestGrant(t *testing.T) {
	for name, c := range map[string]struct {
		grant Grant
		want  string
	}{
		"to a colleague":                           {Grant{By: of(cast.Anna), To: of(cast.Lea), From: access.Caseworker, Into: access.Coordinator, Admins: 2}, ""},
		"to another admin":                         {Grant{By: of(cast.Anna), To: of(cast.Boris), From: access.Admin, Into: access.Caseworker, Admins: 2}, ""},
		"not to oneself":                           {Grant{By: of(cast.Anna), To: of(cast.Anna), From: access.Admin, Into: access.Caseworker, Admins: 2}, "members.role.own"},
		"not one more to oneself":                  {Grant{By: of(cast.Anna), To: again(cast.Anna, ""), Into: access.Caseworker, Admins: 2}, "members.role.own"},
		"not to oneself by another membership":     {Grant{By: of(cast.Anna), To: again(cast.Anna, access.Auditor), From: access.Auditor, Into: access.Coordinator, Admins: 2}, "members.role.own"},
		"not harmlessly to oneself":                {Grant{By: of(cast.Anna), To: of(cast.Anna), From: access.Admin, Into: access.Statistician, Admins: 3}, "members.role.own"},
		"somebody has to administer":               {Grant{By: of(cast.Boris), To: of(cast.Anna), From: access.Admin, Into: access.Auditor, Admins: 1}, "members.role.last_admin"},
		"the last admin stays one":                 {Grant{By: of(cast.Boris), To: of(cast.Anna), From: access.Admin, Into: access.Admin, Admins: 1}, ""},
		"an office's role is no member's":          {Grant{By: of(cast.Anna), To: of(cast.Lea), From: access.Caseworker, Into: access.OfficeLead, Admins: 2}, "members.role.missing"},
		"a member's role is no office's":           {Grant{By: of(cast.Anna), To: of(cast.Noe), From: access.OfficeMember, Into: access.Caseworker, Admins: 2}, "members.role.missing"},
		"an office has a lead":                     {Grant{By: of(cast.Anna), To: of(cast.Noe), From: access.OfficeMember, Into: access.OfficeLead, Admins: 2}, ""},
		"no role that there is not":                {Grant{By: of(cast.Anna), To: of(cast.Lea), Into: "root", Admins: 2}, "members.role.missing"},
		"the same subject at another is a nobody":  {Grant{By: of(cast.Anna), To: Person{ConnectionID: otherDoor, Subject: cast.Anna.Email}, Into: access.Caseworker, Admins: 2}, ""},
		"two whose subject is unknown are not one": {Grant{By: Person{ConnectionID: staffDoor}, To: Person{PersonID: cast.Lea.ID, ConnectionID: staffDoor}, Into: access.Caseworker, Admins: 2}, ""},
	} {
		if got := told(c.grant.Check()); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func told(err error) string {
	if problems, ok := fault.Correctable(err); ok {
		return problems[0].Key
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func TestFarewell(t *testing.T) {
	day := func(n int) *time.Time {
		on := time.Date(2026, time.November, 30+n, 0, 0, 0, 0, time.UTC)
		return &on
	}
	gone, soon := of(cast.Lea), of(cast.Anna)
	gone.EndedAt, soon.EndedAt = day(-1), day(5)
	for name, c := range map[string]struct {
		farewell Farewell
		until    time.Time
		want     string
	}{
		"at once":                            {Farewell{Who: of(cast.Lea), As: Left, Admins: 2}, monday, ""},
		"shut out at once":                   {Farewell{Who: of(cast.Lea), As: Disabled, Admins: 2}, monday, ""},
		"shut out today, whatever day":       {Farewell{Who: of(cast.Lea), As: Disabled, On: day(9), Admins: 2}, monday, ""},
		"at the end of today":                {Farewell{Who: of(cast.Lea), As: Left, On: day(0), Admins: 2}, time.Date(2026, time.November, 30, 23, 0, 0, 0, time.UTC), ""},
		"at the end of a day of summer":      {Farewell{Who: of(cast.Lea), As: Left, On: day(200), Admins: 2}, time.Date(2027, time.June, 18, 22, 0, 0, 0, time.UTC), ""},
		"not yesterday":                      {Farewell{Who: of(cast.Lea), As: Left, On: day(-1), Admins: 2}, time.Time{}, "members.ending.past"},
		"not in a hundred years":             {Farewell{Who: of(cast.Lea), As: Left, On: day(36500), Admins: 2}, time.Time{}, "members.ending.far"},
		"not twice":                          {Farewell{Who: gone, As: Left, Admins: 2}, time.Time{}, "members.ending.already"},
		"not the last admin":                 {Farewell{Who: of(cast.Anna), As: Left, Admins: 1}, time.Time{}, "members.ending.last_admin"},
		"the last admin is not shut out":     {Farewell{Who: of(cast.Anna), As: Disabled, Admins: 1}, time.Time{}, "members.ending.last_admin"},
		"one of two":                         {Farewell{Who: of(cast.Anna), As: Left, Admins: 2}, monday, ""},
		"who goes is no longer counted upon": {Farewell{Who: soon, As: Disabled, Admins: 1}, monday, ""},
	} {
		until, err := c.farewell.Until(monday)
		if got := told(err); got != c.want || !until.Equal(c.until) {
			t.Errorf("%s: %v, %q; want %v, %q", name, until, got, c.until, c.want)
		}
	}
}

func TestReturn(t *testing.T) {
	gone, own := of(cast.Lea), again(cast.Anna, access.Caseworker)
	gone.EndedAt, own.EndedAt = &monday, &monday
	for name, c := range map[string]struct {
		back Return
		want string
	}{
		"somebody else":        {Return{of(cast.Anna), gone}, ""},
		"not oneself":          {Return{of(cast.Anna), own}, "members.role.own"},
		"not who has not left": {Return{of(cast.Anna), of(cast.Lea)}, "members.return.already"},
	} {
		if got := told(c.back.Check()); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestState(t *testing.T) {
	before, after := monday.Add(-time.Hour), monday.Add(time.Hour)
	for want, p := range map[State]Person{
		Waiting: {}, Active: {Bound: true}, Leaving: {Bound: true, EndedAt: &after, EndedAs: Left},
		ShutOut: {EndedAt: &before, EndedAs: Disabled}, LongGone: {EndedAt: &before, EndedAs: Left},
	} {
		if got := p.StateAt(monday); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestRedeemable(t *testing.T) {
	until, past := monday.Add(time.Hour), monday
	good := Invitation{ConnectionID: staffDoor, ExpiresAt: &until}
	with := func(change func(*Invitation)) Invitation { i := good; change(&i); return i }
	lea := signin.Identity{ConnectionID: staffDoor, Subject: cast.Lea.Email}
	for name, c := range map[string]struct {
		invitation Invitation
		identity   signin.Identity
		want       bool
	}{
		"in time":                  {good, lea, true},
		"at its end":               {with(func(i *Invitation) { i.ExpiresAt = &past }), lea, false},
		"without a code":           {with(func(i *Invitation) { i.ExpiresAt = nil }), lea, false},
		"withdrawn":                {with(func(i *Invitation) { i.WithdrawnAt = &past }), lea, false},
		"used":                     {with(func(i *Invitation) { i.RedeemedAt = &past }), lea, false},
		"through another door":     {good, signin.Identity{ConnectionID: otherDoor, Subject: cast.Lea.Email}, false},
		"by whoever has invited":   {good, signin.Identity{ConnectionID: staffDoor, Subject: cast.Anna.Email}, false},
		"by who is called like it": {good, signin.Identity{ConnectionID: staffDoor, Subject: "x", Email: cast.Anna.Email}, true},
	} {
		err := c.invitation.Redeemable(c.identity, of(cast.Anna), monday)
		if (err == nil) != c.want || err != nil && told(err) != "members.join.invalid" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCode(t *testing.T) {
	code, hash := signin.NewCode("vaud")
	_, secret, _ := strings.Cut(code, ".")
	if len(secret) != 52 {
		t.Fatalf("%s is short", code)
	}
	for _, typed := range []string{code, " " + strings.ToUpper(code) + "\n", "vaud. " + secret[:20] + "\r\n " + secret[20:], "vaud." + secret[:4] + "-" + secret[4:]} {
		if slug, got, err := readCode(typed); err != nil || slug != "vaud" || string(got) != string(hash) {
			t.Errorf("%q is %q, %v", typed, slug, err)
		}
	}
	for _, typed := range []string{"", "vaud", "vaud.", "." + secret, secret, "vaud." + secret[1:], "vaud." + secret + "aa", "vaud." + strings.Repeat("1", 52)} {
		if _, _, err := readCode(typed); told(err) != "members.join.invalid" {
			t.Errorf("%q: %v", typed, err)
		}
	}
	if other, _ := signin.NewCode("vaud"); other == code {
		t.Error("two codes are one")
	}
}

func TestProposed(t *testing.T) {
	proposals := []Proposal{{"team", access.Coordinator}, {"all", access.Caseworker}, {"root", access.Admin}}
	for groups, want := range map[string]access.Role{"": "", "team": access.Coordinator, "team all": access.Caseworker, "root": "", "admin": "", "Team": ""} {
		if got := proposed(proposals, strings.Fields(groups)); got != want {
			t.Errorf("%q: %q, want %q", groups, got, want)
		}
	}
}

func TestThrough(t *testing.T) {
	connections := []signin.Connection{{ID: staffDoor, EmailDomains: []string{"vaud.example"}}, {ID: otherDoor}}
	for name, c := range map[string]struct {
		draft Draft
		of    []signin.Connection
		want  signin.ConnectionID
	}{
		"by the address":     {Draft{Email: "x@VAUD.example"}, connections, staffDoor},
		"as was chosen":      {Draft{Email: "x@vaud.example", Connection: otherDoor}, connections, otherDoor},
		"the only one":       {Draft{Email: "x@elsewhere.example"}, connections[1:], otherDoor},
		"one of several":     {Draft{Email: "x@elsewhere.example"}, connections, signin.ConnectionID{}},
		"not one of another": {Draft{Email: "x@vaud.example", Connection: ids.New[signin.Connection]()}, connections, signin.ConnectionID{}},
		"there is none":      {Draft{Email: "x@vaud.example"}, nil, signin.ConnectionID{}},
	} {
		if got, err := c.draft.through(c.of); got != c.want || (err == nil) == c.want.Zero() {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}
