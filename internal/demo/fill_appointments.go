package demo

import (
	"context"
	"fmt"
	"time"

	"passerelle/internal/app"
	"passerelle/internal/appointments"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/interpreters"
	"passerelle/internal/letters"
)

// meeting is an invented appointment, so many days from today, and what came of it.
type meeting struct {
	in      int
	at      string
	minutes int
	kind    appointments.Kind
	where   string
	weeks   int
	outcome appointments.Outcome
	// language is that of the interpreter who is asked, where one is, and answer what she says.
	language string
	answer   appointments.State
}

var meetings = map[dossiers.CodeName][]meeting{
	"Lomidak": {
		{in: -9, at: "09:30", minutes: 60, kind: "with_us", where: "Bureau, salle 2", outcome: appointments.Held},
		{in: -2, at: "14:00", minutes: 45, kind: "authority", where: "Contrôle des habitants, guichet 4"},
		{in: 1, at: "10:00", minutes: 60, kind: "with_us", where: "Bureau, salle 2", language: "eng", answer: appointments.Confirmed},
		{in: 5, at: "13:30", minutes: 90, kind: "school", where: "École de couture, 2e étage", weeks: 6},
	},
	"Fenulat": {
		{in: 2, at: "08:30", minutes: 60, kind: "medical", where: "Policlinique, entrée nord", language: "hun"},
		{in: -6, at: "11:00", minutes: 60, kind: "with_us", where: "Bureau, salle 1", outcome: appointments.Missed},
	},
	"Nobetim": {
		{in: 8, at: "09:00", minutes: 180, kind: "court", where: "Ministère public, 3e étage"},
		{in: 3, at: "16:00", minutes: 60, kind: "lawyer", where: "Étude, rue Centrale"},
	},
	"Bamekit": {
		{in: 1, at: "11:00", minutes: 60, kind: "with_us", where: "Bureau, salle bleue"},
		{in: -3, at: "10:00", minutes: 60, kind: "authority", where: "Office cantonal, guichet 2"},
	},
	"Perudin": {
		{in: 0, at: "17:30", minutes: 30, kind: "with_us", where: "Bureau, salle bleue"},
		{in: 4, at: "17:00", minutes: 60, kind: "with_us", where: "Bureau, salle bleue", language: "ron", answer: appointments.Confirmed},
		{in: 6, at: "09:00", minutes: 150, kind: "court", where: "Ministère public, accueil"},
	},
	"Jirumel": {
		{in: 0, at: "17:00", minutes: 30, kind: "with_us", where: "Bureau, salle 1"},
		{in: 3, at: "14:00", minutes: 60, kind: "school", where: "Classe d’accueil, secrétariat"},
	},
	"Vetikom": {
		{in: 7, at: "10:30", minutes: 60, kind: "with_us", where: "Bureau, salle 2", language: "bul"},
	},
	"Zolipat": {
		{in: 2, at: "13:00", minutes: 60, kind: "lawyer", where: "Étude, boulevard Inventé", language: "por"},
	},
	"Tavumek": {
		{in: 4, at: "15:00", minutes: 60, kind: "medical", where: "Consultation, rez-de-chaussée", language: "amh", answer: appointments.Confirmed},
	},
}

