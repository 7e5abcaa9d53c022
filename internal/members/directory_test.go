package members_test

import (
	"errors"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/members"
)

// A directory shuts out whomever it wants, but for one of the last two who administer, by whichever other membership she or he has.
func TestShutting(t *testing.T) {
	t.Parallel()
	now := time.Now()
	admin, caseworker := members.Person{Role: access.Admin}, members.Person{Role: access.Caseworker}
	gone := admin
	gone.EndedAt = &now
	for name, c := range map[string]struct {
		people []members.Person
		admins int
		want   error
	}{
		"nobody":                      {nil, 2, nil},
		"a caseworker":                {[]members.Person{caseworker}, 1, nil},
		"one of three":                {[]members.Person{admin}, 3, nil},
		"one of two":                  {[]members.Person{admin}, 2, members.ErrLastAdmins},
		"the only one":                {[]members.Person{admin}, 1, members.ErrLastAdmins},
		"who is a caseworker as well": {[]members.Person{caseworker, admin}, 2, members.ErrLastAdmins},
		"who administers no more":     {[]members.Person{gone}, 2, nil},
	} {
		if err := (members.Shutting{People: c.people, Admins: c.admins}).Check(now); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
