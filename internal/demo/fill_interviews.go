package demo

import (
	"fmt"
	"time"

	"passerelle/internal/app"
	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/interviews"
	"passerelle/internal/tasks"
)

// encounter is an interview of an invented dossier, so many days ago at an hour.
type encounter struct {
	dossier dossiers.CodeName
	daysAgo int
	hour    int
	minutes int
	kind    interviews.Kind
	account interviews.Account
	hard    bool
	// then is what is to be done after it, in so many days.
	then   string
	inDays int
}

// errand is a task of an invented dossier.
type errand struct {
	dossier dossiers.CodeName
	inDays  int
	kind    tasks.Kind
	text    string
	every   int
	unit    tasks.Unit
}

var encounters = []encounter{
	{"Lomidak", 1, 9, 50, "individual", interviews.Account{Where: "Bureau de Lausanne", Interpreter: "Interprète en pidgin, par téléphone", Note: "Elle commence le cours de français lundi et s’en réjouit. Nous avons relu ensemble le budget du mois. Elle aimerait visiter deux logements avant la fin de l’année."}, false, "Envoyer les adresses des deux visites", 3},
	{"Lomidak", 9, 14, 120, "office", interviews.Account{Where: "CSR de Lausanne", Participants: "Assistant social du CSR", Note: "Dépôt du formulaire de budget. Il manque le relevé bancaire, à fournir dans les dix jours."}, false, "Apporter le relevé bancaire", -2},
	{"Lomidak", 34, 10, 90, "individual", interviews.Account{Where: "Foyer", Note: "Elle a raconté pour la première fois la traversée et ce qui s’est passé à l’arrivée. Pause demandée deux fois. Elle souhaite que la suite se fasse avec la même interprète."}, true, "", 0},
	{"Tisapuk", 0, 8, 15, "phone", interviews.Account{Note: "Premier appel par la permanence. Elle rappellera demain d’un autre téléphone."}, false, "Être joignable entre 9 h et 11 h", 1},
	{"Dopelem", 20, 16, 30, "phone", interviews.Account{Note: "Tout va bien au travail. Question sur l’assurance maladie."}, false, "", 0},
	{"Rasolin", 2, 22, 75, "crisis", interviews.Account{Where: "Urgences de l’hôpital", Participants: "Médecin de garde", Note: "Appel de nuit : elle a reçu des messages de menace. Accompagnée jusqu’au foyer, nouveau numéro de téléphone."}, true, "Prévenir la police des menaces, avec son accord", 0},
	{"Gisodar", 6, 15, 60, "network", interviews.Account{Participants: "Curatrice, école, foyer", Note: "Tour de table sur la scolarité. La curatrice demande un rapport."}, false, "Rédiger le rapport pour la curatrice", 8},
	{"Vetikom", 12, 11, 45, "individual", interviews.Account{Where: "Bureau", Interpreter: "Interprète en bulgare"}, false, "", 0},
	{"Bamekit", 3, 10, 60, "individual", interviews.Account{Where: "Permanence de Genève", Note: "Elle a apporté son contrat de travail et les relevés d’heures. Elle hésite encore à porter plainte."}, false, "Prendre rendez-vous avec la juriste", 2},
	{"Bamekit", 17, 13, 25, "phone", interviews.Account{Note: "Confirmation du rendez-vous et du trajet."}, false, "", 0},
	{"Tavumek", 5, 9, 70, "individual", interviews.Account{Where: "Foyer", Interpreter: "Interprète en amharique", Note: "Explication du délai de rétablissement. Elle se repose, dort mieux."}, false, "Vérifier que le foyer a reçu l’attestation", 4},
	{"Jirumel", 5, 10, 40, "individual", interviews.Account{Where: "Lieu d’accueil", Participants: "Éducatrice de référence", Note: "Elle parle peu, dessine volontiers. Elle demande si elle pourra aller à l’école."}, false, "Chercher une classe d’accueil", 6},
	{"Perudin", 4, 17, 55, "individual", interviews.Account{Where: "Permanence de Genève", Interpreter: "Interprète en roumain", Note: "Préparation de l’audition : elle sait qu’elle peut demander des pauses. Elle souhaite que l’interprète soit une femme."}, false, "", 0},
	{"Ruvolan", 1, 16, 20, "phone", interviews.Account{Note: "Une amie appelle pour elle. Elle passera nous voir cette semaine, sans rendez-vous."}, false, "Rester joignable cette semaine", 3},
	{"Kadovit", 30, 16, 30, "individual", interviews.Account{Where: "Café près de la gare", Note: "Dernier entretien. Il a reçu son contrat fixe et ne souhaite plus d’accompagnement."}, false, "", 0},
	{"Zolipat", 25, 14, 150, "office", interviews.Account{Where: "Ministère public", Participants: "Avocate", Note: "Audition de trois heures. Très éprouvant, elle a demandé à ne pas être seule ce soir."}, true, "", 0},
	{"Hobiren", 40, 17, 20, "phone", interviews.Account{Note: "Il a signé son bail."}, false, "", 0},
}

