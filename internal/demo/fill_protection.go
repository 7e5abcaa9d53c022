package demo

import (
	"context"
	"fmt"

	"passerelle/internal/app"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/identifications"
	"passerelle/internal/ids"
	"passerelle/internal/minors"
	"passerelle/internal/risks"
)

// fillProtection tells what was found, feared and planned in the invented dossiers.
func fillProtection(a *app.App, made map[dossiers.CodeName]madeBy) error {
	for _, tell := range []func(*app.App, map[dossiers.CodeName]madeBy) error{fillAges, fillRisks, fillIdentifications} {
		if err := tell(a, made); err != nil {
			return err
		}
	}
	return nil
}

func fillAges(a *app.App, made map[dossiers.CodeName]madeBy) error {
	gisodar, jirumel, dakupil, fenulat := made["Gisodar"], made["Jirumel"], made["Dakupil"], made["Fenulat"]
	for _, err := range []error{
		a.Minors.RecordAge(fenulat.ctx, fenulat.id, ids.New[minors.AgeRecord](), minors.AgeFinding{
			Finding: minors.OfAge, FoundOn: daysAgo(40), AgeDetails: minors.AgeDetails{By: cast.Lea.Name, Basis: "Carte d’identité échue, vue ; la date n’y est plus lisible, l’année l’est."},
		}),
		a.Minors.Name(gisodar.ctx, gisodar.id, ids.New[minors.Guardian](), minors.Appointment{
			Role: minors.Curator, Since: daysAgo(20), GuardianDetails: minors.GuardianDetails{Name: "Sandra Rey", Reached: "021 000 00 00", AppointedBy: "Justice de paix"},
		}),
		a.Minors.Notify(gisodar.ctx, gisodar.id, ids.New[minors.Report](), minors.Notice{
			ReportedOn: daysAgo(24), AnsweredOn: daysAgo(21),
			ReportDetails: minors.ReportDetails{Authority: "Justice de paix", Contents: "Mineur non accompagné, contraint à des vols.", Answer: "Curatelle instituée ; une personne de confiance sera désignée."},
		}),
		a.Minors.RecordAge(jirumel.ctx, jirumel.id, ids.New[minors.AgeRecord](), minors.AgeFinding{
			Finding: minors.Unclear, FoundOn: daysAgo(4), AgeDetails: minors.AgeDetails{By: "Unité de médecine pour adolescents", Basis: "Aucun document ; elle ne connaît pas son année de naissance. L’examen ne permet pas de trancher."},
		}),
		a.Minors.Name(jirumel.ctx, jirumel.id, ids.New[minors.Guardian](), minors.Appointment{
			Role: minors.Curator, Since: daysAgo(3), GuardianDetails: minors.GuardianDetails{Name: "Thomas Blanc", Reached: "021 000 00 01", AppointedBy: "Justice de paix"},
		}),
		a.Minors.Notify(jirumel.ctx, jirumel.id, ids.New[minors.Report](), minors.Notice{
			ReportedOn: daysAgo(8), AnsweredOn: daysAgo(3),
			ReportDetails: minors.ReportDetails{Authority: "Justice de paix", Contents: "Jeune fille seule, âge inconnu, travail dans un ménage.", Answer: "Curatelle de représentation instituée."},
		}),
		a.Minors.Name(dakupil.ctx, dakupil.id, ids.New[minors.Guardian](), minors.Appointment{
			Role: minors.PersonOfTrust, Since: daysAgo(18), GuardianDetails: minors.GuardianDetails{Name: "Nadia Perrin", Reached: "022 000 00 00", AppointedBy: "Canton de Genève"},
		}),
		a.Minors.RecordAge(dakupil.ctx, dakupil.id, ids.New[minors.AgeRecord](), minors.AgeFinding{
			Finding: minors.Disputed, FoundOn: daysAgo(9), AgeDetails: minors.AgeDetails{By: "SEM", Basis: "Date déclarée jugée peu vraisemblable à la première audition."},
		}),
		a.Minors.Notify(dakupil.ctx, dakupil.id, ids.New[minors.Report](), minors.Notice{
			ReportedOn: daysAgo(6), ReportDetails: minors.ReportDetails{Authority: "TPAE", Contents: "Jeune homme seul, âge contesté, menacé par ceux qui l’ont fait venir."},
		}),
	} {
		if err != nil {
			return fmt.Errorf("a child: %w", err)
		}
	}
	return nil
}

