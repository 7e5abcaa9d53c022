package demo

import (
	"fmt"

	"passerelle/internal/app"
	"passerelle/internal/claims"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/projects"
	"passerelle/internal/returns"
)

// tellProjects writes life projects and their steps.
func tellProjects(a *app.App, made map[dossiers.CodeName]madeBy) error {
	percent := func(n int) *int { return &n }
	for name, story := range map[dossiers.CodeName]struct {
		texts []projects.Text
		steps map[projects.Details]projects.Step
	}{
		"Lomidak": {
			[]projects.Text{
				{Words: "Je veux d’abord dormir tranquille et comprendre le français."},
				{Words: "Je veux parler français, coudre de nouveau, et un jour avoir mon atelier. Je veux un appartement où personne ne connaît mon adresse.", Goals: []string{"Parler français", "Retrouver la couture", "Vivre dans mon appartement"}},
			},
			map[projects.Details]projects.Step{
				{What: "Français A2, deux soirs par semaine", Goal: "Parler français", With: "Cours de français de l’Ouest"}:                      {Kind: projects.Language, State: projects.Open, BegunOn: daysAgo(70), DueOn: daysAgo(-50), Level: "a2", ExamOn: daysAgo(-45)},
				{What: "Français A1", Goal: "Parler français", With: "Cours de français de l’Ouest", Result: "Examen réussi, elle en est fière."}: {Kind: projects.Language, State: projects.Done, BegunOn: daysAgo(200), EndedOn: daysAgo(80), Level: "a1", ExamOn: daysAgo(80)},
				{What: "Atelier de couture, mesure d’insertion", Goal: "Retrouver la couture", With: "Atelier d’insertion, Renens"}:               {Kind: projects.Training, State: projects.Open, DueOn: daysAgo(-20)},
				{Goal: "Vivre dans mon appartement", With: "CSR de Lausanne", Result: "Accordé, avec effet dès le mois suivant."}:                 {Kind: projects.IncomeSupport, State: projects.Done, AskedOn: daysAgo(150), DecidedOn: daysAgo(118), Decision: projects.Granted, EndedOn: daysAgo(118)},
				{What: "Inscription et premier entretien", Goal: "Vivre dans mon appartement", With: "ORP de Lausanne"}:                           {Kind: projects.Registration, State: projects.Open, DueOn: daysAgo(3)},
			},
		},
		"Dopelem": {
			[]projects.Text{{Words: "Travailler à plein temps et ne plus dépendre de personne. Passer mon permis de conduire.", Goals: []string{"Travailler à plein temps", "Conduire"}}},
			map[projects.Details]projects.Step{
				{What: "Aide de cuisine", Goal: "Travailler à plein temps", With: "Restaurant de l’hôpital", Result: "Contrat de durée indéterminée."}: {Kind: projects.Work, State: projects.Done, BegunOn: daysAgo(220), EndedOn: daysAgo(130), Percent: percent(60), Sector: "hospitality"},
				{What: "Augmenter le taux à 80 %", Goal: "Travailler à plein temps"}:                                                                   {Kind: projects.Work, State: projects.Open, DueOn: daysAgo(-90), Percent: percent(80), Sector: "hospitality"},
				{What: "Théorie", Goal: "Conduire", Result: "Trop cher pour le moment."}:                                                               {Kind: projects.DrivingLicence, State: projects.Dropped, EndedOn: daysAgo(40)},
			},
		},
		"Mefaduk": {
			[]projects.Text{{Words: "Apprendre un métier du soin, comme ma mère. Que mes enfants restent dans leur école.", Goals: []string{"Devenir auxiliaire de santé", "L’école des enfants"}}},
			map[projects.Details]projects.Step{
				{What: "Auxiliaire de santé", Goal: "Devenir auxiliaire de santé", With: "Croix-Rouge genevoise"}:                    {Kind: projects.Training, State: projects.Open, BegunOn: daysAgo(-25), DueOn: daysAgo(-150)},
				{What: "Stage d’observation en EMS", Goal: "Devenir auxiliaire de santé", Result: "Très bon retour de l’équipe."}:    {Kind: projects.Internship, State: projects.Done, BegunOn: daysAgo(90), EndedOn: daysAgo(60), Percent: percent(50), Sector: "care"},
				{What: "Restaurant scolaire et devoirs surveillés", Goal: "L’école des enfants", With: "École primaire du quartier"}: {Kind: projects.Schooling, State: projects.Open, BegunOn: daysAgo(95)},
				{With: "Service social", Goal: "Devenir auxiliaire de santé"}:                                                        {Kind: projects.IncomeSupport, State: projects.Open, AskedOn: daysAgo(18), DueOn: daysAgo(-12)},
			},
		},
		"Hobiren": {
			[]projects.Text{{Words: "Garder mon travail sur les chantiers, avec un vrai contrat."}},
			map[projects.Details]projects.Step{
				{What: "Manœuvre, contrat par une agence reconnue", Result: "Contrat signé, salaire selon la convention."}: {Kind: projects.Work, State: projects.Done, BegunOn: daysAgo(300), EndedOn: daysAgo(290), Percent: percent(100), Sector: "construction"},
			},
		},
	} {
		of, ok := made[name]
		if !ok {
			return fmt.Errorf("%s is nobody", name)
		}
		for version, text := range story.texts {
			if err := a.Projects.Write(of.ctx, of.id, version, text); err != nil {
				return fmt.Errorf("the project of %s: %w", name, err)
			}
		}
		for details, step := range story.steps {
			step.StepID, step.Details = ids.New[projects.Step](), keys.Of(details)
			if err := a.Projects.Plan(of.ctx, of.id, step); err != nil {
				return fmt.Errorf("a step of %s: %w", name, err)
			}
		}
	}
	return nil
}

