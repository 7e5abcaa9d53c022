package demo

import (
	"context"
	"fmt"
	"time"

	"passerelle/internal/app"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/housing"
	"passerelle/internal/ids"
)

// houses are the invented places of a canton, by code name. Their addresses are invented as well.
type houses struct {
	a     *app.App
	by    context.Context
	today time.Time
	ids   map[string]housing.PlaceID
}

func (h *houses) open(name string, kind housing.Kind, beds, opens int, welcome housing.Welcome, address housing.Address) error {
	id := ids.New[housing.Place]()
	h.ids[name] = id
	return h.a.Housing.OpenPlace(h.by, id, kind, housing.Description{CodeName: name, Beds: beds, Welcome: welcome, OpensOn: h.today.AddDate(0, 0, opens)}, address)
}

// in is a day so far from today.
func (h *houses) in(days int) *time.Time {
	on := h.today.AddDate(0, 0, days)
	return &on
}

func (h *houses) movesIn(who madeBy, name string, beds, days int, note string) (housing.StayID, error) {
	id := ids.New[housing.Stay]()
	return id, h.a.Housing.MoveIn(who.ctx, who.id, id, housing.Arrival{PlaceID: h.ids[name], Beds: beds, On: h.in(days), Note: note})
}

func housed(a *app.App, made map[dossiers.CodeName]madeBy) error {
	today := forms.Today(time.Now())
	women := []dossiers.Gender{"female", "trans"}
	vaud := &houses{a, cast.Karim.Context(context.Background()), today, map[string]housing.PlaceID{}}
	geneve := &houses{a, cast.Marc.Context(context.Background()), today, map[string]housing.PlaceID{}}
	for _, p := range []struct {
		in          *houses
		name        string
		kind        housing.Kind
		beds, opens int
		welcome     housing.Welcome
		address     housing.Address
	}{
		{vaud, "Tilleul", housing.Shelter, 4, -900, housing.Welcome{Genders: women, Children: true, Languages: []string{"fra", "eng", "ron"}},
			housing.Address{Where: "Chemin de l’Exemple 7, 1000 Lausanne", Contact: "Permanence +41 21 000 00 00", Access: "Sonner deux fois. Ne jamais attendre devant la porte."}},
		{vaud, "Bouleau", housing.Network, 2, -400, housing.Welcome{Languages: []string{"fra", "por"}},
			housing.Address{Where: "Route Inventée 12, 1800 Vevey", Contact: "Famille d’accueil, le soir"}},
		{vaud, "Saule", housing.Emergency, 1, -200, housing.Welcome{Genders: women, Minors: true, Accessible: true}, housing.Address{Where: "Hôtel de l’Exemple, Yverdon", Access: "Réserver au nom de l’association."}},
		{vaud, "Mélèze 1", housing.Transition, 2, -700, housing.Welcome{Genders: []dossiers.Gender{"female"}, Children: true}, housing.Address{Where: "Rue Inventée 3, 1020 Renens"}},
		{vaud, "Mélèze 2", housing.Transition, 1, 20, housing.Welcome{Couples: true}, housing.Address{}},
		{geneve, "Cyprès", housing.Shelter, 3, -800, housing.Welcome{Genders: women, Children: true, Languages: []string{"fra", "spa"}}, housing.Address{Where: "Rue de l’Exemple 21, 1200 Genève", Access: "Code à la centrale."}},
		{geneve, "Olivier", housing.Transition, 1, -300, housing.Welcome{}, housing.Address{Where: "Avenue Inventée 9, 1213 Onex"}},
	} {
		if err := p.in.open(p.name, p.kind, p.beds, p.opens, p.welcome, p.address); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	if err := housedInVaud(vaud, made); err != nil {
		return err
	}
	return housedInGeneve(geneve, made)
}

func housedInVaud(h *houses, made map[dossiers.CodeName]madeBy) error {
	// Amina: close to the end of six months, looked at once, and with a day on which to leave.
	amina, err := h.movesIn(made["Lomidak"], "Tilleul", 1, -150, "Chambre côté cour. Elle dort mieux la lumière allumée.")
	if err != nil {
		return err
	}
	if err := h.a.Housing.Evaluate(made["Lomidak"].ctx, amina, ids.New[housing.Evaluation](), housing.Look{
		Findings: housing.Findings{Considered: []housing.Solution{"own_flat", "transition", "shared_flat"}, Found: "Deux régies demandent une garantie. L’appartement Mélèze se libère dans l’année."},
		Decision: housing.Undecided,
	}); err != nil {
		return err
	}
	// Daria: an emergency place for some days, then the shelter; the months count from the first night.
	if _, err := h.movesIn(made["Rasolin"], "Saule", 1, -40, ""); err != nil {
		return err
	}
	if _, err := h.movesIn(made["Rasolin"], "Tilleul", 1, -36, "Ne parle à personne de l’autre foyer."); err != nil {
		return err
	}
	// Fenulat stays beyond the usual time, for reasons.
	stay, err := h.movesIn(made["Fenulat"], "Bouleau", 1, -200, "")
	if err != nil {
		return err
	}
	if err := h.a.Housing.Evaluate(made["Fenulat"].ctx, stay, ids.New[housing.Evaluation](), housing.Look{
		Findings: housing.Findings{Considered: []housing.Solution{"family_friends", "network", "return"}, Found: "Aucun proche en Suisse.", Reasons: "La procédure vient de s’ouvrir et la menace n’est pas levée."},
		Decision: housing.Prolonged, Until: h.in(75),
	}); err != nil {
		return err
	}
	// A bed is kept for whoever is expected after the weekend.
	if err := h.a.Housing.HoldBed(made["Tisapuk"].ctx, made["Tisapuk"].id, ids.New[housing.Hold](), housing.Wish{PlaceID: h.ids["Tilleul"], Beds: 1, FromOn: h.in(2), UntilOn: h.in(6)}); err != nil {
		return err
	}
	// Dopelem went the whole way: shelter, transition flat, an own flat.
	if _, err := h.movesIn(made["Dopelem"], "Tilleul", 1, -700, ""); err != nil {
		return err
	}
	if _, err := h.movesIn(made["Dopelem"], "Mélèze 1", 1, -540, ""); err != nil {
		return err
	}
	who := made["Dopelem"]
	return h.a.Housing.MoveIn(who.ctx, who.id, ids.New[housing.Stay](), housing.Arrival{
		Kind: housing.OwnFlat, Beds: 1, On: h.in(-190), FlatReason: "Bail à son nom, emploi stable depuis deux ans.", Address: housing.Address{Where: "Rue Inventée 44, 1004 Lausanne"},
	})
}

func housedInGeneve(h *houses, made map[dossiers.CodeName]madeBy) error {
	if _, err := h.movesIn(made["Tavumek"], "Cyprès", 1, -25, ""); err != nil {
		return err
	}
	stay, err := h.movesIn(made["Zolipat"], "Cyprès", 2, -120, "Avec son fils de quatre ans.")
	if err != nil {
		return err
	}
	if _, err := h.a.Housing.Correct(made["Zolipat"].ctx, stay, 1, housing.Correction{
		Beds: 2, BeginsOn: h.in(-120), LeavesOn: h.in(12), HelpEndOn: h.in(-85), Note: "Avec son fils de quatre ans.",
	}); err != nil {
		return err
	}
	if _, err := h.movesIn(made["Mefaduk"], "Olivier", 1, -60, ""); err != nil {
		return err
	}
	who := made["Wilotas"]
	return h.a.Housing.MoveIn(who.ctx, who.id, ids.New[housing.Stay](), housing.Arrival{
		PlaceID: h.ids["Cyprès"], Beds: 1, On: h.in(-260), EndedOn: h.in(-130), WentTo: "return", Note: "Départ accompagné jusqu’à l’aéroport.",
	})
}
