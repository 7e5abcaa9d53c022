package passkeys

import (
	"strings"
	"testing"
	"time"

	"passerelle/internal/ids"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

func TestMayRegister(t *testing.T) {
	for name, c := range map[string]struct {
		Standing
		may bool
	}{
		"the first, just signed in":                     {Standing{Fresh: true}, true},
		"the first, in a session that was left open":    {Standing{}, false},
		"the first, as if confirmed":                    {Standing{Confirmed: true}, false},
		"another, just signed in":                       {Standing{Keys: 1, Fresh: true}, false},
		"another, confirmed":                            {Standing{Keys: 1, Confirmed: true}, true},
		"granted, not signed in since":                  {Standing{Keys: 1, Fresh: true, Recovery: true}, false},
		"granted, signed in since":                      {Standing{Keys: 1, Fresh: true, Recovery: true, FreshSince: true}, true},
		"signed in since something that is not granted": {Standing{Keys: 1, FreshSince: true}, false},
	} {
		if err := c.MayRegister(); (err == nil) != c.may {
			t.Errorf("%s: %v", name, err)
		}
	}
	for keys, may := range map[int]bool{0: false, 1: false, 2: true} {
		if err := (Standing{Keys: keys, Confirmed: true}).MayRemove(); (err == nil) != may {
			t.Errorf("removing one of %d: %v", keys, err)
		}
		if (Standing{Keys: keys}).MayRemove() == nil {
			t.Errorf("removing one of %d without having confirmed", keys)
		}
	}
}

func TestGrant(t *testing.T) {
	now := time.Now()
	karim, anna, boris := ids.New[signin.Identity](), ids.New[signin.Identity](), ids.New[signin.Identity]()
	person := ids.New[tenantdb.Person]
	asked := func() *Recovery { return &Recovery{IdentityID: karim, AskedAt: now} }

	r := asked()
	if r.Grant(person(), karim, "moi", now) == nil {
		t.Error("the person grants it")
	}
	if err := r.Grant(person(), anna, " vu ", now); err != nil || r.FirstReason != "vu" || r.State(now) != HalfWay {
		t.Errorf("the first: %v, %+v", err, r)
	}
	// The same account in another membership is the same person.
	if r.Grant(person(), anna, "encore", now) == nil {
		t.Error("one admin grants it twice")
	}
	if r.Granted(now) {
		t.Error("one is enough")
	}
	if err := r.Grant(person(), boris, "rappelé", now); err != nil || !r.Granted(now) || r.State(now) != Granted {
		t.Errorf("the second: %v, %+v", err, r)
	}
	if r.Granted(now.Add(holdsFor)) || !r.Granted(now.Add(holdsFor-time.Second)) {
		t.Error("it does not hold for a day")
	}
	if r.Grant(person(), ids.New[signin.Identity](), "trois", now) == nil {
		t.Error("a third one grants it")
	}
	r = asked()
	if err := r.Refuse(person(), anna, "inconnu", now); err != nil || r.State(now) != Refused || r.Grant(person(), boris, "vu", now) == nil {
		t.Errorf("refused: %v, %+v", err, r)
	}
	for name, late := range map[string]*Recovery{"used": {AskedAt: now, UsedAt: now}, "withdrawn": {AskedAt: now, WithdrawnAt: now}, "lapsed": {AskedAt: now.Add(-waitsFor)}} {
		if late.Grant(person(), anna, "vu", now) == nil {
			t.Errorf("granted what is %s", name)
		}
	}
	for name, reason := range map[string]string{"none": "  ", "too long": strings.Repeat("é", longestReason+1)} {
		if asked().Grant(person(), anna, reason, now) == nil {
			t.Errorf("a reason that is %s", name)
		}
	}
}

func TestNamed(t *testing.T) {
	for typed, want := range map[string]string{"": "otherwise", " \t ": "otherwise", "  Clé\n du  bureau ": "Clé du bureau", strings.Repeat("é", 80): strings.Repeat("é", 60), "a\x00b": "ab"} {
		if got := named(typed, "otherwise"); got != want {
			t.Errorf("%q becomes %q", typed, got)
		}
	}
}

// TestRely: passkeys are bound to a name; where the application is reached by a number alone there are none.
func TestRely(t *testing.T) {
	for origins, want := range map[string]string{
		"https://passerelle.example":                       "https://passerelle.example",
		"http://127.0.0.1:8080 http://localhost:8080":      "http://localhost:8080",
		"http://127.0.0.1:8080":                            "",
		"https://[2001:db8::1]":                            "",
		"http://[::1]:8080 http://localhost:8080":          "http://localhost:8080",
		"https://passerelle.example http://localhost:8080": "https://passerelle.example",
	} {
		r, err := rely(strings.Fields(origins))
		if err != nil || r.origin != want {
			t.Errorf("%s: %q, %v", origins, r.origin, err)
		}
	}
}
