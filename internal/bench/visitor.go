package bench

import (
	"bytes"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
)

// visit is one page that one person opens, and what one must read there.
type visit struct {
	path   string
	cookie string
	// arguments are those of the raw statement that fetches the same rows; it must give so many.
	arguments []any
	rows      int
	expected  []string
}

// visitor opens pages over loopback, keeping as many connections as there are workers. It runs in the application's
// own process, and so takes its share of the same cores; so does the raw client.
type visitor struct {
	client *fasthttp.HostClient
	bytes  atomic.Int64
}

func newVisitor(address string, connections int) *visitor {
	return &visitor{client: &fasthttp.HostClient{
		Addr: address, MaxConns: connections, ReadBufferSize: 16 << 10, ReadTimeout: 20 * time.Second, MaxIdemponentCallAttempts: 1,
	}}
}

func (v *visitor) close() { v.client.CloseIdleConnections() }

// size is how many bytes the last page had.
func (v *visitor) size() int { return int(v.bytes.Load()) }

// open fails unless the page is the right one: an error page would be quick.
func (v *visitor) open(what visit) error {
	request, response := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(request)
	defer fasthttp.ReleaseResponse(response)
	request.SetRequestURI("http://" + v.client.Addr + what.path)
	request.Header.Set(fasthttp.HeaderCookie, what.cookie)
	request.Header.Set(fasthttp.HeaderAcceptLanguage, "fr-CH")
	if err := v.client.Do(request, response); err != nil {
		return fmt.Errorf("open a page: %w", err)
	}
	if response.StatusCode() != fasthttp.StatusOK {
		return fmt.Errorf("the page answered %d", response.StatusCode())
	}
	for _, text := range what.expected {
		if !bytes.Contains(response.Body(), []byte(text)) {
			return fmt.Errorf("the page does not hold what it should")
		}
	}
	v.bytes.Store(int64(len(response.Body())))
	return nil
}
