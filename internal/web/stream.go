package web

import (
	"bufio"
	"cmp"
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/live"
	"passerelle/views/ui"
)

// A stream ends by itself before the server's write timeout would cut it; the browser comes back at once, is
// recognised anew, and is told what it missed.
const (
	streamLife = 25 * time.Second
	streamBeat = 5 * time.Second
)

// Stream sends "event: changed" whenever something changes that matches, and ui.AlertsEvent when alerts do, to those who may
// list them. The page then asks for its contents anew, so that nothing of them ever travels here. The end of the session is a
// change as well: nothing stays open on the screen of somebody who was shut out.
//
// It begins where the browser's last stream ended, or with what changed since the page was made (ui.Request.Since): whoever is
// shut out between the page and its stream, or between being recognised for the stream and listening, is told all the same.
func Stream(c *fiber.Ctx, matches func(live.Change) bool) error {
	s := serverOf(c)
	hub, since := s.options.Hub, cmp.Or(c.Get("Last-Event-ID"), c.Query(ui.Since))
	session := VisitorOf(c).Session
	signal, leave := hub.Subscribe(func(change live.Change) bool {
		return change.Ends(session) || change.Session == "" && matches(change)
	}, since)
	alarm, deaf := alarms(c, hub, since)
	c.Set(fiber.HeaderContentType, "text/event-stream")
	c.Set("X-Accel-Buffering", "no")
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		defer leave()
		defer deaf()
		s.streams.Add(1)
		defer s.streams.Add(-1)
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
			case <-alarm:
				if !send(ui.AlertsEvent, hub.Position()) {
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

// alarms hears of alerts for whoever may list them, on whichever page; for anybody else there is nothing to hear.
func alarms(c *fiber.Ctx, hub *live.Hub, since string) (signal <-chan struct{}, leave func()) {
	by, err := access.Require(c.UserContext(), access.AlertList)
	if err != nil {
		return nil, func() {}
	}
	return hub.Subscribe(func(change live.Change) bool { return change.Tenant == by.Tenant && change.Alerts }, since)
}

// Changed is the stream of somebody for whom it has ended: the open page asks for its contents anew, and is told why it gets
// none.
func Changed(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, "text/event-stream")
	return c.SendString("event: changed\ndata: -\n\n")
}

// Streams is how many pages listen at present.
func (s *Server) Streams() int { return int(s.streams.Load()) }
