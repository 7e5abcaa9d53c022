package documents

// OccupyTurn has another file being looked at, until release.
func (s *Service) OccupyTurn() (release func()) {
	s.turn <- struct{}{}
	return func() { <-s.turn }
}
