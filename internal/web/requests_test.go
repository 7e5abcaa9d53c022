package web_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestT01 sends requests that two parsers could read differently: each is refused, and none carries a second one in.
func TestT01(t *testing.T) {
	s := start(t)
	const smuggled = "GET /smuggled HTTP/1.1\r\nHost: passerelle.example\r\n\r\n"
	for name, raw := range map[string]string{
		"length and chunks":        "POST /open HTTP/1.1\r\nHost: passerelle.example\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled,
		"two lengths":              "POST /open HTTP/1.1\r\nHost: passerelle.example\r\nContent-Length: 0\r\nContent-Length: 59\r\n\r\n" + smuggled,
		"a space before the colon": "POST /open HTTP/1.1\r\nHost: passerelle.example\r\nContent-Length : 59\r\n\r\n" + smuggled,
		"a line end in an extension": "POST /open HTTP/1.1\r\nHost: passerelle.example\r\nTransfer-Encoding: chunked\r\n\r\n1;x\n" +
			"\r\n0\r\n\r\n" + smuggled,
		"bare line feeds":         "GET /open HTTP/1.1\nHost: passerelle.example\n\n" + smuggled,
		"chunked with an x":       "POST /open HTTP/1.1\r\nHost: passerelle.example\r\nTransfer-Encoding: xchunked\r\n\r\n" + smuggled,
		"a length with a plus":    "POST /open HTTP/1.1\r\nHost: passerelle.example\r\nContent-Length: +3\r\n\r\nabc" + smuggled,
		"a negative length":       "POST /open HTTP/1.1\r\nHost: passerelle.example\r\nContent-Length: -1\r\n\r\n" + smuggled,
		"a chunk size with 0x":    "POST /open HTTP/1.1\r\nHost: passerelle.example\r\nTransfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n" + smuggled,
		"two transfer encodings":  "POST /open HTTP/1.1\r\nHost: passerelle.example\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + smuggled,
		"two hosts":               "GET /open HTTP/1.1\r\nHost: passerelle.example\r\nHost: other.example\r\n\r\n" + smuggled,
		"a header over two lines": "GET /open HTTP/1.1\r\nHost: passerelle.example\r\nX-Long: a\r\n Content-Length: 59\r\nTransfer-Encoding: xchunked\r\n\r\n" + smuggled,
		"a host behind the first": "GET /open HTTP/1.1\r\nHost: passerelle.example, other.example\r\n\r\n" + smuggled,
	} {
		t.Run(name, func(t *testing.T) {
			before := s.smuggled.Load()
			conn, err := net.Dial("tcp", s.address)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			_ = conn.SetDeadline(time.Now().Add(3 * time.Second))
			if _, err := io.WriteString(conn, raw); err != nil {
				t.Fatal(err)
			}
			said := bufio.NewReader(conn)
			response, err := http.ReadResponse(said, nil)
			if err == nil {
				if response.StatusCode < 400 {
					t.Errorf("answered %s", response.Status)
				}
				_, _ = io.Copy(io.Discard, response.Body)
				if second, err := http.ReadResponse(said, nil); err == nil {
					t.Errorf("a second answer on the same connection: %s", second.Status)
				}
			}
			if s.smuggled.Load() != before {
				t.Error("the second request was served")
			}
		})
	}
}

