package demo

import (
	"fmt"
	"time"

	"passerelle/internal/app"
	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
)

// foundInStory is a finding of an invented dossier, so many days ago.
type foundInStory struct {
	in      dossiers.CodeName
	body    dossiers.Body
	verdict dossiers.Verdict
	daysAgo int
	basis   string
}

var foundInStories = []foundInStory{
	{"Lomidak", dossiers.ByNGO, dossiers.Identified, 410, "Trois entretiens ; passeport retenu, dette, menaces contre la famille."},
	{"Lomidak", dossiers.ByPolice, dossiers.Recognised, 380, "Audition par la brigade spécialisée ; plainte enregistrée."},
	{"Lomidak", dossiers.ByVictimAssistance, dossiers.Recognised, 370, "Courrier du centre LAVI : qualité de victime admise."},
	{"Rasolin", dossiers.ByNGO, dossiers.Presumed, 12, "Deux entretiens ; ne dispose pas de ses papiers, parle d’une dette."},
	{"Gisodar", dossiers.ByNGO, dossiers.Presumed, 30, "Entretien avec la personne de confiance ; contraint à vendre de la drogue."},
	{"Gisodar", dossiers.BySEM, dossiers.Indications, 21, "Procès-verbal d’audition : indices relevés, suite à donner."},
	{"Vetikom", dossiers.ByNGO, dossiers.Identified, 160, "Récit constant, confirmé par la travailleuse sociale de l’hôpital."},
	{"Vetikom", dossiers.ByPolice, dossiers.NotRecognised, 90, "Rapport de police : pas d’éléments suffisants contre les auteurs."},
	{"Pulafen", dossiers.ByNGO, dossiers.Identified, 700, "Signalement de l’inspection du travail ; salaires retenus, logement fermé à clé."},
	{"Tavumek", dossiers.ByNGO, dossiers.Identified, 45, "Trois entretiens avec interprète ; employeur diplomate."},
	{"Zolipat", dossiers.ByNGO, dossiers.Identified, 240, "Récit et messages conservés sur son téléphone."},
	{"Zolipat", dossiers.ByPolice, dossiers.Recognised, 230, "Arrestation de deux auteurs ; entendue comme victime."},
	{"Zolipat", dossiers.ByCourt, dossiers.Recognised, 14, "Jugement de première instance, pas encore définitif."},
	{"Mefaduk", dossiers.ByNGO, dossiers.Identified, 330, "Travail sans salaire pendant deux ans, papiers retenus."},
	{"Dakupil", dossiers.ByNGO, dossiers.Unclear, 20, "Premier entretien écourté ; à revoir avec une interprète."},
	{"Jirumel", dossiers.ByNGO, dossiers.Presumed, 6, "Deux entretiens avec l’éducatrice ; travail dans un ménage depuis l’enfance, sans salaire."},
	{"Perudin", dossiers.ByNGO, dossiers.Identified, 205, "Récit et décomptes concordent ; papiers retenus par l’employeur."},
	{"Perudin", dossiers.ByVictimAssistance, dossiers.Recognised, 190, "Courrier du centre LAVI."},
	{"Kadovit", dossiers.ByNGO, dossiers.Identified, 780, "Heures, salaire retenu et logement imposé, confirmés par le syndicat."},
	{"Sobanek", dossiers.ByNGO, dossiers.Identified, 490, "Mariage imposé et travail forcé dans le ménage, à l’étranger."},
	{"Kesodit", dossiers.ByNGO, dossiers.Identified, 800, "Entretiens pendant la procédure d’asile."},
}

// tellFindings tells who found what on whether the invented people are victims.
func tellFindings(a *app.App, made map[dossiers.CodeName]madeBy) error {
	today := forms.Today(time.Now())
	for _, f := range foundInStories {
		on, dossier := today.AddDate(0, 0, -f.daysAgo), made[f.in]
		err := a.Dossiers.RecordFinding(dossier.ctx, dossier.id, ids.New[dossiers.Finding](), dossiers.Statement{Body: f.body, Verdict: f.verdict, On: &on, Basis: f.basis})
		if err != nil {
			return fmt.Errorf("finding in %s: %w", f.in, err)
		}
	}
	return nil
}

// waivedInStory are dates that somebody does without, and why.
var waivedInStory = []struct {
	in     dossiers.CodeName
	rule   deadlines.RuleID
	reason string
}{
	{"Zolipat", "short_stay_year", "Prolongé d’un an pour la durée de la procédure (art. 36 OASA) ; voir le titre suivant."},
	{"Mefaduk", "short_stay_year", "Délivré d’emblée pour plus d’un an, sur préavis du canton."},
	{"Lomidak", "short_stay_year", "Le renouvellement pour la durée de la procédure est demandé."},
}

// endInStory is how an accompaniment ended; with aftercare, the person has come back since.
type endInStory struct {
	in              dossiers.CodeName
	reason          dossiers.ClosureReason
	note, aftercare string
}

// endPaths comes after all other stories: it closes what is over, and lets the phase follow from the facts where these say
// the same as was noted when the dossier was opened.
func endPaths(a *app.App, made map[dossiers.CodeName]madeBy) error {
	for _, w := range waivedInStory {
		dossier := made[w.in]
		if err := a.Dossiers.Waive(dossier.ctx, dossier.id, w.rule, "", w.reason); err != nil {
			return fmt.Errorf("the date that %s does without: %w", w.in, err)
		}
	}
	for _, end := range []endInStory{
		{in: "Kadovit", reason: "independent", note: "Nous nous sommes dit au revoir autour d’un café. Il sait comment nous joindre."},
		{in: "Sobanek", reason: "other_service", note: "Suivie désormais par le service social de sa commune, à sa demande."},
		{"Pulafen", "independent", "Travaille et vit seule ; sait comment nous joindre.", "Cherche un avocat pour le divorce ; deux rendez-vous prévus."},
		{"Kesodit", "moved", "Attribué à un autre canton ; le service sur place est informé.", "Nous a rappelés : son nouveau logement ne lui convient pas."},
	} {
		if err := end.tell(a, made[end.in]); err != nil {
			return fmt.Errorf("the end of %s: %w", end.in, err)
		}
	}
	for name, dossier := range made {
		path, err := a.Dossiers.Path(dossier.ctx, dossier.id)
		if err != nil {
			return err
		}
		if path.PhaseSet && path.Phase == path.Standing.Course.Phase {
			if err := a.Dossiers.ReleasePhase(dossier.ctx, dossier.id); err != nil {
				return fmt.Errorf("the phase of %s: %w", name, err)
			}
		}
	}
	return nil
}

// tell does without the dates that another body sees to now, and closes the dossier.
func (e endInStory) tell(a *app.App, dossier madeBy) error {
	closing, err := a.Dossiers.Closing(dossier.ctx, dossier.id)
	if err != nil {
		return err
	}
	for _, d := range closing.Owed.Dates {
		if err := a.Dossiers.Waive(dossier.ctx, dossier.id, d.ID, d.Of, "Un autre service s’en charge."); err != nil {
			return err
		}
	}
	if err := a.Dossiers.Close(dossier.ctx, dossier.id, dossiers.Ending{ID: ids.New[dossiers.Closure](), Reason: e.reason, Note: e.note}); err != nil {
		return err
	}
	if e.aftercare == "" {
		return nil
	}
	return a.Dossiers.BeginAftercare(dossier.ctx, dossier.id, e.aftercare)
}
