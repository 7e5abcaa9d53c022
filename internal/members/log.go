package members

import (
	"context"

	"passerelle/internal/access"
	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
)

// Log is what was done about people, the newest first.
type Log struct {
	Acts []Act
	// Before leads to older ones; zero where there are none.
	Before ids.ID[Act]
}

// Log shows who did what to whom, before an act, or the newest.
func (s *Service) Log(ctx context.Context, before ids.ID[Act]) (Log, error) {
	if _, err := access.Require(ctx, access.MemberLog); err != nil {
		return Log{}, err
	}
	var log Log
	err := s.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		log.Acts, err = listActs(ctx, tx, tenantdb.PersonID{}, before)
		return err
	})
	if len(log.Acts) > ActsShown {
		log.Acts = log.Acts[:ActsShown]
		log.Before = log.Acts[ActsShown-1].ActID
	}
	return log, err
}
