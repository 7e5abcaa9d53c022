package keys_test

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"

	"passerelle/internal/cast"
	"passerelle/internal/keys"
	"passerelle/internal/pgtest"
)

const vaultToken = "hvs.token"

// fakeVault speaks the transit engine's encrypt and decrypt, with an AEAD a version.
type fakeVault struct {
	*httptest.Server
	versions []tink.AEAD
	// instead answers in its place; careless leaves associated_data out, as Vault did before 1.9.
	instead  atomic.Pointer[http.HandlerFunc]
	careless atomic.Bool
	asked    atomic.Int64
}

func newFakeVault(t testing.TB) *fakeVault {
	t.Helper()
	v := &fakeVault{}
	v.rotate(t)
	v.Server = httptest.NewTLSServer(v)
	t.Cleanup(v.Close)
	return v
}

func (v *fakeVault) rotate(t testing.TB) {
	t.Helper()
	handle, err := keyset.NewHandle(aead.AES256GCMNoPrefixKeyTemplate())
	if err != nil {
		t.Fatal(err)
	}
	version, err := aead.New(handle)
	if err != nil {
		t.Fatal(err)
	}
	v.versions = append(v.versions, version)
}

func (v *fakeVault) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.asked.Add(1)
	if instead := v.instead.Load(); instead != nil {
		// A server notices that its client has gone once it has read the body.
		_, _ = io.Copy(io.Discard, r.Body)
		(*instead)(w, r)
		return
	}
	refuse := func(status int, why string) {
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]any{"errors": []string{why}})
	}
	if r.Header.Get("X-Vault-Token") != vaultToken {
		refuse(http.StatusForbidden, "permission denied")
		return
	}
	var question, answer struct {
		Plaintext      []byte `json:"plaintext,omitempty"`
		Ciphertext     string `json:"ciphertext,omitempty"`
		AssociatedData []byte `json:"associated_data,omitempty"`
	}
	if err := json.NewDecoder(r.Body).Decode(&question); err != nil || r.Method != http.MethodPost {
		refuse(http.StatusBadRequest, "malformed")
		return
	}
	if v.careless.Load() {
		question.AssociatedData = nil
	}
	switch r.URL.Path {
	case "/v1/safe/transit/encrypt/passerelle":
		sealed, err := v.versions[len(v.versions)-1].Encrypt(question.Plaintext, question.AssociatedData)
		if err != nil {
			refuse(http.StatusInternalServerError, "failed")
			return
		}
		text, _ := json.Marshal(sealed)
		answer.Ciphertext = fmt.Sprintf("vault:v%d:%s", len(v.versions), strings.Trim(string(text), `"`))
	case "/v1/safe/transit/decrypt/passerelle":
		var version int
		var sealed []byte
		_, text, _ := strings.Cut(strings.TrimPrefix(question.Ciphertext, "vault:v"), ":")
		_, err := fmt.Sscanf(question.Ciphertext, "vault:v%d:", &version)
		if err != nil || version < 1 || version > len(v.versions) || json.Unmarshal([]byte(`"`+text+`"`), &sealed) != nil {
			refuse(http.StatusBadRequest, "invalid ciphertext")
			return
		}
		if answer.Plaintext, err = v.versions[version-1].Decrypt(sealed, question.AssociatedData); err != nil {
			refuse(http.StatusBadRequest, "cipher: message authentication failed")
			return
		}
	default:
		refuse(http.StatusNotFound, "no handler for route")
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"data": answer})
}

// options reach the fake Vault.
func (v *fakeVault) options(t testing.TB) keys.VaultOptions {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: v.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	return keys.VaultOptions{Address: v.URL, Token: vaultToken, Mount: "safe/transit", Key: "passerelle", CAFile: file}
}

func (v *fakeVault) master(t testing.TB) keys.Master {
	t.Helper()
	master, err := keys.Vault(v.options(t))
	if err != nil {
		t.Fatal(err)
	}
	return master
}

