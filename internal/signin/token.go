package signin

import (
	"crypto/subtle"
	"encoding/json"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

const (
	tokenSkew      = 5 * time.Minute
	longestSubject = 255
	longestDisplay = 200
)

// claims are what is read of an ID token beside what the library checks. Groups are shown to whoever gives somebody a role, and
// grant nothing. Whatever else a provider asserts (roles, a tenant) is not even read.
type claims struct {
	AuthorizedParty string  `json:"azp"`
	SignedInAt      float64 `json:"auth_time"`
	Name            string  `json:"name"`
	Email           string  `json:"email"`
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
	groups               []string
}

// examine checks of a verified ID token what go-oidc leaves to its caller (OpenID Connect Core 3.1.3.7).
func examine(token *oidc.IDToken, accessToken, nonce, clientID string, now time.Time) (vouched, Reason) {
	var said claims
	if err := token.Claims(&said); err != nil {
		return vouched{}, ReasonToken
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(nonce)) != 1 {
		return vouched{}, ReasonNonce
	}
	if (len(token.Audience) > 1 || said.AuthorizedParty != "") && said.AuthorizedParty != clientID {
		return vouched{}, ReasonParty
	}
	if age := now.Sub(token.IssuedAt); age > tokenSkew || age < -tokenSkew {
		return vouched{}, ReasonIssuedAt
	}
	// Some providers leave auth_time out; one that is there has to hold.
	if said.SignedInAt != 0 && now.Sub(time.Unix(int64(said.SignedInAt), 0)) > longestSignedIn+tokenSkew {
		return vouched{}, ReasonSignedInLong
	}
	// at_hash is optional in the code flow, where the access token comes from the provider itself.
	if token.AccessTokenHash != "" && token.VerifyAccessToken(accessToken) != nil {
		return vouched{}, ReasonAccessToken
	}
	if token.Subject == "" || len(token.Subject) > longestSubject {
		return vouched{}, ReasonNobody
	}
	return vouched{subject: token.Subject, name: shortened(said.Name), email: shortened(said.Email), groups: shownGroups(said.Groups)}, ""
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
