package demo

import (
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/referrals"
)

// inventions are the people of the demo: somebody at every step of the path, in both cantons.
func inventions() []invention {
	return []invention{
		{
			by: cast.Lea, codeName: "Lomidak", phase: dossiers.Integration, since: 420, reached: "police_justice",
			person: dossiers.Beneficiary{
				FamilyName: "Okafor", GivenNames: "Amina Grace", BirthDate: day(1998, time.March, 14), Gender: "female",
				Nationalities: []string{"NG"}, Languages: []string{"eng", "pcm"}, NeedsInterpreter: dossiers.Yes, Phone: "+41 78 600 00 01",
				SafeContact: dossiers.SafeContact{
					ContactChannels: []dossiers.Channel{"phone", "sms"}, ContactDays: []dossiers.Day{"mon", "tue", "wed", "thu", "fri"},
					ContactFrom: "09:00", ContactUntil: "12:00", ContactIdentify: dossiers.No, ContactCodeWord: "bibliothèque",
					ContactNote: "Ne laisser aucun message vocal. Le soir, le téléphone peut être entre d’autres mains.",
				},
				ExploitationForms: []dossiers.ExploitationForm{"sexual"}, ExploitationCantons: []string{"VD", "GE"}, ExploitationPlaces: []dossiers.ExploitationPlace{"abroad"},
			},
			situation: dossiers.Situation{
				access.Permit: "Autorisation L délivrée pour la durée de la procédure, renouvellement demandé.",
				access.Skills: "Anglais courant, français A2. Trois ans de couture, permis de conduire nigérian.",
				access.Income: "Sans revenu. Pas de fortune. Pas d’AVS versée en Suisse.",
				access.Health: "Suivi par une psychologue. Douleurs au dos, à voir.",
			},
			referrals: []invitation{
				{
					to: cast.CSR, urgency: referrals.Soon, inDays: 7,
					classes: []access.DataClass{access.Identity, access.Contact, access.Permit, access.Income},
					request: "Ouverture du revenu d’insertion à la sortie du foyer. Un premier rendez-vous le matin serait le plus sûr.",
					then:    asked(cast.Noe, "Avez-vous une copie de la confirmation de renouvellement du permis ?"),
				},
				{
					to: cast.ORP, urgency: referrals.Normal, inDays: 20,
					classes: []access.DataClass{access.Identity, access.Permit, access.Skills},
					request: "Inscription et bilan de compétences ; elle aimerait reprendre la couture.",
					then:    added(cast.Lea, "Elle suit désormais un cours de français le matin : un rendez-vous l’après-midi lui conviendrait mieux."),
				},
			},
		},
		{
			by: cast.Lea, codeName: "Fenulat", phase: dossiers.Reflection, since: 32, reached: "ngo_advice_centre",
			person: dossiers.Beneficiary{
				GivenNames: "Ilona", EstimatedAge: age(24), Gender: "female", Nationalities: []string{"HU"}, Languages: []string{"hun", "rom"}, NeedsInterpreter: dossiers.Yes,
				SafeContact:       dossiers.SafeContact{ContactChannels: []dossiers.Channel{"in_person"}, ContactIdentify: dossiers.No, ContactNote: "Ne pas téléphoner : la personne appelle elle-même."},
				ExploitationForms: []dossiers.ExploitationForm{"sexual", "begging"}, ExploitationCantons: []string{"VD"},
			},
			situation: dossiers.Situation{
				access.Health:  "Consultation gynécologique souhaitée, avec une interprète femme.",
				access.Housing: "Logée dans un lieu protégé.",
			},
			referrals: []invitation{
				{
					to: cast.Clinic, urgency: referrals.Urgent, inDays: 1,
					classes: []access.DataClass{access.Contact, access.Skills, access.Health},
					request: "Première consultation dans les trois jours, avec une interprète hongroise venant d’une autre région.",
				},
			},
		},
		{
			by: cast.Lea, codeName: "Nobetim", phase: dossiers.Proceedings, since: 240, reached: "labour_inspectorate",
			person: dossiers.Beneficiary{
				FamilyName: "Santos", GivenNames: "Rui", BirthDate: day(1987, time.November, 2), Gender: "male", Nationalities: []string{"BR"}, Languages: []string{"por"},
				NeedsInterpreter: dossiers.No, Phone: "+41 78 600 00 02",
				SafeContact:       dossiers.SafeContact{ContactChannels: []dossiers.Channel{"messenger"}, ContactIdentify: dossiers.Yes},
				ExploitationForms: []dossiers.ExploitationForm{"labour"}, ExploitationCantons: []string{"VD", "FR"},
			},
			situation: dossiers.Situation{
				access.Proceedings: "Plainte déposée, instruction ouverte. Créances de salaire de huit mois. " +
					"Il a été entendu une première fois comme personne appelée à donner des renseignements, avec une interprète portugaise, et une seconde fois comme partie plaignante. " +
					"L’employeur conteste les heures ; deux collègues sont prêts à témoigner, l’un d’eux ne veut pas que son adresse figure au dossier. " +
					"Les décomptes de salaire, les messages et les photographies du dortoir sont chez l’avocate. Prochaine audition annoncée, date encore ouverte.",
				access.Permit: "Autorisation L demandée.",
			},
			referrals: []invitation{
				{
					to: cast.LegalVaud, urgency: referrals.Normal, inDays: 10,
					classes: []access.DataClass{access.Identity, access.Contact, access.Permit, access.Proceedings},
					request: "Assistance judiciaire et conclusions civiles : salaires impayés.",
					then:    accepted(cast.Paul, "Nous prenons le mandat. Première entrevue jeudi à 10 h."),
				},
				{
					to: cast.School, urgency: referrals.Normal, inDays: 30, draft: true,
					classes: []access.DataClass{access.Identity, access.Skills},
					request: "Cours de français du soir, niveau débutant.",
				},
			},
		},
		{by: cast.Lea, codeName: "Tisapuk", phase: dossiers.FirstContact, reached: "hotline"},
		{
			by: cast.Karim, codeName: "Dopelem", phase: dossiers.Independent, since: 710, reached: "health",
			person:    dossiers.Beneficiary{FamilyName: "Tesfay", GivenNames: "Selam", EstimatedAge: age(31), Gender: "female", Nationalities: []string{"ER"}, Languages: []string{"tir"}},
			situation: dossiers.Situation{access.Income: "Emploi à 60 % depuis le printemps, complément du RI."},
			referrals: []invitation{
				{
					to: cast.CSR, urgency: referrals.Normal, inDays: 14,
					classes: []access.DataClass{access.Identity, access.Income},
					request: "Calcul du complément après l’augmentation du taux d’activité.",
					then:    declined(cast.Noe, referrals.NotCompetent, "La commune de domicile relève d’un autre centre : Prilly-Echallens."),
				},
			},
		},
		{
			by: cast.Claire, codeName: "Bamekit", phase: dossiers.Identification, since: 34, reached: "union",
			person: dossiers.Beneficiary{
				FamilyName: "Reyes", GivenNames: "Marisol", BirthDate: day(1979, time.June, 30), Gender: "female", Nationalities: []string{"PH"}, Languages: []string{"eng", "tgl"},
				SafeContact:       dossiers.SafeContact{ContactChannels: []dossiers.Channel{"email"}, ContactIdentify: dossiers.No},
				Email:             "contact-sur@example.org",
				ExploitationForms: []dossiers.ExploitationForm{"labour"}, ExploitationCantons: []string{"GE"},
			},
			situation: dossiers.Situation{access.Housing: "Hébergée par une connaissance jusqu’à la fin du mois.", access.Income: "Aucun revenu depuis son départ de la maison de l’employeur."},
			referrals: []invitation{
				{
					to: cast.Hospice, urgency: referrals.Urgent, inDays: 2,
					classes: []access.DataClass{access.Identity, access.Contact, access.Income, access.Housing},
					request: "Aide d’urgence et hébergement dès le 1er du mois.",
				},
				{
					to: cast.LegalGeneve, urgency: referrals.Soon, inDays: 8,
					classes: []access.DataClass{access.Identity, access.Contact},
					request: "Conseil sur une plainte contre l’employeur ; délai de trois mois en cours.",
				},
			},
		},
		{by: cast.Claire, codeName: "Ruvolan", phase: dossiers.FirstContact, reached: "acquaintance_family"},
		{by: cast.Marc, codeName: "Kesodit", phase: dossiers.Independent, since: 810, reached: "asylum_legal_representative"},
		{
			by: cast.Lea, codeName: "Rasolin", phase: dossiers.Identification, since: 31, reached: "women_shelter",
			person: dossiers.Beneficiary{
				FamilyName: "Ionescu", GivenNames: "Daria", EstimatedAge: age(20), Gender: "female", Nationalities: []string{"RO"}, Languages: []string{"ron"}, NeedsInterpreter: dossiers.Yes,
				ExploitationForms: []dossiers.ExploitationForm{"sexual"}, ExploitationCantons: []string{"VD"},
			},
		},
		{
			by: cast.Lea, codeName: "Gisodar", phase: dossiers.Identification, since: 60, reached: "sem",
			person: dossiers.Beneficiary{
				GivenNames: "Mamadou", BirthDate: day(2010, time.April, 18), Gender: "male", Nationalities: []string{"GN"}, Languages: []string{"fra", "ful"}, NeedsInterpreter: dossiers.No,
				ExploitationForms: []dossiers.ExploitationForm{"forced_crime"}, ExploitationCantons: []string{"VD"}, ExploitationPlaces: []dossiers.ExploitationPlace{"abroad"},
			},
		},
		{
			by: cast.Karim, codeName: "Vetikom", phase: dossiers.Return, since: 170, reached: "police_justice",
			person: dossiers.Beneficiary{
				FamilyName: "Petrova", GivenNames: "Elena", BirthDate: day(1994, time.August, 9), Gender: "female", Nationalities: []string{"BG"}, Languages: []string{"bul"}, NeedsInterpreter: dossiers.Yes,
				ExploitationForms: []dossiers.ExploitationForm{"begging"}, ExploitationCantons: []string{"VD", "VS"},
			},
		},
		{
			by: cast.Karim, codeName: "Pulafen", phase: dossiers.Independent, since: 720, reached: "labour_inspectorate",
			person: dossiers.Beneficiary{FamilyName: "Nguyen", GivenNames: "Linh", BirthDate: day(1990, time.January, 27), Gender: "female", Nationalities: []string{"VN"}, Languages: []string{"vie"}, ExploitationForms: []dossiers.ExploitationForm{"labour"}, ExploitationCantons: []string{"VD"}},
		},
		{
			by: cast.Claire, codeName: "Tavumek", phase: dossiers.Reflection, since: 45, reached: "hotline",
			person: dossiers.Beneficiary{FamilyName: "Haile", GivenNames: "Saba", BirthDate: day(2000, time.May, 12), Gender: "female", Nationalities: []string{"ET"}, Languages: []string{"amh"}, NeedsInterpreter: dossiers.Yes, ExploitationForms: []dossiers.ExploitationForm{"labour"}, ExploitationCantons: []string{"GE"}},
		},
		{
			by: cast.Claire, codeName: "Zolipat", phase: dossiers.Proceedings, since: 700, reached: "police_justice",
			person: dossiers.Beneficiary{FamilyName: "Souza", GivenNames: "Bruna", BirthDate: day(1996, time.October, 3), Gender: "trans", Nationalities: []string{"BR"}, Languages: []string{"por"}, ExploitationForms: []dossiers.ExploitationForm{"sexual"}, ExploitationCantons: []string{"GE", "ZH"}},
		},
		{
			by: cast.Claire, codeName: "Mefaduk", phase: dossiers.Integration, since: 420, reached: "ngo_advice_centre",
			person:    dossiers.Beneficiary{FamilyName: "Bah", GivenNames: "Fatou", BirthDate: day(1992, time.February, 20), Gender: "female", Nationalities: []string{"SN"}, Languages: []string{"fra", "wol"}, ExploitationForms: []dossiers.ExploitationForm{"labour"}, ExploitationCantons: []string{"GE"}},
			situation: dossiers.Situation{access.Income: "Sans revenu depuis la fin du stage. Deux enfants à charge.", access.Skills: "Français et wolof. Expérience auprès de personnes âgées."},
			referrals: []invitation{
				{
					to: cast.Hospice, urgency: referrals.Soon, inDays: 6,
					classes: []access.DataClass{access.Identity, access.Income},
					request: "Aide financière pendant la formation d’auxiliaire de santé.",
					then:    accepted(cast.Eva, "Le dossier est complet. La décision suit dans les dix jours."),
				},
			},
		},
		{
			by: cast.Marc, codeName: "Hobiren", phase: dossiers.Independent, since: 820, reached: "union",
			person: dossiers.Beneficiary{FamilyName: "Marku", GivenNames: "Arben", BirthDate: day(1985, time.December, 1), Gender: "male", Nationalities: []string{"AL"}, Languages: []string{"sqi"}, ExploitationForms: []dossiers.ExploitationForm{"labour"}, ExploitationCantons: []string{"GE"}},
		},
		{
			by: cast.Claire, codeName: "Wilotas", phase: dossiers.Return, since: 270, reached: "person_around",
			person: dossiers.Beneficiary{FamilyName: "Szabo", GivenNames: "Katalin", BirthDate: day(1999, time.July, 7), Gender: "female", Nationalities: []string{"HU"}, Languages: []string{"hun"}, NeedsInterpreter: dossiers.Yes, ExploitationForms: []dossiers.ExploitationForm{"sexual"}, ExploitationCantons: []string{"GE"}},
		},
		{
			by: cast.Marc, codeName: "Dakupil", phase: dossiers.Identification, since: 25, reached: "asylum_legal_representative",
			person: dossiers.Beneficiary{GivenNames: "Amanuel", EstimatedAge: age(16), Gender: "male", Nationalities: []string{"ER"}, Languages: []string{"tir"}, NeedsInterpreter: dossiers.Yes, ExploitationForms: []dossiers.ExploitationForm{"forced_crime"}, ExploitationPlaces: []dossiers.ExploitationPlace{"abroad"}},
		},
		{
			by: cast.Lea, codeName: "Jirumel", phase: dossiers.Identification, since: 9, reached: "health",
			person: dossiers.Beneficiary{
				GivenNames: "Awa", Gender: "female", Nationalities: []string{"CI"}, Languages: []string{"fra"}, NeedsInterpreter: dossiers.No,
				SafeContact:       dossiers.SafeContact{ContactChannels: []dossiers.Channel{"other_person"}, ContactIdentify: dossiers.Yes, ContactNote: "Par l’éducatrice de référence, en journée."},
				ExploitationForms: []dossiers.ExploitationForm{"labour"}, ExploitationCantons: []string{"VD"},
			},
			situation: dossiers.Situation{access.Housing: "Accueillie en urgence, avec une éducatrice.", access.Health: "Examen de santé fait à l’arrivée ; très fatiguée."},
			referrals: []invitation{
				{
					to: cast.Foyer, urgency: referrals.Urgent, inDays: 3,
					classes: []access.DataClass{access.Contact, access.Housing},
					request: "Une place dans un foyer pour jeunes ; l’âge n’est pas établi, elle compte comme mineure.",
				},
			},
		},
		{
			by: cast.Karim, codeName: "Kadovit", phase: dossiers.Independent, since: 800, reached: "union",
			person: dossiers.Beneficiary{
				FamilyName: "Pham", GivenNames: "Duc", BirthDate: day(1988, time.May, 21), Gender: "male", Nationalities: []string{"VN"}, Languages: []string{"vie", "fra"}, NeedsInterpreter: dossiers.No,
				ExploitationForms: []dossiers.ExploitationForm{"labour"}, ExploitationCantons: []string{"VD"},
			},
			situation: dossiers.Situation{access.Income: "Emploi à plein temps depuis un an."},
			referrals: []invitation{
				{
					to: cast.CSR, urgency: referrals.Normal, inDays: 14,
					classes: []access.DataClass{access.Identity, access.Income},
					request: "Fin du complément : dernier décompte.",
					then:    came(cast.Noe, referrals.Got, "Décompte fait, le dossier est fermé chez nous aussi."),
				},
			},
		},
		{
			by: cast.Marc, codeName: "Sobanek", phase: dossiers.Independent, since: 510, reached: "hotline",
			person: dossiers.Beneficiary{
				FamilyName: "Rahimi", GivenNames: "Laila", BirthDate: day(1997, time.September, 15), Gender: "female", Nationalities: []string{"AF"}, Languages: []string{"fas", "fra"},
				ExploitationForms: []dossiers.ExploitationForm{"marriage"}, ExploitationPlaces: []dossiers.ExploitationPlace{"abroad"},
			},
			situation: dossiers.Situation{access.Housing: "Vit à son propre nom depuis l’été."},
			referrals: []invitation{
				{
					to: cast.Hospice, urgency: referrals.Normal, inDays: 10,
					classes: []access.DataClass{access.Identity, access.Housing},
					request: "Aide pour la garantie de loyer.",
					then:    came(cast.Eva, referrals.Got, "Garantie versée à la régie."),
				},
			},
		},
		{
			by: cast.Claire, codeName: "Perudin", phase: dossiers.Proceedings, since: 215, reached: "labour_inspectorate",
			person: dossiers.Beneficiary{
				FamilyName: "Rusu", GivenNames: "Vera", BirthDate: day(1991, time.April, 5), Gender: "female", Nationalities: []string{"MD"}, Languages: []string{"ron", "rus"}, NeedsInterpreter: dossiers.Yes, Phone: "+41 78 600 00 03",
				SafeContact:       dossiers.SafeContact{ContactChannels: []dossiers.Channel{"phone"}, ContactDays: []dossiers.Day{"tue", "thu"}, ContactFrom: "17:00", ContactUntil: "19:00", ContactIdentify: dossiers.Yes},
				ExploitationForms: []dossiers.ExploitationForm{"labour"}, ExploitationCantons: []string{"GE", "VD"},
			},
			situation: dossiers.Situation{access.Proceedings: "Plainte déposée avec deux collègues ; l’instruction est ouverte à Genève.", access.Permit: "Autorisation L pour la durée de la procédure."},
			referrals: []invitation{
				{
					to: cast.LegalGeneve, urgency: referrals.Soon, inDays: 9,
					classes: []access.DataClass{access.Identity, access.Contact, access.Proceedings},
					request: "Assistance pour l’audition et les salaires impayés.",
					then:    asked(cast.JoGeneve, "Les décomptes de salaire sont-ils complets pour toute la période ?"),
				},
			},
		},
	}
}
