package timeline

// What happens to where somebody lives. The detail is the kind of housing, or what was decided.
const (
	HousingBegun     Kind = "housing_begun"
	HousingChanged   Kind = "housing_changed"
	HousingEvaluated Kind = "housing_evaluated"
	HousingProlonged Kind = "housing_prolonged"
	HousingEnded     Kind = "housing_ended"
	BedHeld          Kind = "bed_held"
	BedReleased      Kind = "bed_released"
)
