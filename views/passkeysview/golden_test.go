package passkeysview

import (
	"bytes"
	"context"
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/a-h/templ"

	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/passkeys"
	"passerelle/views/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

var main = regexp.MustCompile(`(?s)<main .*</main>`)

// TestPages keeps what each page says as a file, and compares.
func TestPages(t *testing.T) {
	t.Parallel()
	hostile := `"><script>alert(1)</script>`
	at := time.Date(2026, time.November, 27, 9, 30, 0, 0, i18n.Zone)
	ceremony := passkeys.Ceremony{ChallengeID: ids.MustParse[passkeys.Ceremony]("00000000-0000-4000-8000-000000000001"), Options: `{"challenge":"AAAA","rpId":"localhost"}`}
	one := passkeys.Passkey{PasskeyID: ids.MustParse[passkeys.Passkey]("00000000-0000-4000-8000-000000000002"), Name: hostile, AddedAt: at}
	two := passkeys.Passkey{PasskeyID: ids.MustParse[passkeys.Passkey]("00000000-0000-4000-8000-000000000003"), Name: "Clé du bureau", AddedAt: at, UsedAt: at}
	asked := passkeys.Recovery{RecoveryID: ids.MustParse[passkeys.Recovery]("00000000-0000-4000-8000-000000000004"), Name: "Karim Benali", OfficeName: "", AskedAt: at}
	half := asked
	half.FirstName, half.FirstReason, half.FirstAt = "Anna Rossier", hostile, at
	granted := half
	granted.SecondName, granted.SecondReason, granted.SecondAt = "Boris Chappuis", "Rappelé.", at
	own := func(keys ...passkeys.Passkey) passkeys.Own {
		return passkeys.Own{Standing: passkeys.Standing{Keys: len(keys)}, Passkeys: keys, Administrators: 2}
	}
	waiting, few := own(two), own(two)
	waiting.Asked, few.Administrators = &granted, 1
	reason := fault.Problems{{Field: "reason", Key: "passkeys.recovery.reason.missing"}}
	for name, page := range map[string]struct {
		lang      i18n.Lang
		component templ.Component
	}{
		"confirmation":       {i18n.FR, NewConfirmation(ConfirmationForm{Ceremony: ceremony, Return: "/exports"})},
		"confirmation-again": {i18n.DE, NewConfirmation(ConfirmationForm{Ceremony: ceremony, Return: "/exports", Recovery: true, Problems: fault.Problems{{Key: "passkeys.refused.answer"}}})},
		"elsewhere":          {i18n.IT, Elsewhere("http://localhost:8080", "/confirmation?return=%2Fexports")},
		"nowhere":            {i18n.EN, Elsewhere("", "/confirmation")},
		"onward":             {i18n.FR, Onward("/exports", "/exports", url.Values{"reason": {hostile, "b"}, "a": {"1"}})},
		"again":              {i18n.DE, Again(NewForm{Own: own(), Return: "/exports"})},
		"new":                {i18n.FR, NewPasskey(NewForm{Own: own(), Ceremony: ceremony, Return: "/exports", Name: hostile})},
		"list-empty":         {i18n.EN, List(ListPage{Own: own(), Now: at})},
		"list":               {i18n.FR, List(ListPage{Own: own(one, two), Now: at})},
		"list-granted":       {i18n.IT, List(ListPage{Own: waiting, Now: at})},
		"list-few":           {i18n.DE, List(ListPage{Own: few, Now: at})},
		"recoveries-empty":   {i18n.IT, Recoveries(nil, at)},
		"recoveries":         {i18n.FR, Recoveries([]passkeys.Recovery{asked, half, granted}, at)},
		"recovery":           {i18n.DE, Recovery(RecoveryPage{Considered: passkeys.Considered{Recovery: half}, Now: at, Reason: hostile, Problems: reason})},
		"recovery-said":      {i18n.EN, Recovery(RecoveryPage{Considered: passkeys.Considered{Recovery: half, Said: true}, Now: at})},
		"recovery-own":       {i18n.FR, Recovery(RecoveryPage{Considered: passkeys.Considered{Recovery: asked, Own: true}, Now: at})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var whole bytes.Buffer
			request := ui.Request{Nonce: "NONCE", CSRF: "TOKEN", Path: "/passkeys", Version: "1.0", Person: &ui.Person{Name: "Karim Benali"}}
			if err := page.component.Render(ui.WithRequest(i18n.With(context.Background(), page.lang), request), &whole); err != nil {
				t.Fatal(err)
			}
			// The frame around it has goldens of its own.
			got := append(main.Find(whole.Bytes()), '\n')
			golden := filepath.Join("testdata", name+".html")
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("the page differs from %s; look at the difference, then run with -update", golden)
			}
			if bytes.Contains(got, []byte("<script>alert")) {
				t.Error("what was typed became markup")
			}
		})
	}
}
