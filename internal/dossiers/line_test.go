package dossiers

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"passerelle/internal/cast"
)

func TestLine(t *testing.T) {
	t.Parallel()
	const took = 100 * time.Millisecond

	t.Run("one search runs at a time, and nobody's many come before another's one", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			l := newLine()
			var order []string
			search := func(who cast.Person) {
				leave, err := l.enter(t.Context(), who.ID)
				if err != nil {
					t.Error(err)
					return
				}
				order = append(order, who.Name)
				time.Sleep(took)
				leave()
			}
			began := time.Now()
			for range 3 {
				go search(cast.Lea)
			}
			synctest.Wait()
			go search(cast.Karim)
			synctest.Wait()
			time.Sleep(2 * took)
			synctest.Wait()
			if len(order) != 2 || order[0] != cast.Lea.Name || order[1] != cast.Karim.Name {
				t.Errorf("after two turns: %v", order)
			}
			for len(order) < 4 {
				time.Sleep(took)
				synctest.Wait()
			}
			// Each of the person's searches is followed by a rest.
			if waited := time.Since(began); waited < 2*(rest+took) {
				t.Errorf("the third began within %v", waited)
			}
			time.Sleep(rest + took)
			synctest.Wait()
			if len(l.persons) != 0 {
				t.Errorf("%d places are kept", len(l.persons))
			}
		})
	})

	t.Run("whoever does not wait any longer leaves nothing behind", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			l := newLine()
			leave, err := l.enter(t.Context(), cast.Lea.ID)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), took)
			defer cancel()
			for _, who := range []cast.Person{cast.Lea, cast.Karim} {
				if _, err := l.enter(ctx, who.ID); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%s: %v", who.Name, err)
				}
			}
			leave()
			time.Sleep(time.Second)
			synctest.Wait()
			if len(l.persons) != 0 {
				t.Errorf("%d places are kept", len(l.persons))
			}
			if leave, err = l.enter(t.Context(), cast.Karim.ID); err != nil {
				t.Fatal(err)
			}
			leave()
			time.Sleep(time.Second)
		})
	})
}
