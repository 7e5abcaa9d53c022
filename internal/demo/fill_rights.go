package demo

import (
	"fmt"
	"time"

	"passerelle/internal/app"
	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/proceedings"
	"passerelle/internal/reflections"
	"passerelle/internal/stays"
)

// rights tells of reflection periods, titles of stay and criminal proceedings in both cantons.
func rights(a *app.App, made map[dossiers.CodeName]madeBy) error {
	for name, told := range reflectionStories() {
		if err := told.write(a, made[name]); err != nil {
			return fmt.Errorf("reflection of %s: %w", name, err)
		}
	}
	for name, told := range stayStories() {
		if err := told.write(a, made[name]); err != nil {
			return fmt.Errorf("stays of %s: %w", name, err)
		}
	}
	for name, told := range proceedingStories() {
		if err := told.write(a, made[name]); err != nil {
			return fmt.Errorf("proceedings of %s: %w", name, err)
		}
	}
	return nil
}

// in is the day that is so many days from today; of a day that has gone, a negative number.
func in(days int) *time.Time {
	on := forms.Today(time.Now()).AddDate(0, 0, days)
	return &on
}

// period is a reflection period of a canton that was asked for, decided and begun so many days ago.
func period(canton string, asked, decided, ends int) reflections.Terms {
	return reflections.Terms{
		Kind: reflections.Period, As: "victim", RequestedOn: in(-asked), RequestedBy: "ngo", Decision: reflections.Granted, DecidedOn: in(-decided),
		Authority: canton, StartsOn: in(-decided), EndsOn: in(ends),
	}
}

type reflectionStory struct {
	terms  reflections.Terms
	until  *time.Time
	ending *reflections.Ending
}

func (s reflectionStory) write(a *app.App, of madeBy) error {
	id := ids.New[reflections.Reflection]()
	if err := a.Reflections.Record(of.ctx, of.id, id, s.terms); err != nil {
		return err
	}
	version := 1
	if s.until != nil {
		extension := reflections.Extension{ExtensionID: ids.New[reflections.Extension](), DecidedOn: *in(-2), Until: *s.until}
		if err := a.Reflections.Extend(of.ctx, of.id, id, version, extension); err != nil {
			return err
		}
		version++
	}
	if s.ending != nil {
		return a.Reflections.End(of.ctx, of.id, id, version, *s.ending)
	}
	return nil
}

func reflectionStories() map[dossiers.CodeName]reflectionStory {
	asked := reflections.Terms{Kind: reflections.Period, As: "victim", RequestedOn: in(-3), RequestedBy: "police", Note: "La police a transmis la demande au SPOP ; la personne dort au foyer."}
	ended := period("VD", 340, 335, -275)
	ended.CooperationDeclaredOn, ended.TiesCutOn = in(-302), in(-300)
	ended.PresenceNotifiedOn, ended.PresenceNeeded, ended.PresenceUntil = in(-304), dossiers.Yes, in(60)
	witness := period("GE", 40, 33, 12)
	witness.As, witness.RequestedBy, witness.Note = "witness", "prosecution", "Souhaite d’abord parler à sa sœur. Ne veut décider de rien avant la fin du mois."
	return map[dossiers.CodeName]reflectionStory{
		"Fenulat": {terms: period("VD", 29, 24, 6)},
		"Rasolin": {terms: asked},
		"Lomidak": {terms: ended, ending: &reflections.Ending{On: *in(-300), Reason: reflections.Cooperates}},
		"Tavumek": {terms: witness, until: in(40)},
		"Bamekit": {terms: reflections.Terms{Kind: reflections.Pause, As: "victim", StartsOn: in(-9), Note: "Elle a un permis et prend deux semaines pour réfléchir à une plainte."}},
		"Wilotas": {terms: period("GE", 120, 115, -60), ending: &reflections.Ending{On: *in(-58), Reason: reflections.Returned, Note: "Elle préfère rentrer auprès de sa fille."}},
	}
}

type stayStory struct {
	titles []stays.Terms
	known  stays.Circumstances
}

// write records titles in order; each ended when the next one began.
func (s stayStory) write(a *app.App, of madeBy) error {
	for i, title := range s.titles {
		if i+1 < len(s.titles) {
			title.End, title.EndedOn = stays.Replaced, s.titles[i+1].ValidFrom
			if title.ValidUntil.Before(*title.EndedOn) {
				title.EndedOn = title.ValidUntil
			}
		}
		if err := a.Stays.Record(of.ctx, of.id, ids.New[stays.Stay](), title, stays.ID{}); err != nil {
			return err
		}
	}
	return a.Stays.Describe(of.ctx, of.id, 0, s.known)
}