func fillRisks(a *app.App, made map[dossiers.CodeName]madeBy) error {
	three, four := 3, 4
	for codeName, findings := range map[dossiers.CodeName][]risks.Finding{
		"Lomidak": {
			{Kind: risks.Here, Level: risks.High, AssessedOn: daysAgo(70), ReviewOn: daysAgo(50), Details: risks.Details{
				Dangers: []risks.Danger{{Source: "perpetrators", Severity: "grave", Likelihood: "possible"}, {Source: "debt", Severity: "serious", Likelihood: "likely"}},
				Fears:   "Que quelqu’un de son village la reconnaisse."}},
			{Kind: risks.Here, Level: risks.Moderate, AssessedOn: daysAgo(18), Details: risks.Details{
				Dangers:    []risks.Danger{{Source: "perpetrators", Severity: "grave", Likelihood: "unlikely"}, {Source: "family_threatened", Severity: "serious", Likelihood: "possible"}},
				Protective: "Nouveau numéro, cours le matin, deux amies sûres.", Fears: "Pour sa mère, au pays."}},
		},
		"Fenulat": {{Kind: risks.Here, Level: risks.Acute, AssessedOn: daysAgo(4), ReviewOn: daysAgo(-2), Details: risks.Details{
			Dangers: []risks.Danger{{Source: "perpetrators", Severity: "grave", Likelihood: "likely"}, {Source: "contact_continues", Severity: "serious", Likelihood: "likely"}},
			Fears:   "Qu’il revienne devant le foyer."}}},
		"Gisodar": {{Kind: risks.Here, Level: risks.High, ChildScale: &four, AssessedOn: daysAgo(12), ReviewOn: daysAgo(0), Details: risks.Details{
			Dangers: []risks.Danger{{Source: "exploited_again", Severity: "grave", Likelihood: "possible"}}, Fears: "Qu’on l’oblige à repartir avec eux."}}},
		"Vetikom": {{Kind: risks.OnReturn, Level: risks.Moderate, AssessedOn: daysAgo(8), Details: risks.Details{
			Dangers: []risks.Danger{{Source: "debt", Severity: "serious", Likelihood: "possible"}}, Described: "La dette du voyage reste due ; une tante l’attend dans une autre ville.", Fears: "Les gens qui l’ont fait partir."}}},
		"Bamekit": {{Kind: risks.Here, Level: risks.Moderate, AssessedOn: daysAgo(28), ReviewOn: daysAgo(0), Details: risks.Details{
			Dangers: []risks.Danger{{Source: "place_known", Severity: "serious", Likelihood: "possible"}}, Fears: "Que l’employeur la fasse expulser."}}},
		"Dakupil": {{Kind: risks.Here, Level: risks.High, ChildScale: &three, AssessedOn: daysAgo(6), ReviewOn: daysAgo(-5), Details: risks.Details{
			Dangers: []risks.Danger{{Source: "perpetrators", Severity: "grave", Likelihood: "possible"}}, Fears: "Pour son frère resté en route."}}},
		"Jirumel": {{Kind: risks.Here, Level: risks.High, ChildScale: &three, AssessedOn: daysAgo(7), ReviewOn: daysAgo(-5), Details: risks.Details{
			Dangers: []risks.Danger{{Source: "family_threatened", Severity: "serious", Likelihood: "possible"}, {Source: "place_known", Severity: "grave", Likelihood: "unlikely"}}, Fears: "Qu’on la ramène dans cette maison."}}},
		"Zolipat": {{Kind: risks.Here, Level: risks.Moderate, AssessedOn: daysAgo(30), ReviewOn: daysAgo(2), Details: risks.Details{
			Dangers: []risks.Danger{{Source: "perpetrators", Severity: "serious", Likelihood: "possible"}}, Protective: "Deux auteurs sont en détention.", Fears: "Le jour où ils sortiront."}}},
		"Perudin": {{Kind: risks.Here, Level: risks.Low, AssessedOn: daysAgo(20), Details: risks.Details{
			Dangers: []risks.Danger{{Source: "perpetrators", Severity: "serious", Likelihood: "unlikely"}}, Fears: "Croiser l’employeur au tribunal."}}},
		"Wilotas": {{Kind: risks.OnReturn, Level: risks.High, AssessedOn: daysAgo(50), Details: risks.Details{
			Dangers: []risks.Danger{{Source: "perpetrators", Severity: "grave", Likelihood: "possible"}}, Described: "Le recruteur habite la même commune."}}},
	} {
		dossier := made[codeName]
		for _, finding := range findings {
			if err := a.Risks.Assess(dossier.ctx, dossier.id, ids.New[risks.Assessment](), finding); err != nil {
				return fmt.Errorf("risks of %s: %w", codeName, err)
			}
		}
	}
	for codeName, plan := range map[dossiers.CodeName]risks.PlanDetails{
		"Fenulat": {
			Signs: "La même voiture deux fois.\nUn appel sans voix.", Steps: "J’entre dans un magasin.\nJ’appelle.\nJe ne rentre pas seule.", People: "I., puis le 117.",
			Signal: "Une fleur par message : appelez-moi.", Devices: "Localisation coupée. Pas de photo en ligne.",
			Measures: []risks.Measure{{What: "Nouveau numéro de téléphone", Who: cast.Lea.Name, By: daysAgo(-1)}, {What: "Prévenir l’équipe de nuit", Who: cast.Karim.Name, Done: daysAgo(3)}},
		},
		"Bamekit": {Steps: "Je n’ouvre pas la porte.\nJ’appelle mon amie.", People: "M.", Measures: []risks.Measure{{What: "Chercher une place d’urgence", Who: cast.Claire.Name, By: daysAgo(-4)}}},
	} {
		if _, err := a.Risks.WritePlan(made[codeName].ctx, made[codeName].id, 0, plan); err != nil {
			return fmt.Errorf("safety plan of %s: %w", codeName, err)
		}
	}
	return nil
}

