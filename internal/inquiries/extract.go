package inquiries

import (
	"context"

	"passerelle/internal/access"
	"passerelle/internal/disclosure"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
)

// Teller is a capability that says what it keeps about a dossier's person.
type Teller interface {
	Chapter(ctx context.Context, dossier dossiers.ID) (disclosure.Chapter, error)
}

// Extract is everything that is kept about a dossier's person, as it is put together for her, and what was decided about each free
// text in it. It is made anew each time, and kept nowhere.
type Extract struct {
	Dossier  dossiers.Mention
	Inquiry  Inquiry
	Chapters []disclosure.Chapter
}

// Texts are the free texts of a chapter.
func (e Extract) Texts(chapter string) (texts []Text) {
	for _, c := range e.Chapters {
		if c.Name == chapter {
			texts = append(texts, textsOf(c, e.Inquiry.Choices)...)
		}
	}
	return texts
}

// Omitted is why a whole chapter is left out; empty is that it is given.
func (e Extract) Omitted(chapter string) Ground {
	if choice := Area(chapter, e.Inquiry.Choices).Choice; choice != nil {
		return choice.Ground
	}
	return ""
}

// Tally is how many free texts there are, and about how many of them somebody has decided.
type Tally struct{ Texts, Decided int }

// Open is how many would be left out because nobody has looked at them.
func (t Tally) Open() int { return t.Texts - t.Decided }

// Tally counts the texts of a chapter, or of all where it is "".
func (e Extract) Tally(chapter string) (tally Tally) {
	for _, c := range e.Chapters {
		if chapter != "" && c.Name != chapter || e.Omitted(c.Name) != "" {
			continue
		}
		for _, text := range textsOf(c, e.Inquiry.Choices) {
			tally.Texts++
			if text.Choice != nil {
				tally.Decided++
			}
		}
	}
	return tally
}

// What is given out at once, at most: several hundred pages. Who is accompanied for so long that there is more is given it by hand.
const (
	mostThings, mostBytes = 5_000, 2 << 20
)

// fits refuses what would be too large to be read.
func (e Extract) fits() error {
	things, bytes := 0, 0
	for _, chapter := range e.Chapters {
		for _, thing := range chapter.Things {
			things++
			for _, fact := range thing.Facts {
				for _, value := range fact.Values {
					bytes += len(value)
				}
			}
		}
	}
	if things > mostThings || bytes > mostBytes {
		return fault.Invalid("file", "inquiries.extract.too_large", "Things", mostThings)
	}
	return nil
}

// Chapter is what is kept of a person's own requests for access.
func (s *Service) Chapter(ctx context.Context, dossier dossiers.ID) (disclosure.Chapter, error) {
	if _, err := access.Require(ctx, access.InquiryAnswer); err != nil {
		return disclosure.Chapter{}, err
	}
	sheet, err := s.Open(ctx, dossier)
	if err != nil {
		return disclosure.Chapter{}, err
	}
	told := disclosure.Chapter{Name: "inquiries", Tables: []string{"inquiries"}, More: len(sheet.Inquiries) >= shown}
	for _, i := range sheet.Inquiries {
		var facts disclosure.Facts
		facts.Day("inquiries.received_on.label", i.ReceivedOn)
		disclosure.Code(&facts, "inquiries.channel.label", "inquiries.channel.", i.Channel)
		disclosure.Code(&facts, "inquiries.asked_by.label", "inquiries.asked_by.", i.AskedBy)
		facts.Third("inquiries.representative.label", i.Representative)
		facts.Words("inquiries.note.label", i.Note)
		if i.Extension != nil {
			facts.Day("inquiries.told_on.label", i.Extension.ToldOn)
			facts.Day("inquiries.until.label", i.Extension.Until)
			facts.Words("inquiries.extension.reason", i.Extension.Reason)
		}
		if i.Answer != nil {
			facts.Day("inquiries.answered_on.label", i.Answer.On)
			disclosure.Code(&facts, "inquiries.outcome.label", "inquiries.outcome.", i.Answer.Outcome)
			disclosure.Code(&facts, "inquiries.check.label", "inquiries.check.", i.Answer.Check)
			disclosure.Code(&facts, "inquiries.ground.label", "inquiries.ground.", i.Answer.Ground)
			facts.Words("inquiries.reason.label", i.Answer.Reason)
			facts.Words("inquiries.left_out.label", i.Answer.LeftOut)
		}
		told.Add(i.InquiryID.String(), "inquiries.thing.inquiry", facts)
	}
	return told, nil
}

// leaving is a chapter of what leaves the house, in words and in codes.
type leaving struct {
	disclosure.Chapter
	Things []leavingThing
	// LeftOut is why nothing of it is told.
	LeftOut Ground
}

// leavingThing is a thing of a chapter.
type leavingThing struct {
	What  string
	Facts []leavingFact
}

// leavingFact is a fact: its values as they are kept, and as somebody reads them. LeftOut says why a text is not among them: a
// ground, or Unread.
type leavingFact struct {
	Label   string
	Kind    disclosure.Kind
	Values  []string
	Words   []string
	LeftOut Ground
}

// Unread is why a text is left out of which nobody has decided anything.
const Unread Ground = "unread"

// give says what leaves the house, in the language of ctx: of texts what somebody has decided to give, without what is struck in any
// of them.
func (e Extract) give(ctx context.Context) (given []leaving) {
	mark := i18n.T(ctx, "inquiries.extract.struck")
	var passages []wanted
	for _, passage := range struck(e.Inquiry.Choices) {
		passages = append(passages, want(passage))
	}
	for _, chapter := range e.Chapters {
		if ground := e.Omitted(chapter.Name); ground != "" {
			given = append(given, leaving{Chapter: disclosure.Chapter{Name: chapter.Name}, LeftOut: ground})
			continue
		}
		texts := map[string]*Choice{}
		for _, text := range textsOf(chapter, e.Inquiry.Choices) {
			texts[text.Ref] = text.Choice
		}
		told := leaving{Chapter: chapter}
		for _, thing := range chapter.Things {
			out := leavingThing{What: thing.What}
			each(chapter, thing, func(fact disclosure.Fact, ref, value string) {
				g := leavingFact{Label: fact.Label, Kind: fact.Kind, Values: []string{value}}
				switch choice := texts[ref]; {
				case fact.Kind != disclosure.Words:
				case choice == nil:
					g.Values, g.LeftOut = nil, Unread
				case choice.Decision == Omitted:
					g.Values, g.LeftOut = nil, choice.Ground
				default:
					g.Values[0] = strike(value, passages, mark)
				}
				for _, value := range g.Values {
					g.Words = append(g.Words, disclosure.Read(ctx, fact.Kind, value))
				}
				// The values of one fact stand together again.
				if n := len(out.Facts); n > 0 && g.LeftOut == "" && fact.Kind != disclosure.Words && out.Facts[n-1].Label == g.Label && out.Facts[n-1].Kind == g.Kind {
					last := &out.Facts[n-1]
					last.Values, last.Words = append(last.Values, g.Values...), append(last.Words, g.Words...)
					return
				}
				out.Facts = append(out.Facts, g)
			})
			told.Things = append(told.Things, out)
		}
		given = append(given, told)
	}
	return given
}
