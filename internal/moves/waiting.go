package moves

import (
	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/tenantdb"
)

// Waiting is a move that somebody is told of on her or his own page.
type Waiting struct {
	MoveID ID
	// DossierID and CodeName are of the dossier that is to go; of one that arrives, nobody knows them.
	DossierID dossiers.ID
	CodeName  dossiers.CodeName
	// Name is the other organisation's.
	Name string
	// Standing is Proposed or Sent of what arrives, Accepted, Declined or Opened of what goes.
	Standing Standing
}

// AskArriving asks, along with the questions of somebody's own page, which arrivals wait to be answered or opened by who may.
func AskArriving(by access.Principal, into *[]Waiting) tenantdb.Question {
	return tenantdb.Many(into, arriving.With(access.May(by.Role, access.MoveAnswer)))
}

// AskAnswered asks likewise what other organisations said: that something can be sent, to those who may send it; and for two weeks to
// whoever proposed it, and is responsible, that they decline or have taken over.
func AskAnswered(by access.Principal, into *[]Waiting) tenantdb.Question {
	return tenantdb.Many(into, answered.With(by.Person, access.May(by.Role, access.MoveSend)))
}