// TestT02 asks for other hosts.
func TestT02(t *testing.T) {
	s := start(t)
	for name, test := range map[string]struct {
		header map[string]string
		want   int
	}{
		"ours":              {map[string]string{}, http.StatusOK},
		"another host":      {map[string]string{"Host": "evil.example"}, http.StatusMisdirectedRequest},
		"ours, with a port": {map[string]string{"Host": "passerelle.example:81"}, http.StatusMisdirectedRequest},
		"a forwarded host":  {map[string]string{"Host": "evil.example", "X-Forwarded-Host": "passerelle.example"}, http.StatusMisdirectedRequest},
		"ours, believed to be forwarded for another": {map[string]string{"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "Forwarded": "host=evil.example"}, http.StatusOK},
		"an alias leads home":                        {map[string]string{"Host": "alias.example"}, http.StatusSeeOther},
	} {
		if response, _ := s.ask(t, "GET", "/open", test.header, ""); response.StatusCode != test.want {
			t.Errorf("%s: %d, want %d", name, response.StatusCode, test.want)
		}
	}
	for name, raw := range map[string]string{
		"no host":            "GET /open HTTP/1.1\r\n\r\n",
		"an absolute target": "GET http://evil.example/open HTTP/1.1\r\nHost: passerelle.example\r\n\r\n",
		"another's host in an absolute target of ours": "GET http://passerelle.example/open HTTP/1.1\r\nHost: evil.example\r\n\r\n",
		"two hosts, ours first":                        "GET /open HTTP/1.1\r\nHost: passerelle.example\r\nHost: evil.example\r\n\r\n",
		"two hosts, ours second":                       "GET /open HTTP/1.1\r\nHost: evil.example\r\nHost: passerelle.example\r\n\r\n",
	} {
		conn, err := net.Dial("tcp", s.address)
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(3 * time.Second))
		fmt.Fprint(conn, raw)
		if response, err := http.ReadResponse(bufio.NewReader(conn), nil); err == nil && response.StatusCode < 400 {
			t.Errorf("%s: answered %s", name, response.Status)
		}
		conn.Close()
	}
	if response, _ := s.ask(t, "GET", "/open", map[string]string{"Host": "alias.example", "X-Forwarded-Host": "evil.example"}, ""); response.Header.Get("Location") != origin+"/open" {
		t.Errorf("the alias leads to %q", response.Header.Get("Location"))
	}
}

// TestT03 sends bodies that are small to send and large to read.
func TestT03(t *testing.T) {
	s := start(t)
	var bomb bytes.Buffer
	w := gzip.NewWriter(&bomb)
	zeros := make([]byte, 8<<20)
	for range 25 { // 200 MiB, in some 200 KiB: no more to send than a form may have
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	w.Close()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	form := map[string]string{"As": "lea", "Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
	with := func(name, value string) map[string]string {
		header := map[string]string{name: value}
		for k, v := range form {
			if k != name {
				header[k] = v
			}
		}
		return header
	}
	for name, test := range map[string]struct {
		header map[string]string
		body   string
		want   int
	}{
		"compressed":                      {with("Content-Encoding", "gzip"), bomb.String(), http.StatusUnsupportedMediaType},
		"compressed, three times as much": {with("Content-Encoding", "gzip"), strings.Repeat(bomb.String(), 3), http.StatusRequestEntityTooLarge},
		"compressed often":                {with("Content-Encoding", strings.Repeat("gzip,", 64)), "x", http.StatusUnsupportedMediaType},
		"JSON":                            {with("Content-Type", "application/json"), `{"a":1}`, http.StatusUnsupportedMediaType},
		"a little too much":               {form, strings.Repeat("a", 257<<10), http.StatusRequestEntityTooLarge},
		"ten megabytes":                   {form, strings.Repeat("a", 10<<20), http.StatusRequestEntityTooLarge},
		"a header of 40 kB":               {with("X-Long", strings.Repeat("a", 40<<10)), "", http.StatusRequestHeaderFieldsTooLarge},
		"a form as it should be":          {form, "_csrf=token-of-lea&name=Amina", http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			request, err := http.NewRequest("POST", "http://"+s.address+"/dossiers", strings.NewReader(test.body))
			if err != nil {
				t.Fatal(err)
			}
			request.Host = "passerelle.example"
			request.Header.Set("Accept-Language", "it")
			for k, v := range test.header {
				request.Header.Set(k, v)
			}
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				// The server closed before all was sent: refused as well, and cheaper.
				return
			}
			defer response.Body.Close()
			if response.StatusCode != test.want {
				t.Errorf("%d, want %d", response.StatusCode, test.want)
			}
			page, err := io.ReadAll(response.Body)
			if err == nil && test.want >= 400 && (!bytes.Contains(page, []byte(`lang="it"`)) || !strings.Contains(response.Header.Get("Content-Security-Policy"), "nonce-")) {
				t.Errorf("the refusal is no page of ours, in the reader's language: %s", page)
			}
		})
	}
	// What the bomb would have become has not been made, nor the ten megabytes kept; strings of our own are a part of it.
	if runtime.ReadMemStats(&after); after.TotalAlloc-before.TotalAlloc > 100<<20 {
		t.Errorf("%d MiB were allocated", (after.TotalAlloc-before.TotalAlloc)>>20)
	}
}