// tellClaims writes what is asked of victim assistance, and who pays.
func tellClaims(a *app.App, made map[dossiers.CodeName]madeBy) error {
	for name, story := range map[dossiers.CodeName]struct {
		offence claims.Offence
		claims  []claims.Claim
		payers  []claims.Payer
	}{
		"Lomidak": {
			claims.Offence{From: daysAgo(900), Until: daysAgo(420), KnownOn: daysAgo(400), LivedHere: "no"},
			[]claims.Claim{
				{Kind: claims.ImmediateHelp, AskedOn: daysAgo(400), DecidedOn: daysAgo(399), Decision: claims.Granted, GrantedUntil: daysAgo(366), Details: keys.Of(claims.Details{Office: "Centre LAVI de Lausanne"})},
				{Kind: claims.LongerTermHelp, AskedOn: daysAgo(370), DecidedOn: daysAgo(360), Decision: claims.Granted, GrantedUntil: daysAgo(-40), Details: keys.Of(claims.Details{Office: "Centre LAVI de Lausanne", Note: "Suivi psychologique et interprète."})},
				{Kind: claims.Compensation, AskedOn: daysAgo(60), Details: keys.Of(claims.Details{Office: "Autorité d’indemnisation du canton", Sum: "CHF 14’500", Note: "Perte de gain depuis la fin de l’exploitation."})},
			},
			[]claims.Payer{
				{Payer: "immediate_help", FromOn: *daysAgo(400), UntilOn: daysAgo(366)},
				{Payer: "longer_term_help", FromOn: *daysAgo(365), UntilOn: daysAgo(119)},
				{Payer: "social_assistance", FromOn: *daysAgo(118), Note: keys.Of("CSR de Lausanne, dès la décision.")},
			},
		},
		"Rasolin": {
			claims.Offence{From: daysAgo(60), Until: daysAgo(22)},
			[]claims.Claim{{Kind: claims.ImmediateHelp, AskedOn: daysAgo(20), DecidedOn: daysAgo(20), Decision: claims.Granted, GrantedUntil: daysAgo(-14), Details: keys.Of(claims.Details{Office: "Centre LAVI de Lausanne"})}},
			[]claims.Payer{{Payer: "immediate_help", FromOn: *daysAgo(20), UntilOn: daysAgo(-14), Note: keys.Of("Qui prend le relais ? À demander au CSR.")}},
		},
		"Gisodar": {
			claims.Offence{From: daysAgo(300), Until: daysAgo(90), LivedHere: "no"}, nil,
			[]claims.Payer{{Payer: "asylum", FromOn: *daysAgo(85)}},
		},
		"Zolipat": {
			claims.Offence{From: daysAgo(1780), Until: daysAgo(700), KnownOn: daysAgo(690)},
			[]claims.Claim{{Kind: claims.LongerTermHelp, AskedOn: daysAgo(600), DecidedOn: daysAgo(590), Decision: claims.Partial, GrantedUntil: daysAgo(-100), Details: keys.Of(claims.Details{Office: "Centre LAVI de Genève"})}},
			[]claims.Payer{{Payer: "longer_term_help", FromOn: *daysAgo(590), UntilOn: daysAgo(-100)}, {Payer: "donation", FromOn: *daysAgo(650), UntilOn: daysAgo(591), Note: keys.Of("Fonds d’entraide.")}},
		},
		"Perudin": {
			claims.Offence{From: daysAgo(480), Until: daysAgo(216), KnownOn: daysAgo(205)},
			[]claims.Claim{
				{Kind: claims.ImmediateHelp, AskedOn: daysAgo(195), DecidedOn: daysAgo(194), Decision: claims.Granted, GrantedUntil: daysAgo(160), Details: keys.Of(claims.Details{Office: "Centre LAVI de Genève"})},
				{Kind: claims.LongerTermHelp, AskedOn: daysAgo(170), DecidedOn: daysAgo(162), Decision: claims.Granted, GrantedUntil: daysAgo(-20), Details: keys.Of(claims.Details{Office: "Centre LAVI de Genève", Note: "Hébergement et interprète ; à renouveler."})},
			},
			[]claims.Payer{{Payer: "immediate_help", FromOn: *daysAgo(195), UntilOn: daysAgo(160)}, {Payer: "longer_term_help", FromOn: *daysAgo(159), UntilOn: daysAgo(-20)}},
		},
		"Jirumel": {
			claims.Offence{Until: daysAgo(10), KnownOn: daysAgo(9)},
			[]claims.Claim{{Kind: claims.ImmediateHelp, AskedOn: daysAgo(9), DecidedOn: daysAgo(8), Decision: claims.Granted, GrantedUntil: daysAgo(-26), Details: keys.Of(claims.Details{Office: "Centre LAVI de Lausanne"})}},
			[]claims.Payer{{Payer: "immediate_help", FromOn: *daysAgo(9), UntilOn: daysAgo(-26)}},
		},
		"Hobiren": {
			claims.Offence{From: daysAgo(1200), Until: daysAgo(800)},
			[]claims.Claim{
				{Kind: claims.Compensation, AskedOn: daysAgo(500), DecidedOn: daysAgo(210), Decision: claims.Partial, Details: keys.Of(claims.Details{Office: "Instance d’indemnisation", Sum: "CHF 9’200"})},
				{Kind: claims.MoralReparation, DecidedOn: daysAgo(500), Decision: claims.Renounced, Details: keys.Of(claims.Details{Note: "Il ne veut plus en parler."})},
			},
			[]claims.Payer{{Payer: "own_means", FromOn: *daysAgo(290)}},
		},
	} {
		of, ok := made[name]
		if !ok {
			return fmt.Errorf("%s is nobody", name)
		}
		if err := a.Claims.Date(of.ctx, of.id, 0, story.offence); err != nil {
			return fmt.Errorf("the offence against %s: %w", name, err)
		}
		for _, claim := range story.claims {
			claim.ClaimID = ids.New[claims.Claim]()
			if err := a.Claims.Claim(of.ctx, of.id, claim); err != nil {
				return fmt.Errorf("a claim of %s: %w", name, err)
			}
		}
		for _, payer := range story.payers {
			payer.PayerID = ids.New[claims.Payer]()
			if err := a.Claims.Assign(of.ctx, of.id, payer); err != nil {
				return fmt.Errorf("who pays for %s: %w", name, err)
			}
		}
	}
	return nil
}

