package keys

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"
)

// VaultOptions say where a key of Vault's transit engine is, and what lets us use it.
type VaultOptions struct {
	// Address is https, or http on this machine, where an agent of Vault's listens.
	Address string
	// Token, or TokenFile, which is read for each request: an agent renews it.
	Token, TokenFile string
	// Mount is where the engine is mounted, Key the name of the key.
	Mount, Key string
	// Namespace is one of Vault Enterprise; CAFile vouches for the server, instead of the authorities of the system.
	Namespace, CAFile string
}

const (
	// vaultTimeout is how long Vault may take for an answer: less than a request of ours may.
	vaultTimeout = 3 * time.Second
	// vaultAnswer is how long an answer may be, in bytes. A keyset has some hundreds.
	vaultAnswer = 64 << 10
)

var vaultName = regexp.MustCompile(`^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$`)

// vaultWrapped is what Vault wrapped: the mount and the key, which we put before it, and the version of the key.
var vaultWrapped = regexp.MustCompile(`^([A-Za-z0-9_./-]+):vault:v([0-9]+):`)

// Vault is a master key that never leaves Vault. Nobody is asked before the first keyset is wrapped or unwrapped.
func Vault(options VaultOptions) (Master, error) {
	address, err := url.Parse(options.Address)
	if err != nil || address.Host == "" || address.Scheme != "https" && !(address.Scheme == "http" && loopback(address.Hostname())) {
		return nil, fmt.Errorf("VAULT_ADDR has to be an address with https, or with http on this machine; it is %q", options.Address)
	}
	for setting, name := range map[string]string{"VAULT_TRANSIT_MOUNT": options.Mount, "VAULT_TRANSIT_KEY": options.Key} {
		if !vaultName.MatchString(name) || strings.Contains(name, "..") {
			return nil, fmt.Errorf("%s has to be a name of Vault's, such as transit or passerelle; it is %q", setting, name)
		}
	}
	if (options.Token == "") == (options.TokenFile == "") {
		return nil, errors.New("VAULT_TOKEN_FILE or VAULT_TOKEN has to be set, and not both: what lets passerelle use the key")
	}
	roots, err := authorities(options.CAFile)
	if err != nil {
		return nil, err
	}
	return vault{options, address.JoinPath("v1", options.Mount), &http.Client{ // #nosec G125 -- settings of whoever runs it
		Timeout: vaultTimeout,
		// The token goes where it was meant to, and nowhere else: neither on to another address nor through a proxy.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}, ForceAttemptHTTP2: true,
			MaxResponseHeaderBytes: vaultAnswer, IdleConnTimeout: time.Minute, MaxIdleConnsPerHost: 4,
		},
	}}, nil
}

func loopback(host string) bool { return host == "localhost" || net.ParseIP(host).IsLoopback() }

func authorities(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("the certificates in VAULT_CACERT cannot be read: %w", errors.Unwrap(err))
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, errors.New("the file VAULT_CACERT holds no certificate in PEM")
	}
	return pool, nil
}

type vault struct {
	options VaultOptions
	engine  *url.URL
	client  *http.Client
}

func (v vault) prefix() string { return v.options.Mount + "/" + v.options.Key + ":" }

// Holds goes by the names before the ciphertext: Vault itself says only which version of some key it was.
func (v vault) Holds(ciphertext []byte) bool {
	return vaultWrapped.Match(ciphertext) && bytes.HasPrefix(ciphertext, []byte(v.prefix()))
}

// transit is what is asked of the engine, and what it answers. Bytes travel in base64.
type transit struct {
	Plaintext      []byte `json:"plaintext,omitempty"`
	Ciphertext     string `json:"ciphertext,omitempty"`
	AssociatedData []byte `json:"associated_data,omitempty"`
}