func TestVaultWraps(t *testing.T) {
	v := newFakeVault(t)
	master := v.master(t)
	wrapped, err := master.EncryptWithContext(t.Context(), []byte(secret), []byte("vaud"))
	if err != nil || !strings.HasPrefix(string(wrapped), "safe/transit/passerelle:vault:v1:") || !master.Holds(wrapped) {
		t.Fatalf("%s: %v", wrapped, err)
	}
	v.rotate(t)
	if got, err := master.DecryptWithContext(t.Context(), wrapped, []byte("vaud")); err != nil || string(got) != secret {
		t.Errorf("read %q: %v", got, err)
	}
	if again, err := master.EncryptWithContext(t.Context(), []byte(secret), []byte("vaud")); err != nil || !strings.Contains(string(again), ":vault:v2:") {
		t.Errorf("the newest version does not wrap: %s, %v", again, err)
	}
	for name, forged := range map[string]struct{ ciphertext, associated string }{
		"another tenant's": {string(wrapped), "geneve"}, "nobody's": {string(wrapped), ""}, "changed": {string(wrapped[:len(wrapped)-6]) + "AAAAAA", "vaud"},
		"another version": {strings.Replace(string(wrapped), ":v1:", ":v2:", 1), "vaud"}, "no such version": {strings.Replace(string(wrapped), ":v1:", ":v9:", 1), "vaud"},
	} {
		if got, err := master.DecryptWithContext(t.Context(), []byte(forged.ciphertext), []byte(forged.associated)); err == nil || errors.Is(err, keys.ErrUnavailable) || len(got) > 0 {
			t.Errorf("%s: read %q, %v", name, got, err)
		}
	}
	before := v.asked.Load()
	for _, foreign := range []string{"transit/other:vault:v1:AAAA", "vault:v1:AAAA", "", "\x01\x00\x00\x00\x01AAAA"} {
		if _, err := master.DecryptWithContext(t.Context(), []byte(foreign), nil); err == nil || master.Holds([]byte(foreign)) {
			t.Errorf("%q is taken for ours", foreign)
		}
	}
	if v.asked.Load() != before {
		t.Error("Vault was asked to guess")
	}
	v.careless.Store(true)
	if _, err := master.EncryptWithContext(t.Context(), []byte(secret), []byte("vaud")); err == nil || !strings.Contains(err.Error(), "does not authenticate associated_data") {
		t.Errorf("wrapped without saying whose it is: %v", err)
	}
}

