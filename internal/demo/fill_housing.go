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
		{geneve, "Cyprès", housing.Shelter, 5, -800, housing.Welcome{Genders: women, Children: true, Languages: []string{"fra", "spa"}}, housing.Address{Where: "Rue de l’Exemple 21, 1200 Genève", Access: "Code à la centrale."}},
		{geneve, "Olivier", housing.Transition, 1, -300, housing.Welcome{}, housing.Address{Where: "Avenue Inventée 9, 1213 Onex"}},
		{geneve, "Genévrier", housing.Emergency, 1, -150, housing.Welcome{Minors: true, Accessible: true}, housing.Address{Where: "Pension de l’Exemple, Carouge", Access: "Réserver au nom de l’association."}},
		{geneve, "Laurier", housing.Transition, 2, 15, housing.Welcome{Children: true}, housing.Address{}},
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

// welcomed is a stay that runs, in a protected place: whoever is there for longer has another payer than immediate help since
// helpEnd, and may know when to leave.
type welcomed struct {
	name    string
	beds    int
	since   int
	note    string
	helpEnd *time.Time
	leaves  *time.Time
}

func (h *houses) welcome(who madeBy, w welcomed) (housing.StayID, error) {
	id, err := h.movesIn(who, w.name, w.beds, -w.since, w.note)
	if err != nil || w.helpEnd == nil && w.leaves == nil {
		return id, err
	}
	_, err = h.a.Housing.Correct(who.ctx, id, 1, housing.Correction{Beds: w.beds, BeginsOn: h.in(-w.since), LeavesOn: w.leaves, HelpEndOn: w.helpEnd, Note: w.note})
	return id, err
}

// ownFlat is a flat in the person's own name.
func (h *houses) ownFlat(who madeBy, since int, why, where string) error {
	return h.a.Housing.MoveIn(who.ctx, who.id, ids.New[housing.Stay](), housing.Arrival{
		Kind: housing.OwnFlat, Beds: 1, On: h.in(-since), FlatReason: why, Address: housing.Address{Where: where},
	})
}

func housedInVaud(h *houses, made map[dossiers.CodeName]madeBy) error {
	// Dopelem went the whole way: shelter, transition flat, an own flat. So did Kadovit, who needs nobody any more.
	if _, err := h.movesIn(made["Dopelem"], "Tilleul", 1, -700, ""); err != nil {
		return err
	}
	if _, err := h.movesIn(made["Dopelem"], "Mélèze 1", 1, -540, ""); err != nil {
		return err
	}
	if err := h.ownFlat(made["Dopelem"], 190, "Bail à son nom, emploi stable depuis deux ans.", "Rue Inventée 44, 1004 Lausanne"); err != nil {
		return err
	}
	if err := h.ownFlat(made["Kadovit"], 400, "Bail à son nom, emploi à plein temps.", "Rue Inventée 50, 1400 Yverdon-les-Bains"); err != nil {
		return err
	}
	// Amina: some days before the first look at what comes after six months, and looked at once already.
	amina, err := h.welcome(made["Lomidak"], welcomed{name: "Tilleul", beds: 1, since: 134, note: "Chambre côté cour. Elle dort mieux la lumière allumée.", helpEnd: h.in(-100)})
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
	if _, err := h.movesIn(made["Rasolin"], "Saule", 1, -30, ""); err != nil {
		return err
	}
	if _, err := h.movesIn(made["Rasolin"], "Tilleul", 1, -26, "Ne parle à personne de l’autre foyer."); err != nil {
		return err
	}
	if _, err := h.movesIn(made["Fenulat"], "Tilleul", 1, -24, "Accueillie de nuit. Pas de visites pour le moment."); err != nil {
		return err
	}
	if _, err := h.movesIn(made["Jirumel"], "Saule", 1, -9, "Une éducatrice dort sur place."); err != nil {
		return err
	}
	// Rui stays beyond the usual time, for reasons.
	rui, err := h.welcome(made["Nobetim"], welcomed{name: "Bouleau", beds: 1, since: 200, helpEnd: h.in(-165)})
	if err != nil {
		return err
	}
	if err := h.a.Housing.Evaluate(made["Nobetim"].ctx, rui, ids.New[housing.Evaluation](), housing.Look{
		Findings: housing.Findings{Considered: []housing.Solution{"family_friends", "own_flat", "return"}, Found: "Aucun proche en Suisse. Sans permis, pas de bail à son nom.", Reasons: "Le permis est demandé et la procédure se poursuit."},
		Decision: housing.Prolonged, Until: h.in(75),
	}); err != nil {
		return err
	}
	if _, err := h.welcome(made["Vetikom"], welcomed{name: "Bouleau", beds: 1, since: 120, helpEnd: h.in(-86), leaves: h.in(30)}); err != nil {
		return err
	}
	// A bed is kept for whoever is expected after the weekend.
	return h.a.Housing.HoldBed(made["Tisapuk"].ctx, made["Tisapuk"].id, ids.New[housing.Hold](), housing.Wish{PlaceID: h.ids["Tilleul"], Beds: 1, FromOn: h.in(2), UntilOn: h.in(6)})
}

func housedInGeneve(h *houses, made map[dossiers.CodeName]madeBy) error {
	if _, err := h.movesIn(made["Tavumek"], "Cyprès", 1, -25, ""); err != nil {
		return err
	}
	if _, err := h.welcome(made["Zolipat"], welcomed{name: "Cyprès", beds: 2, since: 120, note: "Avec son fils de quatre ans.", helpEnd: h.in(-85), leaves: h.in(12)}); err != nil {
		return err
	}
	// Vera stays beyond the usual time, for reasons.
	vera, err := h.welcome(made["Perudin"], welcomed{name: "Cyprès", beds: 1, since: 195, helpEnd: h.in(-160)})
	if err != nil {
		return err
	}
	if err := h.a.Housing.Evaluate(made["Perudin"].ctx, vera, ids.New[housing.Evaluation](), housing.Look{
		Findings: housing.Findings{Considered: []housing.Solution{"own_flat", "transition"}, Found: "L’appartement Laurier ouvre bientôt ; elle y serait bien.", Reasons: "L’appartement n’est pas encore libre et l’audition approche."},
		Decision: housing.Prolonged, Until: h.in(40),
	}); err != nil {
		return err
	}
	if _, err := h.movesIn(made["Mefaduk"], "Olivier", 1, -60, ""); err != nil {
		return err
	}
	// Marisol's friend can have her until the end of the month.
	if err := h.a.Housing.HoldBed(made["Bamekit"].ctx, made["Bamekit"].id, ids.New[housing.Hold](), housing.Wish{PlaceID: h.ids["Genévrier"], Beds: 1, FromOn: h.in(3), UntilOn: h.in(7)}); err != nil {
		return err
	}
	if err := h.ownFlat(made["Hobiren"], 40, "Bail à son nom, contrat sans limite de durée.", "Chemin Inventé 8, 1228 Plan-les-Ouates"); err != nil {
		return err
	}
	if err := h.ownFlat(made["Sobanek"], 150, "Bail à son nom, formation en cours.", "Rue Inventée 2, 1205 Genève"); err != nil {
		return err
	}
	who := made["Wilotas"]
	return h.a.Housing.MoveIn(who.ctx, who.id, ids.New[housing.Stay](), housing.Arrival{
		PlaceID: h.ids["Cyprès"], Beds: 1, On: h.in(-190), EndedOn: h.in(-21), WentTo: "return", Note: "Départ accompagné jusqu’à l’aéroport.",
	})
}