// EncryptWithContext wraps, and makes sure that what was to be authenticated is: a Vault from before 1.9 leaves it out
// without a word.
func (v vault) EncryptWithContext(ctx context.Context, plaintext, associated []byte) ([]byte, error) {
	answer, err := v.ask(ctx, "encrypt", transit{Plaintext: plaintext, AssociatedData: associated})
	if err != nil {
		return nil, unavailable(err)
	}
	wrapped := []byte(v.prefix() + answer.Ciphertext)
	if !v.Holds(wrapped) {
		return nil, unavailable(errors.New("Vault has not answered with a ciphertext"))
	}
	_, err = v.ask(ctx, "decrypt", transit{Ciphertext: answer.Ciphertext, AssociatedData: append(bytes.Clone(associated), '!')})
	switch {
	case err == nil:
		return nil, unavailable(errors.New("Vault does not authenticate associated_data: a newer one is needed, and a key of the type aes256-gcm96"))
	case errors.Is(err, errVaultRefuses):
		return wrapped, nil
	default:
		return nil, unavailable(err)
	}
}

func (v vault) DecryptWithContext(ctx context.Context, ciphertext, associated []byte) ([]byte, error) {
	if !v.Holds(ciphertext) {
		return nil, &UnknownMasterError{masterOf(ciphertext)}
	}
	answer, err := v.ask(ctx, "decrypt", transit{Ciphertext: string(ciphertext[len(v.prefix()):]), AssociatedData: associated})
	if err != nil && !errors.Is(err, errVaultRefuses) {
		return nil, unavailable(err)
	}
	return answer.Plaintext, err
}

// Reach has Vault seal a word that means nothing: whether it answers, is unsealed, and lets us.
func (v vault) Reach(ctx context.Context) error {
	if _, err := v.ask(ctx, "encrypt", transit{Plaintext: []byte("-")}); err != nil {
		return unavailable(err)
	}
	return nil
}

func unavailable(err error) error { return fmt.Errorf("%w: %w", ErrUnavailable, err) }

// errVaultRefuses is Vault's answer to a ciphertext that its key did not make, or not with this associated data.
var errVaultRefuses = errors.New("Vault does not open this")

func (v vault) ask(ctx context.Context, operation string, question transit) (answer transit, err error) {
	token, err := v.token()
	if err != nil {
		return answer, err
	}
	body, err := json.Marshal(question)
	if err != nil {
		return answer, errUnwritable
	}
	defer clear(body)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, v.engine.JoinPath(operation, v.options.Key).String(), bytes.NewReader(body)) // #nosec G125 -- the same
	if err != nil {
		return answer, errors.New("Vault cannot be asked at VAULT_ADDR")
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Vault-Token", token)
	request.Header.Set("X-Vault-Request", "true")
	if v.options.Namespace != "" {
		request.Header.Set("X-Vault-Namespace", v.options.Namespace)
	}
	response, err := v.client.Do(request)
	if err != nil {
		return answer, fmt.Errorf("ask Vault: %w", reason(err))
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, vaultAnswer+1))
	defer clear(text)
	switch {
	case err != nil:
		return answer, fmt.Errorf("read Vault's answer: %w", reason(err))
	case response.StatusCode == http.StatusBadRequest && operation == "decrypt":
		return answer, errVaultRefuses
	case response.StatusCode != http.StatusOK:
		return answer, fmt.Errorf("vault answers %s%s", response.Status, meaning[response.StatusCode])
	case len(text) > vaultAnswer:
		return answer, errors.New("vault's answer is too long")
	}
	var data struct{ Data transit }
	if json.Unmarshal(text, &data) != nil {
		return answer, errors.New("vault: the answer cannot be read")
	}
	return data.Data, nil
}

// meaning is what an operator can do about an answer.
var meaning = map[int]string{
	http.StatusBadRequest:         ": is the key of the type aes256-gcm96?",
	http.StatusForbidden:          ": its token has run out, or may not use the key",
	http.StatusNotFound:           ": there is no such mount or key",
	http.StatusServiceUnavailable: ": it is sealed",
}

// reason is the error without the address that a *url.Error repeats.
func reason(err error) error {
	var at *url.Error
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

func (v vault) token() (string, error) {
	if v.options.TokenFile == "" {
		return v.options.Token, nil
	}
	text, err := os.ReadFile(v.options.TokenFile)
	if err != nil {
		return "", fmt.Errorf("read VAULT_TOKEN_FILE: %w", errors.Unwrap(err))
	}
	return strings.TrimSpace(string(text)), nil
}