// Whatever becomes of Vault, the keys are unavailable, in time, and the token goes nowhere else.
func TestVaultInTrouble(t *testing.T) {
	var leaked atomic.Int64
	elsewhere := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { leaked.Add(1) }))
	defer elsewhere.Close()
	answer := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status); _, _ = io.WriteString(w, body) }
	}
	for name, c := range map[string]struct {
		instead http.HandlerFunc
		want    string
	}{
		"sealed":      {answer(503, `{"errors":["Vault is sealed"]}`), "503 Service Unavailable: it is sealed"},
		"wrong token": {answer(403, `{"errors":["permission denied"]}`), "its token has run out"},
		"no key":      {answer(404, `{}`), "there is no such mount or key"},
		"failing":     {answer(500, "panic"), "500 Internal"},
		"busy":        {answer(429, ""), "429 Too Many"},
		"nonsense":    {answer(200, "<html>"), "cannot be read"},
		"enormous":    {answer(200, `{"data":{"plaintext":"`+strings.Repeat("A", 1<<20)+`"}}`), "too long"},
		"endless": {func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := io.WriteString(w, strings.Repeat(" ", 4096)); err != nil {
					return
				}
			}
		}, "too long"},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+r.URL.Path, http.StatusTemporaryRedirect)
		}, "307 Temporary"},
		"cut off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "900")
			_, _ = io.WriteString(w, `{"data":`)
		}, "read Vault's answer"},
		// To return would be to answer, with nothing, whoever has just given up.
		"slow": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done(); panic(http.ErrAbortHandler) }, "ask Vault"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newFakeVault(t)
			master := v.master(t)
			wrapped, err := master.EncryptWithContext(t.Context(), []byte(secret), []byte("vaud"))
			if err != nil {
				t.Fatal(err)
			}
			v.instead.Store(&c.instead)
			began := time.Now()
			_, reading := master.DecryptWithContext(t.Context(), wrapped, []byte("vaud"))
			_, writing := master.EncryptWithContext(t.Context(), []byte(secret), []byte("vaud"))
			for _, err := range []error{reading, writing} {
				if !errors.Is(err, keys.ErrUnavailable) || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), vaultToken) {
					t.Errorf("got %v", err)
				}
			}
			if took := time.Since(began); took > 9*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
	t.Run("down", func(t *testing.T) {
		v := newFakeVault(t)
		master := v.master(t)
		v.Close()
		if _, err := master.EncryptWithContext(t.Context(), []byte(secret), nil); !errors.Is(err, keys.ErrUnavailable) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("not vouched for", func(t *testing.T) {
		options := newFakeVault(t).options(t)
		options.CAFile = ""
		master, err := keys.Vault(options)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := master.EncryptWithContext(t.Context(), []byte(secret), nil); !errors.Is(err, keys.ErrUnavailable) {
			t.Errorf("got %v", err)
		}
	})
	t.Cleanup(func() {
		if leaked.Load() > 0 {
			t.Error("the token went on to another address")
		}
	})
}

func TestVaultOptions(t *testing.T) {
	good := newFakeVault(t).options(t)
	for want, change := range map[string]func(*keys.VaultOptions){
		"VAULT_ADDR has to be an address with https": func(o *keys.VaultOptions) { o.Address = "http://vault.example:8200" },
		"it is \"\"":                        func(o *keys.VaultOptions) { o.Address = "" },
		"VAULT_TRANSIT_KEY has to be":       func(o *keys.VaultOptions) { o.Key = "a/../../sys/seal" },
		"VAULT_TRANSIT_MOUNT has to be":     func(o *keys.VaultOptions) { o.Mount = "transit?" },
		"VAULT_TOKEN_FILE or VAULT_TOKEN":   func(o *keys.VaultOptions) { o.Token = "" },
		"and not both":                      func(o *keys.VaultOptions) { o.TokenFile = "token" },
		"VAULT_CACERT cannot be read":       func(o *keys.VaultOptions) { o.CAFile = "nowhere.pem" },
		"VAULT_CACERT holds no certificate": func(o *keys.VaultOptions) { o.CAFile = "vault_test.go" },
	} {
		bad := good
		change(&bad)
		if _, err := keys.Vault(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	// An agent on this machine speaks http, and renews the token in its file.
	local := good
	local.Address = "http://127.0.0.1:8200"
	if _, err := keys.Vault(local); err != nil {
		t.Error(err)
	}
	renewed := good
	renewed.Token, renewed.TokenFile = "", filepath.Join(t.TempDir(), "token")
	master, err := keys.Vault(renewed)
	if err != nil {
		t.Fatal(err)
	}
	for token, works := range map[string]bool{"old\n": false, vaultToken + "\n": true} {
		if err := os.WriteFile(renewed.TokenFile, []byte(token), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := master.EncryptWithContext(t.Context(), []byte(secret), nil); (err == nil) != works {
			t.Errorf("%q: %v", token, err)
		}
	}
}

// From a file into Vault, to a newer version of its key, and back: each is a rotation of the master key.
func TestTheMasterKeyMovesIntoVault(t *testing.T) {
	w := newWorld(t)
	v := newFakeVault(t)
	inVault, inFile := v.master(t), newMaster(t)
	move := func(present keys.Master, named string, previous ...keys.Master) {
		t.Helper()
		if err := rotationOf(t, w.Database, keys.Together(present, previous...), nobody).Master(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.readable(t, present, named)
		for name, n := range w.status(t).Masters {
			if n != 2 || !strings.HasPrefix(name, named) {
				t.Errorf("%d are under %s, want all under %s", n, name, named)
			}
		}
	}
	move(inVault, "vault safe/transit/passerelle v1", pgtest.Master())
	v.rotate(t)
	move(inVault, "vault safe/transit/passerelle v2")
	move(inFile, "", inVault)
	v.Close()
	w.readable(t, inFile, "without Vault")
}

// While Vault is down, what is remembered opens, and what is not is unavailable, not forged.
func TestARingWithoutVault(t *testing.T) {
	db := pgtest.New(t)
	v := newFakeVault(t)
	ring := ringWith(t, db, v.master(t))
	holder := created(t, ring, cast.Lea, dossier())
	cold := ringWith(t, db, v.master(t))
	v.Close()
	box(t, ring, cast.Lea, holder) // the tenant's keyset is remembered
	if _, err := cold.Box(as(t, cast.Lea), holder); !errors.Is(err, keys.ErrUnavailable) {
		t.Errorf("reading: %v", err)
	}
	if err := cold.Create(as(t, cast.Claire), dossier()); !errors.Is(err, keys.ErrUnavailable) {
		t.Errorf("making: %v", err)
	}
	ctx, cancel := context.WithCancel(as(t, cast.Lea))
	cancel()
	if _, err := cold.Box(ctx, holder); errors.Is(err, keys.ErrForged) {
		t.Errorf("whoever goes away is told of a forgery: %v", err)
	}
}