func stayStories() map[dossiers.CodeName]stayStory {
	year := func(canton string, begun int) stays.Terms {
		return stays.Terms{Kind: stays.ShortStay, Canton: canton, LegalGround: "proceedings", ValidFrom: in(-begun), ValidUntil: in(364 - begun), Opinion: "favourable", OpinionOn: in(-begun - 14), Work: "authorised"}
	}
	renewed := year("VD", 300)
	renewed.RenewalRequestedOn, renewed.RenewalUntil, renewed.Number = in(-6), in(364-300+365), "VD 2207-4411"
	first, second := year("GE", 695), year("GE", 330)
	first.RenewalRequestedOn, first.RenewalUntil = in(-380), in(34)
	second.RenewalRequestedOn, second.RenewalUntil = in(-1), in(500)
	hardship := stays.Terms{Kind: "b", Canton: "VD", LegalGround: "hardship", ValidFrom: in(-200), ValidUntil: in(165), Opinion: "favourable", OpinionOn: in(-320), Approval: "approved", ApprovalOn: in(-210), Work: "free"}
	refused := stays.Terms{Kind: stays.ShortStay, Canton: "GE", LegalGround: "personal_situation", ValidFrom: in(-400), ValidUntil: in(9), RenewalRequestedOn: in(-62), RenewalUntil: in(374), Opinion: "favourable", OpinionOn: in(-60), Approval: "refused", ApprovalOn: in(-8), Work: "authorised", Note: "Le canton soutient, le SEM refuse : recours à préparer avec l’avocate."}
	asylum := stays.Terms{Kind: "n", Canton: "GE", LegalGround: "asylum", ValidFrom: in(-150), ValidUntil: in(30), Work: "forbidden"}
	return map[dossiers.CodeName]stayStory{
		"Lomidak": {[]stays.Terms{{Kind: stays.ReflectionLetter, Canton: "VD", ValidFrom: in(-335), ValidUntil: in(-275)}, renewed}, stays.Circumstances{EnteredOn: in(-700), OffenceCanton: "VD", InquiryCantons: []string{"VD", "GE"}, LastCanton: "VD"}},
		"Nobetim": {[]stays.Terms{{Kind: stays.None, Note: "Autorisation L demandée, confirmation du dépôt au dossier."}}, stays.Circumstances{EnteredOn: in(-900), OffenceCanton: "FR", InquiryCantons: []string{"VD", "FR"}}},
		"Dopelem": {[]stays.Terms{hardship}, stays.Circumstances{EnteredOn: in(-2600), OffenceCanton: "VD"}},
		"Perudin": {[]stays.Terms{year("GE", 150)}, stays.Circumstances{EnteredOn: in(-500), OffenceCanton: "GE", InquiryCantons: []string{"GE"}}},
		"Tavumek": {[]stays.Terms{{Kind: stays.ReflectionLetter, Canton: "GE", ValidFrom: in(-33), ValidUntil: in(40)}}, stays.Circumstances{EnteredOn: in(-310), OffenceCanton: "GE"}},
		"Fenulat": {[]stays.Terms{{Kind: stays.ReflectionLetter, Canton: "VD", ValidFrom: in(-24), ValidUntil: in(6)}}, stays.Circumstances{EnteredOn: in(-80), OffenceCanton: "VD"}},
		"Zolipat": {[]stays.Terms{first, second}, stays.Circumstances{EnteredOn: in(-1000), OffenceCanton: "ZH", InquiryCantons: []string{"ZH", "GE"}, LastCanton: "GE"}},
		"Mefaduk": {[]stays.Terms{refused}, stays.Circumstances{EnteredOn: in(-1500), OffenceCanton: "GE"}},
		"Dakupil": {[]stays.Terms{asylum}, stays.Circumstances{EnteredOn: in(-152), AsylumAppliedOn: in(-151), AsylumDecision: "extended", AsylumNotifiedOn: in(-12)}},
	}
}

type proceedingStory struct {
	terms   proceedings.Terms
	entries []proceedings.Entry
}

func (s proceedingStory) write(a *app.App, of madeBy) error {
	id := ids.New[proceedings.Proceeding]()
	if err := a.Proceedings.Record(of.ctx, of.id, id, s.terms); err != nil {
		return err
	}
	for _, entry := range s.entries {
		if err := a.Proceedings.Enter(of.ctx, of.id, id, 0, entry); err != nil {
			return err
		}
	}
	return nil
}

