package webtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"net/url"
	"strings"
	"testing"

	"github.com/descope/virtualwebauthn"
)

// Passkey is a security key in software: it makes key pairs and signs with them, as the standard says, and asks nobody. A browser
// that somebody has signed in with has one, and answers with it when a page asks, as if its person had touched it.
type Passkey struct {
	Authenticator virtualwebauthn.Authenticator
	// Origin is where the browser believes to be; empty is the site's own.
	Origin string
	// Count is how often it has signed; a copy of it counts by itself.
	Count uint32
}

// NewPasskey is a key that nobody has registered yet.
func NewPasskey() *Passkey { return &Passkey{Authenticator: virtualwebauthn.NewAuthenticator()} }

func (p *Passkey) relying(site *Site) virtualwebauthn.RelyingParty {
	origin := p.Origin
	if origin == "" {
		origin = site.URL
	}
	at, _ := url.Parse(origin)
	return virtualwebauthn.RelyingParty{ID: at.Hostname(), Name: "Passerelle", Origin: origin}
}

// Register makes a key pair for what a page asks, and gives the answer.
func (p *Passkey) Register(t testing.TB, site *Site, options string) string {
	t.Helper()
	asked, err := virtualwebauthn.ParseAttestationOptions(options)
	if err != nil {
		t.Fatal(err)
	}
	credential := virtualwebauthn.NewCredentialWithImportedKey(virtualwebauthn.KeyTypeEC2, keyPair(t))
	answer := virtualwebauthn.CreateAttestationResponse(p.relying(site), p.Authenticator, credential, *asked)
	p.Authenticator.AddCredential(credential)
	return answer
}

// keyPair is one whose point has no coordinate that begins with a zero: the library would leave that out of the public key, and one
// registration in a hundred would be refused.
func keyPair(t testing.TB) []byte {
	t.Helper()
	for {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		point, err := key.PublicKey.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		if point[1] == 0 || point[33] == 0 {
			continue
		}
		encoded, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		return encoded
	}
}

// Sign signs what a page asks, with the first key pair that the page allows.
func (p *Passkey) Sign(t testing.TB, site *Site, options string) string {
	t.Helper()
	asked, err := virtualwebauthn.ParseAssertionOptions(options)
	if err != nil {
		t.Fatal(err)
	}
	credential := p.Authenticator.FindAllowedCredential(*asked)
	if credential == nil {
		t.Fatal("none of the keys is asked for")
	}
	p.Count++
	counted := *credential
	counted.Counter = p.Count
	return virtualwebauthn.CreateAssertionResponse(p.relying(site), p.Authenticator, counted, *asked)
}

// asks says whether a page wants a passkey, or what comes before and after one.
func asks(page *Page) bool {
	return strings.HasPrefix(page.URL.Path, "/confirmation") || page.URL.Path == "/passkeys/new"
}

// confirm does what a page that asks for a passkey wants, as the person would: signs in once more, registers one, signs, goes on.
func (b *Browser) confirm(page *Page) *Page {
	b.t.Helper()
	b.busy = true
	defer func() { b.busy = false }()
	for step := 0; asks(page); step++ {
		if step > 8 {
			b.t.Fatalf("confirming does not end: %d %s\n%s", page.Status, page.URL, page.Text())
		}
		options := page.Document.Find("form[data-passkey]").AttrOr("data-options", "")
		switch {
		case page.Has("form[data-passkey=register]"):
			page = page.Submit("form[data-passkey]", url.Values{"answer": {b.Passkey.Register(b.t, b.site, options)}})
		case page.Has("form[data-passkey=confirm]"):
			page = page.Submit("form[data-passkey]", url.Values{"answer": {b.Passkey.Sign(b.t, b.site, options)}})
		case page.Has("form[action='/signin/again']"):
			page = b.SignInAgain(page)
		case page.Has("form[data-onward]"):
			page = page.Submit("form[data-onward]", nil)
		default:
			return page
		}
	}
	return page
}

// SignInAgain follows a page that wants the person to sign in to the provider once more.
func (b *Browser) SignInAgain(page *Page) *Page {
	b.t.Helper()
	b.token = ""
	page = b.continueTo(page.Submit("form[action='/signin/again']", nil))
	return page.SubmitButton("button:contains('" + b.person.Email + "')")
}
