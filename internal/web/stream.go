package web

import (
	"bufio"
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/live"
)

// A stream ends by itself before the server's write timeout would cut it; the browser comes back at once, is
// recognised anew, and is told what it missed.
const (
	streamLife = 25 * time.Second
	streamBeat = 5 * time.Second
)

// Stream sends "event: changed" whenever something changes that matches. The page then asks for its contents anew,
// so that nothing of them ever travels here.
func Stream(c *fiber.Ctx, hub *live.Hub, matches func(live.Change) bool) error {
	s := serverOf(c)
	signal, leave := hub.Subscribe(matches, c.Get("Last-Event-ID"))
	c.Set(fiber.HeaderContentType, "text/event-stream")
	c.Set("X-Accel-Buffering", "no")
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		defer leave()
		end := time.NewTimer(streamLife)
		defer end.Stop()
		beat := time.NewTicker(streamBeat)
		defer beat.Stop()
		send := func(event, id string) bool {
			fmt.Fprintf(w, "id: %s\nevent: %s\ndata: -\n\n", id, event)
			return w.Flush() == nil
		}
		fmt.Fprint(w, "retry: 1000\n")
		if !send("ready", hub.Position()) {
			return
		}
		for {
			select {
			case <-signal:
				if !send("changed", hub.Position()) {
					return
				}
			case <-beat.C:
				// A comment, so that a reader who has gone is noticed.
				if _, err := w.WriteString(":\n\n"); err != nil || w.Flush() != nil {
					return
				}
			case <-end.C:
				return
			case <-s.closing:
				return
			}
		}
	})
	return nil
}
