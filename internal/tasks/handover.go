package tasks

import (
	"context"

	"passerelle/internal/access"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// HandOver gives the open tasks of one member that are about a dossier to another, within the transaction of whoever hands them over,
// and says how many they were. Tasks about no dossier stay: their words are sealed for the person alone.
func HandOver(ctx context.Context, tx tenantdb.Tx, by access.Principal, from, to tenantdb.PersonID) (int, error) {
	staff, err := members.List(ctx, tx)
	if err != nil {
		return 0, err
	}
	if err := mayBeGivenTo(staff, to, tenantdb.PersonID{}); err != nil {
		return 0, err
	}
	handed, err := updateAssignee(ctx, tx, by.Person, from, to)
	if err != nil {
		return 0, err
	}
	for _, task := range handed {
		if err := record(ctx, tx, by, timeline.TaskChanged, task); err != nil {
			return 0, err
		}
	}
	return len(handed), nil
}