func proceedingStories() map[dossiers.CodeName]proceedingStory {
	step := func(stage proceedings.Stage, ago int) proceedings.Entry {
		return proceedings.Step{EntryID: ids.New[proceedings.Entry](), Stage: stage, On: *in(-ago)}
	}
	protected := []proceedings.Measure{"no_confrontation", "same_sex"}
	return map[dossiers.CodeName]proceedingStory{
		"Lomidak": {
			proceedings.Terms{
				Canton: "VD", Authority: "Ministère public de l’arrondissement de Lausanne", Contact: "Greffe, ligne directe", FileNumber: "PE25.014422", Complaint: proceedings.Filed, ComplaintFiledOn: in(-298),
				PlaintiffDeclaredOn: in(-298), PlaintiffClaims: []proceedings.Claim{"penal", "civil"}, Counsel: "Me Invention", LegalAid: "granted", RightsAsked: []proceedings.Right{"person_of_trust", "protection", "information"},
			},
			[]proceedings.Entry{
				step(proceedings.Report, 338), step("police_inquiry", 330), step("investigation", 290),
				proceedings.Hearing{EntryID: ids.New[proceedings.Entry](), Kind: "victim", On: *in(-250), At: "09:00", Place: "Lausanne", PersonOfTrust: dossiers.Yes, Measures: protected},
				proceedings.Hearing{EntryID: ids.New[proceedings.Entry](), Kind: "confrontation", On: *in(12), At: "14:00", Place: "Lausanne", PersonOfTrust: dossiers.Yes, Measures: protected, Note: "L’avocate a demandé une retransmission vidéo."},
				proceedings.Penalty{EntryID: ids.New[proceedings.Entry](), Kind: proceedings.PenalOrder, On: *in(-360), ContestedOn: in(-354), Outcome: "lifted", Note: "Séjour illégal pendant l’exploitation."},
			},
		},
		"Nobetim": {
			proceedings.Terms{Canton: "FR", Authority: "Ministère public", Complaint: proceedings.Filed, ComplaintFiledOn: in(-190), OffenderKnownOn: in(-230), PlaintiffDeclaredOn: in(-190), PlaintiffClaims: []proceedings.Claim{"civil"}, LegalAid: "requested"},
			[]proceedings.Entry{
				step("police_inquiry", 185), step("investigation", 160), step(proceedings.ClosingNotice, 2),
				proceedings.Ruling{EntryID: ids.New[proceedings.Entry](), Kind: proceedings.Order, NotifiedOn: *in(-4), Note: "Refus d’entendre les deux collègues."},
			},
		},
		"Zolipat": {
			proceedings.Terms{Canton: "ZH", Authority: "Staatsanwaltschaft", Complaint: proceedings.NotFiled, Counsel: "Me Exemple", RightsAsked: []proceedings.Right{"court_composition", "silence"}},
			[]proceedings.Entry{
				step("investigation", 600), step("indictment", 200), step("first_instance", 15),
				proceedings.Ruling{EntryID: ids.New[proceedings.Entry](), Kind: proceedings.Judgement, NotifiedOn: *in(-15), AnnouncedOn: in(-11)},
			},
		},
		"Perudin": {
			proceedings.Terms{Canton: "GE", Authority: "Ministère public", FileNumber: "P/4471/2026", Complaint: proceedings.Filed, ComplaintFiledOn: in(-180), PlaintiffDeclaredOn: in(-180), PlaintiffClaims: []proceedings.Claim{"penal", "civil"}, Counsel: "Me Modèle", LegalAid: "granted", RightsAsked: []proceedings.Right{"person_of_trust", "information"}},
			[]proceedings.Entry{
				step("police_inquiry", 178), step("investigation", 155),
				proceedings.Hearing{EntryID: ids.New[proceedings.Entry](), Kind: "victim", On: *in(6), At: "09:30", Place: "Genève", PersonOfTrust: dossiers.Yes, Measures: protected},
			},
		},
		"Bamekit": {
			proceedings.Terms{Canton: "GE", OffenderKnownOn: in(-70), Complaint: proceedings.NotFiled, Note: "Elle hésite encore ; le délai de plainte court."},
			[]proceedings.Entry{step(proceedings.Report, 8)},
		},
		"Hobiren": {
			proceedings.Terms{Canton: "GE", Authority: "Ministère public", FileNumber: "P/1188/2024", Complaint: proceedings.Filed, ComplaintFiledOn: in(-800), PlaintiffDeclaredOn: in(-800), PlaintiffClaims: []proceedings.Claim{"penal", "civil"}, CivilClaimsFinalOn: in(-100)},
			[]proceedings.Entry{step("investigation", 790), step("indictment", 400), step("first_instance", 140), step(proceedings.Final, 100)},
		},
	}
}
