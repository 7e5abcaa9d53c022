package browsertest

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"passerelle/internal/app"
	"passerelle/internal/cast"
	"passerelle/internal/clamd"
	"passerelle/internal/clamd/clamdtest"
	"passerelle/internal/i18n"
	"passerelle/internal/mail"
	"passerelle/internal/webtest"
)

// away is a mail server that does not answer, while it is true.
type away struct{ atomic.Bool }

func (a *away) Reach(context.Context) error {
	if a.Load() {
		return errors.New("away")
	}
	return nil
}

func (a *away) Send(ctx context.Context, _ mail.Message) error { return a.Reach(ctx) }

// TestWhatDoesNotWork stands above every page, says what to do, and goes with the next page once it works again.
func TestWhatDoesNotWork(t *testing.T) {
	for _, s := range []style{{lang: i18n.FR, width: wide}, {lang: i18n.DE, width: narrow, noScript: true}, {lang: i18n.IT, width: narrow}, {lang: i18n.EN, width: wide, noScript: true}} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			daemon, post := clamdtest.Start(t), &away{}
			scanner, err := clamd.Open(daemon.Address)
			if err != nil {
				t.Fatal(err)
			}
			daemon.Stop()
			post.Store(true)
			site := webtest.Start(t, func(o *app.Options) { o.Scanner, o.Post, o.ReachEvery = scanner, post, 10*time.Millisecond })
			lea, noe := sit(t, site, s), sit(t, site, s)
			lea.signIn(cast.Lea)
			lea.sees(lea.say("ui.outage.scanner"))
			lea.sees(lea.say("ui.outage.mail"))
			lea.lookOver("work.title")
			lea.picture("outage")
			noe.signIn(cast.Noe)
			noe.sees(noe.say("ui.outage.mail"))
			noe.seesNot(noe.say("ui.outage.scanner"))
			daemon.Resume()
			post.Store(false)
			lea.until("it works again", func() bool {
				lea.visit("/dossiers")
				lea.at("dossiers.title")
				return lea.count(on("section.pas-announcements")) == 0
			})
		})
	}
}
