package referrals

import (
	"context"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/tenantdb"
)

// Work is what waits for one person of the staff: of the referrals that she or he wrote, and of the dossiers that she
// or he is responsible for.
type Work struct {
	// News is what offices did and nobody has acknowledged, newest first.
	News []Line
	// Overdue and Unanswered are those that an office has not answered, what is due first. None is among News.
	Overdue, Unanswered []Line
	Drafts              []Line
	// More says that there is more than is shown.
	More bool
	At   time.Time
}

// Empty says that nothing waits.
func (w Work) Empty() bool {
	return len(w.News)+len(w.Overdue)+len(w.Unanswered)+len(w.Drafts) == 0
}

// maxWork is how many lines one list of the page holds: somebody with more has to look through the dossiers.
const maxWork = 100

// arrange puts each line into one list only, the one that asks most.
func arrange(news, waiting, drafts []Line, at time.Time) Work {
	w := Work{At: at}
	w.News, w.More = atMost(news, w.More)
	waiting, w.More = atMost(waiting, w.More)
	w.Drafts, w.More = atMost(drafts, w.More)
	for _, line := range waiting {
		switch {
		case line.News():
		case line.OverdueAt(at):
			w.Overdue = append(w.Overdue, line)
		default:
			w.Unanswered = append(w.Unanswered, line)
		}
	}
	return w
}

func atMost(lines []Line, more bool) ([]Line, bool) {
	if len(lines) > maxWork {
		return lines[:maxWork], true
	}
	return lines, more
}

// Work gives what waits for the person who asks; questions of whoever shows it go along.
func (s *Service) Work(ctx context.Context, also ...tenantdb.Question) (Work, error) {
	by, err := access.Require(ctx, access.WorkShow)
	if err != nil {
		return Work{}, err
	}
	var news, waiting, drafts []Line
	questions := append([]tenantdb.Question{newsOf(by.Person, &news), waitingOf(by.Person, &waiting), draftsOf(by.Person, &drafts)}, also...)
	if err := s.db.Read(ctx, questions...); err != nil {
		return Work{}, err
	}
	return arrange(news, waiting, drafts, s.now()), nil
}
