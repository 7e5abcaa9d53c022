package dossiers

import (
	"context"

	"passerelle/internal/access"
	"passerelle/internal/disclosure"
)

// Chapter is what the dossier itself keeps about its person: who it is, how things stand, and how the accompaniment went.
func (s *Service) Chapter(ctx context.Context, id ID) (disclosure.Chapter, error) {
	if _, err := access.Require(ctx, access.InquiryAnswer); err != nil {
		return disclosure.Chapter{}, err
	}
	file, err := s.Find(ctx, id)
	if err != nil {
		return disclosure.Chapter{}, err
	}
	told := disclosure.Chapter{
		Name: "dossier", Tables: []string{"dossiers", "beneficiaries", "situations", "findings", "phase_settings", "closures", "waivers"},
		Apart: []string{"inquiries.apart.following"},
	}
	told.Add(id.String(), "inquiries.thing.person", file.Beneficiary.told())
	var texts disclosure.Facts
	for _, class := range access.DataClasses {
		texts.Words("access.data_class."+string(class), file.Situation[class])
	}
	told.Add(id.String(), "inquiries.thing.situation", texts)
	path, err := s.Path(ctx, id)
	if err != nil {
		return disclosure.Chapter{}, err
	}
	told.More = len(path.Findings) >= mostFindings || len(path.Settings) >= mostSettings
	var opened disclosure.Facts
	opened.Text("dossiers.code_name.label", string(path.CodeName))
	disclosure.Code(&opened, "dossiers.phase.label", "dossiers.phase.", path.Phase)
	disclosure.Code(&opened, "dossiers.reached_through.label", "dossiers.reached_through.", path.ReachedThrough)
	opened.At("inquiries.opened_at.label", path.OpenedAt)
	told.Add(id.String(), "inquiries.thing.accompaniment", opened)
	for _, finding := range path.Findings {
		told.Add(finding.FindingID.String(), "inquiries.thing.finding", finding.told())
	}
	for _, setting := range path.Settings {
		var facts disclosure.Facts
		disclosure.Code(&facts, "dossiers.phase.label", "dossiers.phase.", setting.Phase)
		facts.At("inquiries.recorded_at.label", setting.SetAt)
		facts.AtOf("inquiries.ended_at.label", setting.EndedAt)
		facts.Words("inquiries.why.label", setting.Words.Get())
		told.Add(setting.SettingID.String(), "inquiries.thing.phase", facts)
	}
	if err := s.tellEndings(ctx, id, &told); err != nil {
		return disclosure.Chapter{}, err
	}
	return told, nil
}

// tellEndings tells of what was done without, and of closings.
func (s *Service) tellEndings(ctx context.Context, id ID, told *disclosure.Chapter) error {
	calendar, err := s.Calendar(ctx, id)
	if err != nil {
		return err
	}
	for _, waiver := range calendar.Waivers {
		var facts disclosure.Facts
		disclosure.Code(&facts, "inquiries.rule.label", "deadlines.rule.", waiver.Rule)
		facts.At("inquiries.recorded_at.label", waiver.WaivedAt)
		facts.Words("inquiries.why.label", waiver.Words.Get())
		told.Add(string(waiver.Rule)+" "+waiver.About, "inquiries.thing.waiver", facts)
	}
	closing, err := s.Closing(ctx, id)
	if err != nil {
		return err
	}
	for _, closure := range closing.Closures {
		var facts disclosure.Facts
		disclosure.Code(&facts, "dossiers.closure.reason.label", "dossiers.closure.reason.", closure.Reason)
		facts.At("inquiries.recorded_at.label", closure.ClosedAt)
		words := closure.Words.Get()
		facts.Words("dossiers.closure.note.label", words.Note)
		facts.AtOf("dossiers.phase.aftercare", closure.AftercareAt)
		facts.Words("dossiers.aftercare.note", words.Aftercare)
		facts.AtOf("inquiries.ended_at.label", closure.ReopenedAt)
		facts.Words("dossiers.reopening.why", words.Reopening)
		told.Add(closure.ClosureID.String(), "inquiries.thing.closure", facts)
	}
	told.More = told.More || len(closing.Closures) >= mostClosures || len(calendar.Waivers) >= mostWaivers
	return nil
}

// told is all that is known of somebody. How she is reached safely names others at times.
func (b Beneficiary) told() (facts disclosure.Facts) {
	facts.Text("dossiers.family_name.label", b.FamilyName)
	facts.Text("dossiers.given_names.label", b.GivenNames)
	facts.DayOf("dossiers.birth_date.label", b.BirthDate)
	facts.Number("dossiers.estimated_age.label", b.EstimatedAge)
	facts.DayOf("inquiries.recorded_at.label", b.AgeEstimatedOn)
	disclosure.Code(&facts, "dossiers.gender.label", "dossiers.gender.", b.Gender)
	facts.Add("dossiers.nationalities.label", disclosure.Country, b.Nationalities...)
	facts.Add("dossiers.languages.label", disclosure.Language, b.Languages...)
	disclosure.Code(&facts, "dossiers.needs_interpreter.label", "dossiers.answer.", b.NeedsInterpreter)
	facts.Text("dossiers.phone.label", b.Phone)
	facts.Text("dossiers.email.label", b.Email)
	disclosure.Code(&facts, "dossiers.contact_channels.label", "dossiers.channel.", b.ContactChannels...)
	disclosure.Code(&facts, "dossiers.contact_days.label", "dossiers.day.", b.ContactDays...)
	facts.Text("dossiers.contact_hours.label", b.Hours())
	disclosure.Code(&facts, "dossiers.contact_identify.label", "dossiers.answer.", b.ContactIdentify)
	facts.Words("dossiers.contact_code_word.label", b.ContactCodeWord)
	facts.Words("dossiers.contact_note.label", b.ContactNote)
	disclosure.Code(&facts, "dossiers.exploitation_forms.label", "dossiers.exploitation_form.", b.ExploitationForms...)
	facts.Cantons("dossiers.exploitation_cantons.label", b.ExploitationCantons...)
	disclosure.Code(&facts, "dossiers.exploitation_places.label", "dossiers.exploitation_place.", b.ExploitationPlaces...)
	return facts
}

func (f Finding) told() (facts disclosure.Facts) {
	disclosure.Code(&facts, "dossiers.finding.body.label", "dossiers.finding.body.", f.Body)
	disclosure.Code(&facts, "dossiers.finding.verdict.label", "dossiers.finding.verdict.", f.Verdict)
	facts.Day("dossiers.finding.found_on.label", f.FoundOn)
	facts.Words("dossiers.finding.basis.label", f.Words.Get().Basis)
	facts.At("inquiries.recorded_at.label", f.RecordedAt)
	facts.AtOf("dossiers.finding.withdrawn", f.WithdrawnAt)
	facts.Words("dossiers.finding.why.label", f.Words.Get().Why)
	return facts
}