// fillAppointments fills the directories of both cantons, the calendars, and writes a letter.
func fillAppointments(a *app.App, made map[dossiers.CodeName]madeBy) error {
	for _, person := range []cast.Person{cast.Lea, cast.Claire} {
		ctx := person.Context(context.Background())
		for _, p := range []interpreters.Particulars{
			{Name: "Ildikó Varga", Phone: "+41 78 600 01 01", Languages: []string{"hun", "ron"}, Gender: "female", Region: "RO", Agency: "Service d’interprétariat", Availability: "Lundi et mardi ; par téléphone aussi le soir"},
			{Name: "Tamás Balogh", Phone: "+41 78 600 01 02", Languages: []string{"hun", "rom"}, Gender: "male", Region: "HU", Agency: "Service d’interprétariat"},
			{Name: "Grace Adeyemi", Phone: "+41 78 600 01 03", Email: "grace@interpretes.example", Languages: []string{"eng", "pcm", "yor"}, Gender: "female", Region: "NG", Community: "Yoruba"},
			{Name: "Sara Tekle", Phone: "+41 78 600 01 05", Languages: []string{"amh", "tir"}, Gender: "female", Region: "ET", Agency: "Service d’interprétariat"},
			{Name: "Mila Stoyanova", Phone: "+41 78 600 01 06", Languages: []string{"bul"}, Gender: "female", Region: "BG", Availability: "Le matin"},
			{Name: "Helen Marti", Phone: "+41 78 600 01 04", Languages: []string{"eng", "por"}, Gender: "female", Region: "GB", Availability: "Sur rendez-vous"},
		} {
			if err := a.Interpreters.Add(ctx, ids.New[interpreters.Interpreter](), p); err != nil {
				return fmt.Errorf("interpreter %s: %w", p.Name, err)
			}
		}
		if err := own(ctx, a); err != nil {
			return err
		}
	}
	for name, terms := range map[dossiers.CodeName]interpreters.Terms{
		"Fenulat": {Against: interpreters.Region, Region: "HU", Strength: interpreters.Never, Reason: "Des proches vivent encore dans la même ville ; elle craint que l’on apprenne où elle est."},
		"Perudin": {Against: interpreters.ByGender, Gender: "male", Strength: interpreters.RatherNot, Reason: "Elle parle plus librement avec une femme."},
	} {
		of := made[name]
		if err := a.Interpreters.Exclude(of.ctx, of.id, ids.New[interpreters.Exclusion](), terms); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, i := range inventions() {
		for _, m := range meetings[i.codeName] {
			if err := m.plan(a, i.by, made[i.codeName]); err != nil {
				return fmt.Errorf("%s: %w", i.codeName, err)
			}
		}
	}
	for name, recipient := range map[dossiers.CodeName]string{
		"Lomidak": "CSR de Lausanne\nPlace Chauderon 4\n1003 Lausanne",
		"Mefaduk": "Service social de Genève\nRue Inventée 1\n1201 Genève",
	} {
		of := made[name]
		proposal, err := a.Letters.Propose(of.ctx, of.id, "income_support", i18n.FR)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		proposal.Contents.Recipient = recipient
		if err := a.Letters.Write(of.ctx, of.id, ids.New[letters.Letter](), "income_support", i18n.FR, proposal.Contents); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// own is a meeting of the team's, every week.
func own(ctx context.Context, a *app.App) error {
	on, minutes := appointments.MondayOf(forms.Today(time.Now())).AddDate(0, 0, 1), 90
	return a.Appointments.Make(ctx, dossiers.ID{}, ids.New[appointments.Appointment](), appointments.Terms{
		Kind: "team", On: &on, At: "09:00", Minutes: &minutes, Reminder: "hour",
	}, 4)
}

func (m meeting) plan(a *app.App, by cast.Person, of madeBy) error {
	id, on := ids.New[appointments.Appointment](), forms.Today(time.Now()).AddDate(0, 0, m.in)
	if err := a.Appointments.Make(of.ctx, of.id, id, appointments.Terms{
		Kind: m.kind, On: &on, At: m.at, Minutes: &m.minutes, MemberID: by.ID, Reminder: "day", Where: m.where,
	}, max(m.weeks, 1)); err != nil {
		return err
	}
	if m.outcome != "" {
		_, err := a.Appointments.Conclude(of.ctx, id, m.outcome)
		return err
	}
	if m.language == "" {
		return nil
	}
	search, err := a.Appointments.Seek(of.ctx, id)
	if err != nil || len(search.Candidates) == 0 {
		return err
	}
	booking := ids.New[appointments.Booking]()
	if err := a.Appointments.Book(of.ctx, id, booking, search.Candidates[0].InterpreterID, appointments.BookingTerms{
		Language: m.language, Mode: appointments.OnSite, MeetingPoint: "Gare de Lausanne, devant le kiosque",
	}); err != nil || m.answer == "" {
		return err
	}
	_, err = a.Appointments.Answer(of.ctx, booking, m.answer)
	return err
}