func fillIdentifications(a *app.App, made map[dossiers.CodeName]madeBy) error {
	const yes, no, unknown = identifications.Yes, identifications.No, identifications.Unknown
	for _, told := range []struct {
		codeName dossiers.CodeName
		finding  identifications.Finding
		second   context.Context
	}{
		{"Lomidak", identifications.Finding{AssessedOn: daysAgo(160), Details: identifications.Details{
			Answers:   map[string]identifications.Answer{"recruited": yes, "transported": yes, "false_work": yes, "debt_then": yes, "sexual_services": yes, "papers_taken": unknown},
			Judgement: "Présumée victime. Le serment et la dette se recoupent avec d’autres récits ; à confirmer dans un second entretien.", OwnView: "Elle parle d’une promesse qu’elle doit tenir."}}, nil},
		{"Lomidak", identifications.Finding{AssessedOn: daysAgo(140), Details: identifications.Details{
			Answers:   map[string]identifications.Answer{"recruited": yes, "transported": yes, "false_work": yes, "debt_then": yes, "sexual_services": yes, "no_pay": yes, "papers_taken": yes, "threats_now": yes},
			Judgement: "Identifiée. Acte, moyens et but sont clairs.", OwnView: "Elle dit aujourd’hui qu’on lui a menti."}}, cast.Karim.Context(made["Lomidak"].ctx)},
		{"Rasolin", identifications.Finding{AssessedOn: daysAgo(5), Details: identifications.Details{
			Answers:   map[string]identifications.Answer{"recruited": yes, "false_love": yes, "sexual_services": unknown, "locked_watched": no},
			Judgement: "Peu clair. La relation avec le recruteur continue.", OwnView: "Elle parle de son ami, et d’argent qu’elle lui doit."}}, nil},
		{"Gisodar", identifications.Finding{AssessedOn: daysAgo(15), Details: identifications.Details{
			Answers:   map[string]identifications.Answer{"recruited": yes, "housed": yes, "crime_begging": yes, "no_pay": yes},
			Judgement: "Présumé victime ; mineur, les moyens ne sont pas à établir.", OwnView: "Il a peur d’être puni pour les vols."}}, cast.Karim.Context(made["Gisodar"].ctx)},
		{"Jirumel", identifications.Finding{AssessedOn: daysAgo(6), Details: identifications.Details{
			Answers:   map[string]identifications.Answer{"recruited": yes, "housed": yes, "no_pay": yes, "isolated": yes, "papers_taken": unknown},
			Judgement: "Présumée victime, travail dans un ménage. L’âge n’est pas établi : elle compte comme mineure.", OwnView: "Elle veut aller à l’école."}}, nil},
		{"Perudin", identifications.Finding{AssessedOn: daysAgo(206), Details: identifications.Details{
			Answers:   map[string]identifications.Answer{"recruited": yes, "false_conditions": yes, "no_pay": yes, "excessive_hours": yes, "papers_taken": yes},
			Judgement: "Identifiée, exploitation de la force de travail.", OwnView: "Elle veut ses salaires, et que cela n’arrive pas à d’autres."}}, cast.Marc.Context(made["Perudin"].ctx)},
		{"Bamekit", identifications.Finding{AssessedOn: daysAgo(30), Details: identifications.Details{
			Answers:   map[string]identifications.Answer{"recruited": yes, "false_conditions": yes, "no_pay": yes, "excessive_hours": yes, "papers_taken": yes, "isolated": yes},
			Judgement: "Présumée victime, exploitation de la force de travail dans un ménage.", OwnView: "Elle veut ses salaires, et travailler ailleurs."}}, cast.Marc.Context(made["Bamekit"].ctx)},
	} {
		dossier, id := made[told.codeName], ids.New[identifications.Assessment]()
		history, err := a.Identifications.OfDossier(dossier.ctx, dossier.id)
		if err != nil {
			return fmt.Errorf("identification of %s: %w", told.codeName, err)
		}
		set, _ := history.Choose("")
		if err := a.Identifications.Assess(dossier.ctx, dossier.id, id, set.Digest, told.finding); err != nil {
			return fmt.Errorf("identification of %s: %w", told.codeName, err)
		}
		if told.second != nil {
			if err := a.Identifications.ReadSecond(told.second, dossier.id, id, identifications.SecondDetails{Opinion: "agrees_in_part", Words: "D’accord ; le rôle de la personne qui l’a hébergée reste à éclaircir."}); err != nil {
				return fmt.Errorf("second reading of %s: %w", told.codeName, err)
			}
		}
	}
	return nil
}