var errands = []errand{
	{"Lomidak", 0, "call", "Appeler la régie pour la visite de jeudi", 0, ""},
	{"Lomidak", 2, "follow_up", "Prendre des nouvelles par SMS, le matin", 1, tasks.Weeks},
	{"Gisodar", -1, "document", "Demander une copie de l’ordonnance de curatelle", 0, ""},
	{"Dopelem", 21, "call", "Appel de suivi", 3, tasks.Months},
	{"Jirumel", 2, "call", "Rappeler la Justice de paix pour la personne de confiance", 0, ""},
	{"Perudin", 5, "document", "Préparer avec elle les décomptes pour l’audition", 0, ""},
	{"Zolipat", -1, "call", "Demander à la crèche si la place est libre", 0, ""},
	{"Tavumek", 0, "follow_up", "Passer au foyer en fin de journée", 1, tasks.Weeks},
	{"Bamekit", 1, "letter", "Courrier à l’employeur, relu par la juriste", 0, ""},
	{"Mefaduk", 4, "appointment", "Accompagner à l’inscription à l’ORP", 0, ""},
}

// tellInterviews writes what was talked about, and what came of it.
func tellInterviews(a *app.App, made map[dossiers.CodeName]madeBy) error {
	now := time.Now()
	today := forms.Today(now)
	for _, e := range encounters {
		of := made[e.dossier]
		day := today.AddDate(0, 0, -e.daysAgo)
		at := time.Date(day.Year(), day.Month(), day.Day(), e.hour, 15, 0, 0, i18n.Zone)
		if at.After(now) {
			at = now.Add(-time.Duration(e.minutes) * time.Minute)
		}
		var steps []interviews.Step
		if e.then != "" {
			due := today.AddDate(0, 0, e.inDays)
			steps = []interviews.Step{{Text: e.then, DueOn: &due}}
		}
		if _, err := a.Interviews.Record(of.ctx, interviews.Whose{Dossier: of.id}, ids.New[interviews.Interview](), interviews.Contents{
			Kind: e.kind, HeldAt: &at, Minutes: &e.minutes, Hard: e.hard, Account: e.account,
		}, steps); err != nil {
			return fmt.Errorf("interview of %s: %w", e.dossier, err)
		}
	}
	for _, e := range errands {
		of := made[e.dossier]
		due := today.AddDate(0, 0, e.inDays)
		contents := tasks.Contents{Kind: e.kind, Text: e.text, DueOn: &due, Unit: e.unit}
		if e.every > 0 {
			contents.Every = &e.every
		}
		if err := a.Tasks.Add(of.ctx, of.id, ids.New[tasks.Task](), contents); err != nil {
			return fmt.Errorf("task of %s: %w", e.dossier, err)
		}
	}
	return nil
}
