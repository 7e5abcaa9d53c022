package timeline

// What happens to documents. The detail is what they tell of.
const (
	DocumentAdded     Kind = "document_added"
	DocumentChanged   Kind = "document_changed"
	DocumentDestroyed Kind = "document_destroyed"
)
