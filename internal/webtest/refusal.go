package webtest

import (
	"net/http"
	"net/url"
	"strings"
)

// Refuses says whether a form is answered by that it is too large, or by hanging up before all of it was sent, which is a refusal as
// well, and cheaper.
func (b *Browser) Refuses(target string, values url.Values) bool {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.resolve(target), strings.NewReader(values.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := b.http.Do(request)
	if err != nil {
		return true
	}
	return response.Body.Close() == nil && response.StatusCode == http.StatusRequestEntityTooLarge
}