// homeward is a return, so many days ago as far as it has gone.
type homeward struct {
	details             returns.Details
	considered, decided int
	planned             int
	// departed is nothing while somebody is still here.
	departed int
	contacts map[int]string
}

// tellReturns writes returns as far as they have gone: nobody decides before the risks were assessed, which another story tells.
func tellReturns(a *app.App, made map[dossiers.CodeName]madeBy) error {
	for name, story := range map[dossiers.CodeName]homeward{
		"Vetikom": {
			details:    returns.Details{With: "Conseil en vue du retour, avec une interprète", Wishes: "Retrouver sa sœur et ses deux enfants. Elle craint que ses anciens voisins la reconnaissent.", Destination: "Bulgarie, dans une autre ville", StartMoney: "USD 1’000", ReintegrationAid: "Formation de coiffeuse, à chiffrer"},
			considered: 45, decided: 4, planned: -30,
		},
		"Wilotas": {
			details:    returns.Details{With: "Bureau de l’aide au retour, l’intervenante et l’interprète", Wishes: "Rentrer avant l’hiver et reprendre ses études.", Destination: "Hongrie, chez une tante"},
			considered: 65, decided: 40, planned: 21, departed: 21,
			contacts: map[int]string{21: "Bien arrivée, sa tante était là.", 6: "Elle s’est inscrite au cours. L’association sur place l’a reçue deux fois."},
		},
	} {
		if err := story.tell(a, made[name]); err != nil {
			return fmt.Errorf("the return of %s: %w", name, err)
		}
	}
	return nil
}

func (h homeward) tell(a *app.App, of madeBy) error {
	prepared := returns.Return{ReturnID: ids.New[returns.Return](), ConsideredOn: *daysAgo(h.considered), Programme: "victims", PlannedOn: daysAgo(h.planned), Details: keys.Of(h.details)}
	if err := a.Returns.Prepare(of.ctx, of.id, prepared); err != nil {
		return err
	}
	if err := a.Returns.Reach(of.ctx, of.id, 1, returns.Decision, returns.Mark{On: daysAgo(h.decided), Said: "Je rentre. Je sais à qui téléphoner si quelque chose ne va pas."}); err != nil || h.departed == 0 {
		return err
	}
	if err := a.Returns.Reach(of.ctx, of.id, 2, returns.Departure, returns.Mark{On: daysAgo(h.departed), Said: "Accompagnée jusqu’à l’aéroport."}); err != nil {
		return err
	}
	for ago, told := range h.contacts {
		contact := returns.Contact{ContactID: ids.New[returns.Contact](), ContactedOn: *daysAgo(ago), Channel: "message", Note: keys.Of(told)}
		if err := a.Returns.Follow(of.ctx, of.id, contact); err != nil {
			return err
		}
	}
	return nil
}
