package browsertest

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"passerelle/internal/cast"
	"passerelle/internal/i18n"
	"passerelle/internal/webtest"
	"passerelle/views/paths"
)

// securityKey is plugged into the window: Chromium's own, in software.
type securityKey struct {
	p  *person
	id webauthn.AuthenticatorID
}

// plugIn gives the person a security key that she touches whenever it is asked for.
func (p *person) plugIn() *securityKey {
	p.t.Helper()
	k := &securityKey{p: p}
	p.do(webauthn.Enable(), chromedp.ActionFunc(func(ctx context.Context) (err error) {
		k.id, err = webauthn.AddVirtualAuthenticator(&webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportUsb,
			HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
		}).Do(ctx)
		return err
	}))
	return k
}

// forgets has the person no longer know the PIN of her key.
func (k *securityKey) forgets(yes bool) {
	k.p.t.Helper()
	k.p.do(webauthn.SetUserVerified(k.id, !yes))
}

// registers goes through what comes before the first passkey, which is asked for on the way: signing in once more.
func (p *person) registers(who cast.Person) {
	p.t.Helper()
	p.at("passkeys.new.title")
	p.press(words(p.say("passkeys.again.submit")))
	p.at("signin.demo.who")
	p.press(on(`button[value="` + who.Email + `"]`))
	p.at("passkeys.new.title")
	p.press(words(p.say("passkeys.new.submit")))
}

// TestConfirmingWithAPasskey: a coordinator exports for the first time, and is asked for a passkey on the way; whoever cancels is
// told so and tries again; what needs none goes on as before.
func TestConfirmingWithAPasskey(t *testing.T) {
	for _, s := range []style{{lang: i18n.FR, width: wide}, {lang: i18n.DE, width: narrow, keyboard: true}, {lang: i18n.IT, width: narrow}, {lang: i18n.EN, width: wide}} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			karim := sit(t, webtest.Start(t), s)
			key := karim.plugIn()
			karim.signIn(cast.Karim)
			karim.visit(paths.NewExport)
			karim.registers(cast.Karim)
			karim.at("exports.new.title")
			karim.visit("/passkeys")
			karim.at("passkeys.title")
			karim.sees(karim.say("passkeys.single"))

			// Another session: having confirmed in the first one counts for nothing.
			karim.signsOut()
			karim.signIn(cast.Karim)
			karim.visit(paths.NewExport)
			karim.at("passkeys.confirm.title")
			key.forgets(true)
			karim.press(words(karim.say("passkeys.confirm.submit")))
			karim.sees(karim.say("passkeys.script.cancelled"))
			key.forgets(false)
			karim.press(words(karim.say("passkeys.confirm.submit")))
			karim.at("exports.new.title")
		})
	}
}

// TestPasskeysWithoutScripts: the page says plainly that it needs one, and lets nobody past.
func TestPasskeysWithoutScripts(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	if page := site.SignIn(t, cast.Karim).Get(paths.NewExport); page.URL.Path != paths.NewExport {
		t.Fatal(page.URL)
	}
	karim := sit(t, site, style{lang: i18n.FR, width: wide, noScript: true})
	karim.signedIn(cast.Karim)
	karim.visit(paths.NewExport)
	karim.at("passkeys.confirm.title")
	karim.sees(karim.say("passkeys.no_script"))
	karim.wanted = append(karim.wanted, 422)
	karim.press(words(karim.say("passkeys.confirm.submit")))
	karim.at("passkeys.confirm.title")
	karim.sees(karim.say("passkeys.refused.silent"))
}
