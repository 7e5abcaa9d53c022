package signin

import "net/http"

// Through has the door reach providers through a test's own transport, within the bounds that hold for the real ones.
func (s *Service) Through(next http.RoundTripper) {
	s.providers.client.Transport = bounded{next: next}
}
