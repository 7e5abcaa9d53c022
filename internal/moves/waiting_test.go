package moves

import (
	"strings"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
)

// told is who is told of what on her or his own page.
func (h *house) told() string {
	h.t.Helper()
	var all []string
	for _, who := range []cast.Person{cast.Lea, cast.Karim, ugo, cast.Ruth, cast.Marc, cast.Claire, rosa} {
		var arriving, answered []Waiting
		h.must(h.db.App.Read(h.as(who), AskArriving(who.Principal(), &arriving), AskAnswered(who.Principal(), &answered)))
		for _, w := range append(arriving, answered...) {
			all = append(all, strings.TrimSpace(strings.Join([]string{who.Name, string(w.Standing), string(w.CodeName), w.Name}, " ")))
		}
	}
	return strings.Join(all, "; ")
}

// TestWhoIsToldOfAMove: those who answer, send and open, when it is their turn; then those whose person it is.
func TestWhoIsToldOfAMove(t *testing.T) {
	t.Parallel()
	told := func(h *house, what, want string) {
		t.Helper()
		if got := h.told(); got != want {
			t.Errorf("%s: told are %q, want %q", what, got, want)
		}
	}
	h := open(t)
	told(h, "before", "")
	h.proposed()
	told(h, "proposed", "Marc Favre proposed  Passerelle Vaud")
	h.must(h.Accept(h.as(cast.Marc), h.move, cast.Claire.ID))
	told(h, "accepted", "Karim Benali accepted Lomidak Passerelle Genève; Ugo accepted Lomidak Passerelle Genève")
	sending, err := h.Prepare(h.as(ugo), h.amina, h.move)
	h.must(err)
	h.must(h.Send(h.as(ugo), h.amina, h.move, sending.Seal))
	told(h, "sent", "Marc Favre sent  Passerelle Vaud")
	h.must(h.Open(h.as(cast.Marc), h.move, ids.New[dossiers.Dossier](), "Rubenil"))
	told(h, "opened", "Léa Morel opened Lomidak Passerelle Genève; Karim Benali opened Lomidak Passerelle Genève")
	h.must(h.dossiers.Close(h.as(cast.Lea), h.amina, dossiers.Ending{ID: ids.New[dossiers.Closure](), Reason: "moved"}))
	told(h, "closed", "")

	refused := open(t)
	refused.must(refused.proposed().Decline(refused.as(cast.Marc), refused.move, "no_place"))
	told(refused, "declined", "Léa Morel declined Lomidak Passerelle Genève; Karim Benali declined Lomidak Passerelle Genève")

	back := open(t)
	back.must(back.sent().Withdraw(back.as(cast.Karim), back.amina, back.move))
	told(back, "taken back", "")
}
