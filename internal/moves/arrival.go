package moves

import (
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/keys"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
)

// Arrival is that another organisation asks whether an accompaniment is taken over. It says nothing of whose.
type Arrival struct {
	MoveID       ID
	FromTenantID tenantdb.TenantID
	FromName     string
	Asker
	Stages
	ResponsibleID tenantdb.PersonID
	ClearedAt     *time.Time
}

// holder is what the private key of a move is sealed under.
func (a Arrival) holder() keys.Holder { return keys.Holder{Kind: keys.Move, ID: a.MoveID.UUID()} }

// mayTakeOver holds that somebody takes over who can.
func mayTakeOver(staff []members.Member, chosen tenantdb.PersonID) (name string, err error) {
	for _, member := range staff {
		if member.MemberID == chosen && member.Accompanies() {
			return member.Name, nil
		}
	}
	return "", fault.Invalid("responsible", "moves.responsible.missing")
}

// parcel is the private key of a move, and what was sent to it.
type parcel struct {
	MoveID     ID
	PrivateKey keys.Sealed[keys.PrivateKey] `bun:"private_key"`
	Contents   keys.Parcel
}

// Place says where the private key stands.
func (p *parcel) Place() keys.Place { return keys.Place{Table: "packages", Row: p.MoveID.String()} }

// Received is what came along with a dossier that another organisation has handed over.
type Received struct {
	MoveID     ID
	DossierID  dossiers.ID
	FromName   string
	ReceivedAt time.Time
	Contents   keys.Sealed[Contents] `bun:"contents"`
}

// Place says where what came stands.
func (r *Received) Place() keys.Place {
	return keys.Place{Table: "received_files", Row: r.DossierID.String()}
}

// SealedRows says where moves have sealed what.
var SealedRows = []keys.Rows{
	{Kind: keys.Dossier, Table: "moves", Holder: "dossier_id", Key: []string{"move_id"}, Columns: []string{"particulars"}},
	{Kind: keys.Dossier, Table: "received_files", Holder: "dossier_id", Key: []string{"dossier_id"}, Columns: []string{"contents"}},
	{Kind: keys.Move, Table: "packages", Holder: "move_id", Key: []string{"move_id"}, Columns: []string{"private_key"}},
}
