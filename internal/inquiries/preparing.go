package inquiries

import (
	"context"
	"maps"
	"slices"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/journal"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Tells adds those who say what they keep about a person, in the order of an extract.
func (s *Service) Tells(tellers ...Teller) { s.tellers = append(s.tellers, tellers...) }

// Prepare puts together what is kept about the person of an inquiry, with what was decided about each free text, for whoever answers.
func (s *Service) Prepare(ctx context.Context, dossier dossiers.ID, id ID) (Extract, error) {
	if _, err := access.Require(ctx, access.InquiryAnswer); err != nil {
		return Extract{}, err
	}
	return s.extract(ctx, dossier, id)
}

// extract asks each capability. To whoever does not answer for the dossier there is none.
func (s *Service) extract(ctx context.Context, dossier dossiers.ID, id ID) (Extract, error) {
	sheet, err := s.Open(ctx, dossier)
	if err != nil {
		return Extract{}, err
	}
	extract := Extract{Dossier: sheet.Dossier}
	if extract.Inquiry, err = sheet.Of(id); err != nil {
		return Extract{}, err
	}
	if !sheet.MayAnswer {
		return Extract{}, fault.NotFound()
	}
	for _, teller := range s.tellers {
		chapter, err := teller.Chapter(ctx, dossier)
		if err != nil {
			return Extract{}, err
		}
		extract.Chapters = append(extract.Chapters, chapter)
	}
	return extract, nil
}

// Choose keeps what somebody has decided about free texts, by where they stand, over a version that she or he has seen.
func (s *Service) Choose(ctx context.Context, dossier dossiers.ID, id ID, version int, chosen map[string]Choice) error {
	by, err := access.Require(ctx, access.InquiryAnswer)
	if err != nil {
		return err
	}
	extract, err := s.extract(ctx, dossier, id)
	if err != nil {
		return err
	}
	texts := map[string]Text{}
	for _, chapter := range extract.Chapters {
		area := Area(chapter.Name, nil)
		texts[area.Ref] = area
		for _, text := range textsOf(chapter, nil) {
			texts[text.Ref] = text
		}
	}
	var problems fault.Problems
	checked := map[string]Choice{}
	for _, ref := range slices.Sorted(maps.Keys(chosen)) {
		text, there := texts[ref]
		if !there {
			problems.Add("", "inquiries.text.gone")
			continue
		}
		if checked[ref], err = text.Decide(chosen[ref]); err != nil {
			found, _ := fault.Correctable(err)
			problems = append(problems, found...)
		}
	}
	if err := problems.Err(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		return s.keep(ctx, tx, by, dossier, id, version, func(i *Inquiry) error {
			if !i.Open() {
				return fault.Refused("inquiries.extract.answered")
			}
			all := map[string]Choice{}
			for ref, choice := range i.Choices {
				if _, there := texts[ref]; there {
					all[ref] = choice
				}
			}
			maps.Copy(all, checked)
			if len(all) > mostChoices {
				return fault.Refused("inquiries.extract.too_large", "Things", mostChoices)
			}
			if len(struck(all)) > mostStruck {
				return fault.Refused("inquiries.passages.many_in_all", "Count", mostStruck)
			}
			i.Choices = all
			return nil
		})
	})
}

// keep is write for what nobody else has to hear of: what was decided about an extract that is still being prepared.
func (s *Service) keep(ctx context.Context, tx tenantdb.Tx, by access.Principal, dossier dossiers.ID, id ID, version int, rule func(*Inquiry) error) error {
	responsible, box, err := dossiers.HoldForAccess(ctx, tx, s.keys, dossier)
	if err != nil {
		return err
	}
	all, err := listInquiries(ctx, tx, box, dossier)
	if err != nil {
		return err
	}
	inquiry, err := Sheet{Inquiries: all}.Of(id)
	switch {
	case err != nil:
		return err
	case !MayAnswer(by, responsible):
		return fault.NotFound()
	case inquiry.Version != version:
		return fault.Conflict("inquiries.text.meanwhile", "Name", inquiry.ChangedByName)
	}
	if err := rule(&inquiry); err != nil {
		return err
	}
	inquiry.Version++
	if err := updateInquiry(ctx, tx, box, by, inquiry, s.now()); err != nil {
		return err
	}
	return journal.Record(ctx, tx, journal.Entry{Action: journal.ExtractPrepared, Dossier: dossiers.TimelineID(dossier)})
}

// Taking is an extract that is about to be taken.
func (s *Service) Taking(ctx context.Context, dossier dossiers.ID, id ID) (Extract, error) {
	if _, err := access.Require(ctx, access.InquiryExtract); err != nil {
		return Extract{}, err
	}
	return s.extract(ctx, dossier, id)
}

// Take makes the extract and gives it out. That it was taken is told in the dossier's timeline before it leaves; the request is not
// answered by it.
func (s *Service) Take(ctx context.Context, dossier dossiers.ID, id ID, order Order) (File, error) {
	by, err := access.Require(ctx, access.InquiryExtract)
	if err != nil {
		return File{}, err
	}
	if err := order.check(); err != nil {
		return File{}, err
	}
	ctx = order.in(ctx)
	extract, err := s.extract(ctx, dossier, id)
	if err != nil {
		return File{}, err
	}
	if !extract.Inquiry.Open() {
		return File{}, fault.Invalid("file", "inquiries.extract.answered")
	}
	if err := extract.fits(); err != nil {
		return File{}, err
	}
	file, err := extract.file(ctx, by, order, s.now())
	if err != nil {
		return File{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if _, _, err := dossiers.HoldForAccess(ctx, tx, s.keys, dossier); err != nil {
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.InquiryExtracted, Dossier: dossiers.TimelineID(dossier), Detail: string(order.Format)})
	})
	if err != nil {
		return File{}, err
	}
	return file, nil
}
