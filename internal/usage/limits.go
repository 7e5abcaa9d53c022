package usage

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"passerelle/internal/fault"
	"passerelle/internal/tenantdb"
)

// Limits are how much a tenant may use by its agreement. Nothing is no limit. A limit keeps nobody out who is in, and no dossier from
// being saved: only who would be one more waits until somebody has been asked.
type Limits struct {
	Members, OfficePeople, StorageMiB *int
	Reason                            string
	Version                           int
	SetBy                             string
	SetAt                             *time.Time
}

const (
	// MaxReason is how long the reason for a limit may be.
	MaxReason  = 300
	mostPeople = 100_000
	mostMiB    = 16 << 20
)

// Check says what has to be corrected.
func (l Limits) Check() (problems fault.Problems) {
	within := func(field string, limit *int, least, most int) {
		if limit != nil && (*limit < least || *limit > most) {
			problems.Add(field, "usage.limit.wrong", "Least", least, "Most", most)
		}
	}
	within("members", l.Members, 2, mostPeople)
	within("office_people", l.OfficePeople, 0, mostPeople)
	within("storage", l.StorageMiB, storageStep, mostMiB)
	switch reason := strings.TrimSpace(l.Reason); {
	case reason == "":
		problems.Add("reason", "usage.limit.reason.missing")
	case utf8.RuneCountInString(reason) > MaxReason:
		problems.Add("reason", "usage.limit.reason.long", "Max", MaxReason)
	}
	return problems
}

// Warning is a limit that is nearly reached, or passed.
type Warning struct {
	// What is a message key's last word: members, office_people or storage.
	What        string
	Used, Limit int
}

// nearly is from how many of a hundred on administrators are warned.
const nearly = 90

func (l Limits) near(members, officePeople, storage int) (warnings []Warning) {
	for _, limit := range []struct {
		what string
		most *int
		used int
	}{{"members", l.Members, members}, {"office_people", l.OfficePeople, officePeople}, {"storage", l.StorageMiB, storage}} {
		if limit.most != nil && limit.used*100 >= *limit.most*nearly {
			warnings = append(warnings, Warning{limit.what, limit.used, *limit.most})
		}
	}
	return warnings
}

// admit refuses one more where there is no room, and says whom to ask.
func admit(limit *int, there int, what string) error {
	if limit == nil || there < *limit {
		return nil
	}
	return fault.Refused("usage.limit.reached."+what, "Limit", *limit)
}

// Admit refuses to invite or to take in one more human being where the tenant has as many as it may have; who is invited counts.
// Two who are taken in at the same moment may be one too many: a limit is an agreement, and no fence.
func Admit(ctx context.Context, tx tenantdb.Tx, atOffice bool, now time.Time) error {
	limits, err := findLimits(ctx, tx)
	if err != nil {
		return err
	}
	limit, what := limits.Members, "members"
	if atOffice {
		limit, what = limits.OfficePeople, "office_people"
	}
	if limit == nil {
		return nil
	}
	there, err := countPeople(ctx, tx, now)
	if err != nil {
		return err
	}
	if atOffice {
		return admit(limit, there.OfficePeople, what)
	}
	return admit(limit, there.Members, what)
}

// Near gives the limits that the tenant has nearly reached, for those who administer it.
func Near(ctx context.Context, tx tenantdb.Tx, now time.Time) ([]Warning, error) {
	limits, err := findLimits(ctx, tx)
	if err != nil || limits.Members == nil && limits.OfficePeople == nil && limits.StorageMiB == nil {
		return nil, err
	}
	there, err := countPeople(ctx, tx, now)
	if err != nil {
		return nil, err
	}
	storage, err := findStorage(ctx, tx)
	if err != nil {
		return nil, err
	}
	return limits.near(there.Members, there.OfficePeople, storage), nil
}
