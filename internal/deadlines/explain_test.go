package deadlines_test

import (
	"context"
	"testing"

	"passerelle/internal/deadlines"
	"passerelle/internal/i18n"
)

func TestADateSaysWhy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rule  deadlines.RuleID
		facts []deadlines.Fact
		want  map[i18n.Lang]string
	}{
		{"reflection_minimum", []deadlines.Fact{fact("reflection_granted", "2026-05-03")}, map[i18n.Lang]string{
			i18n.FR: "30 jours dès la décision du 3 mai 2026 (art. 35 al. 1 OASA)",
			i18n.DE: "30 Tage ab dem Entscheid vom 3. Mai 2026 (Art. 35 Abs. 1 VZAE)",
			i18n.IT: "30 giorni dopo la decisione in data 3 maggio 2026 (art. 35 cpv. 1 OASA)",
			i18n.EN: "30 days from the decision of 3 May 2026 (art. 35 para. 1 ASEO)",
		}},
		{"renewal_request", []deadlines.Fact{fact("stay_valid_until", "2026-08-01")}, map[i18n.Lang]string{
			i18n.FR: "14 jours avant l’échéance du titre de séjour, le 1er août 2026 (art. 59 al. 1 OASA)",
			i18n.DE: "14 Tage vor dem Ablauf des Aufenthaltstitels am 1. August 2026 (Art. 59 Abs. 1 VZAE)",
			i18n.IT: "14 giorni precedenti la scadenza del titolo di soggiorno in data 1º agosto 2026 (art. 59 cpv. 1 OASA)",
			i18n.EN: "14 days before the expiry of the permit on 1 August 2026 (art. 59 para. 1 ASEO)",
		}},
		{"shelter_first_review", []deadlines.Fact{fact("shelter_entered", "2026-05-03")}, map[i18n.Lang]string{
			i18n.FR: "4 mois et demi dès l’entrée au foyer du 3 mai 2026 (règle de la maison)",
			i18n.DE: "4½ Monate ab dem Eintritt in die Schutzunterkunft vom 3. Mai 2026 (Hausregel)",
			i18n.IT: "4 mesi e mezzo dopo l’entrata nell’alloggio protetto in data 3 maggio 2026 (regola interna)",
			i18n.EN: "4 and a half months from the entry into the shelter of 3 May 2026 (house rule)",
		}},
		{"compensation_claim_minor", []deadlines.Fact{fact("born", "2012-05-03")}, map[i18n.Lang]string{
			i18n.FR: "25 ans dès la naissance du 3 mai 2012 (art. 25 al. 2 let. a LAVI)",
			i18n.DE: "25 Jahre ab der Geburt vom 3. Mai 2012 (Art. 25 Abs. 2 Bst. a OHG)",
			i18n.IT: "25 anni dopo la nascita in data 3 maggio 2012 (art. 25 cpv. 2 lett. a LAV)",
			i18n.EN: "25 years from the birth of 3 May 2012 (art. 25 para. 2 let. a VSA)",
		}},
		{"asylum_appeal_accelerated", []deadlines.Fact{fact("asylum_accelerated", "2026-05-04")}, map[i18n.Lang]string{
			i18n.FR: "7 jours ouvrables dès la notification de la décision en procédure accélérée du 4 mai 2026 (art. 108 al. 1 LAsi)",
			i18n.DE: "7 Arbeitstage ab der Eröffnung des Entscheids im beschleunigten Verfahren vom 4. Mai 2026 (Art. 108 Abs. 1 AsylG)",
			i18n.IT: "7 giorni lavorativi dopo la notificazione della decisione in procedura celere in data 4 maggio 2026 (art. 108 cpv. 1 LAsi)",
			i18n.EN: "7 working days from the notification of the decision in the accelerated procedure of 4 May 2026 (art. 108 para. 1 AsylA)",
		}},
		{"reflection_end", []deadlines.Fact{fact("reflection_until", "2026-07-02")}, map[i18n.Lang]string{
			i18n.FR: "Le même jour que la fin du délai de réflexion, le 2 juillet 2026 (art. 35 al. 1 OASA)",
			i18n.DE: "Am gleichen Tag, mit dem Ende der Bedenkzeit am 2. Juli 2026 (Art. 35 Abs. 1 VZAE)",
			i18n.IT: "Lo stesso giorno, con la fine del periodo di riflessione in data 2 luglio 2026 (art. 35 cpv. 1 OASA)",
			i18n.EN: "On the day of the end of the reflection period, 2 July 2026 (art. 35 para. 1 ASEO)",
		}},
	} {
		d, ok := rulesOf(t, "VD").Deadlines(c.facts).Find(c.rule, "")
		if !ok {
			t.Errorf("%s: no date", c.rule)
		}
		for lang, want := range c.want {
			if got := d.Explain(i18n.With(context.Background(), lang)).Why; got != want {
				t.Errorf("%s: %s\nwant %s", lang, got, want)
			}
		}
	}
}

func TestADateSaysWhatMovedItAndWhatWould(t *testing.T) {
	t.Parallel()
	fr := i18n.With(context.Background(), i18n.FR)
	d, _ := rulesOf(t, "ZH").Deadlines([]deadlines.Fact{fact("ruling_notified", "2026-04-21")}).Find("objection", "")
	e := d.Explain(fr)
	for got, want := range map[string]string{
		e.Moved:       "Reporté au prochain jour ouvrable : 1er mai 2026 (Fête du travail), 2 mai 2026 (samedi), 3 mai 2026 (dimanche).",
		e.Changes:     "Autre date si ceci change : la notification de la décision attaquée, les jours fériés du canton.",
		e.Settles:     "N’est plus attendu après : le dépôt du recours ou de l’opposition.",
		e.Unconfirmed: "Un·e juriste doit encore confirmer cette règle. Vérifiez la date avant de vous y fier.",
		e.Settled:     "",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	d, _ = rulesOf(t, "GE").Deadlines([]deadlines.Fact{fact("cooperation_declared", "2026-05-20"), fact("ties_cut", "2026-05-12"), fact("reflection_ended", "2026-05-21")}).Find("reflection_early_end", "")
	e = d.Explain(fr)
	for got, want := range map[string]string{
		e.Compared: "La date la plus tardive compte. L’autre fait : la confirmation que tout lien avec les suspects est rompu (12 mai 2026).",
		e.Settled:  "Réglé par la fin du délai constatée par une personne du 21 mai 2026.",
		e.Settles:  "",
		e.Moved:    "",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	d, _ = rulesOf(t, "GE").Deadlines([]deadlines.Fact{fact("shelter_entered", "2026-05-20")}).Find("shelter_stay", "")
	if got, want := d.Explain(fr).Unconfirmed, "Règle de la maison proposée par défaut : votre organisation ne l’a pas encore confirmée."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	d, _ = rulesOf(t, "VD").Deadlines([]deadlines.Fact{fact("shelter_entered", "2026-05-20")}).Find("shelter_stay", "")
	if got := d.Explain(fr).Unconfirmed; got != "" {
		t.Errorf("a confirmed rule says %q", got)
	}
}
