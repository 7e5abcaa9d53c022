package signin

import (
	"crypto/subtle"
	"encoding/json"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

const (
	tokenSkew = 5 * time.Minute
	// longestIssued is how long ago an ID token may have been issued: Entra ID dates its tokens five minutes back, and what
	// a clock may be off comes on top. That the token answers this sign-in, which lasts no longer, is the nonce's to say.
	longestIssued = 5*time.Minute + tokenSkew
	// freshSkew is by how much a provider's clock may be behind ours where somebody had to sign in anew.
	freshSkew      = time.Minute
	longestSubject = 255
	longestDisplay = 200
)

// claims are what is read of an ID token beside what the library checks. Groups are shown to whoever gives somebody a role, and
// grant nothing. Whatever else a provider asserts (roles, a tenant) is not even read.
type claims struct {
	AuthorizedParty string  `json:"azp"`
	SignedInAt      float64 `json:"auth_time"`
	Session         string  `json:"sid"`
	Groups          groups  `json:"groups"`
}

// groups are read where they are a list of texts, and are none where a provider means something else by the name.
type groups []string

// UnmarshalJSON reads them.
func (g *groups) UnmarshalJSON(text []byte) error {
	var said []string
	if json.Unmarshal(text, &said) == nil {
		*g = said
	}
	return nil
}

// vouched is who the provider says that this is.
type vouched struct {
	subject, name, email string
	// claims are all that the ID token says, for a trial to show.
	claims  map[string]any
	session string // what the provider calls the session, where it says
	groups  []string
}

// examine checks of a verified ID token what go-oidc leaves to its caller (OpenID Connect Core 3.1.3.7). Earliest is since when
// the person has to have signed in to the provider, where that was asked for (prompt=login, max_age=0): a browser can strip what
// was asked, so that what counts is what the provider signs.
func examine(token *oidc.IDToken, accessToken, nonce string, connection Connection, earliest, now time.Time) (vouched, Reason) {
	var said claims
	var all map[string]any
	if token.Claims(&said) != nil || token.Claims(&all) != nil {
		return vouched{}, ReasonToken
	}
	who := vouched{
		subject: token.Subject, session: said.Session, groups: shownGroups(said.Groups), name: shortened(textOf(all, connection.NameClaim)), email: shortened(textOf(all, connection.EmailClaim)), claims: all,
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(nonce)) != 1 {
		return who, ReasonNonce
	}
	if (len(token.Audience) > 1 || said.AuthorizedParty != "") && said.AuthorizedParty != connection.ClientID {
		return who, ReasonParty
	}
	if age := now.Sub(token.IssuedAt); age > longestIssued || age < -tokenSkew {
		return who, ReasonIssuedAt
	}
	// Some providers leave auth_time out; one that is there has to hold.
	if said.SignedInAt != 0 && now.Sub(time.Unix(int64(said.SignedInAt), 0)) > longestSignedIn+tokenSkew {
		return who, ReasonSignedInLong
	}
	if !earliest.IsZero() && time.Unix(int64(said.SignedInAt), 0).Before(earliest) {
		return who, ReasonNotAnew
	}
	// at_hash is optional in the code flow, where the access token comes from the provider itself.
	if token.AccessTokenHash != "" && token.VerifyAccessToken(accessToken) != nil {
		return who, ReasonAccessToken
	}
	if token.Subject == "" || len(token.Subject) > longestSubject {
		return who, ReasonNobody
	}
	return who, connection.belongs(all)
}

// textOf is a claim that is a text, or the first of several.
func textOf(claims map[string]any, name string) string {
	switch value := claims[name].(type) {
	case string:
		return value
	case []any:
		if len(value) > 0 {
			text, _ := value[0].(string)
			return text
		}
	}
	return ""
}

// shortened keeps display text displayable.
func shortened(text string) string {
	runes := []rune(text)
	if len(runes) > longestDisplay {
		runes = runes[:longestDisplay]
	}
	kept := runes[:0]
	for _, r := range runes {
		if r >= ' ' && r != 0x7f {
			kept = append(kept, r)
		}
	}
	return string(kept)
}
