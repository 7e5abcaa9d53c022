package members

import (
	"context"
	"slices"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/tenantdb"
)

// Profession is one whose secret binds whoever exercises it, and those who help her or him, and not the organisation (CP 321);
// "members.profession." + Profession is its message key.
type Profession string

// The professions.
const (
	Medical       Profession = "medical"
	Psychological Profession = "psychological"
	Legal         Profession = "legal"
)

// Professions lists them in the order in which pages offer them.
var Professions = []Profession{Medical, Psychological, Legal}

// Practises says whether somebody of the staff can be of a profession here: whoever accompanies.
func Practises(role access.Role) bool { return access.May(role, access.ConfidenceKeep) }

// Practise writes down of which professions somebody is, and of no other. Nobody does so for herself or himself.
func (s *Service) Practise(ctx context.Context, id tenantdb.PersonID, professions []Profession) error {
	by, err := access.Require(ctx, access.MemberManage)
	if err != nil {
		return err
	}
	return s.about(ctx, by, id, func(ctx context.Context, tx tenantdb.Tx, self, person Person, _ int) error {
		switch {
		case person.GoneAt(s.now()):
			return fault.Conflict("members.ending.already")
		case person.AtOffice() || len(professions) > 0 && !Practises(person.Role):
			return fault.Invalid("professions", "members.professions.unfit")
		case self.same(person):
			return fault.Invalid("professions", "members.professions.own")
		}
		before, err := listProfessions(ctx, tx, id)
		if err != nil {
			return err
		}
		for _, profession := range Professions {
			had, has := slices.Contains(before, profession), slices.Contains(professions, profession)
			done := aboutPerson(ProfessionGranted, person)
			done.detail = string(profession)
			switch {
			case had == has:
				continue
			case has:
				err = insertProfession(ctx, tx, by, id, profession, s.now())
			default:
				done.deed = ProfessionWithdrawn
				err = deleteProfession(ctx, tx, id, profession)
			}
			if err != nil {
				return err
			}
			if err := s.record(ctx, tx, by, done); err != nil {
				return err
			}
		}
		return nil
	})
}
