package journal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/tlog"
)

// recordVersion is the form of a record. A record that is hashed keeps its form for ever: another form is another number.
const recordVersion = 1

// record is an entry as it is hashed: all its columns as one line of JSON, in this order, without a space. A line of an
// export is exactly what was hashed, so that it can be verified without knowing what is in it:
//
//	leaf = SHA-256(0x00 || line)
//
// Times are in UTC with six digits after the second, the number of the transaction is a text (it has 64 bits), and the
// rest are identifiers, codes, or null.
type record struct {
	Version     int           `json:"v"`
	TenantID    uuid.UUID     `json:"tenant_id"`
	Transaction string        `json:"transaction"`
	EntryID     uuid.UUID     `json:"entry_id"`
	At          moment        `json:"at"`
	PersonID    uuid.UUID     `json:"person_id"`
	Role        string        `json:"role"`
	OfficeID    uuid.NullUUID `json:"office_id"`
	Action      string        `json:"action"`
	DossierID   uuid.NullUUID `json:"dossier_id"`
	ReferralID  uuid.NullUUID `json:"referral_id"`
	DataClasses []string      `json:"data_classes"`
	Reason      string        `json:"reason"`
	RequestID   uuid.NullUUID `json:"request_id"`
}

// recordOf is the record of a row.
func recordOf(row sequencedRow) record {
	return record{
		Version: recordVersion, TenantID: row.TenantID, Transaction: row.Transaction, EntryID: row.EntryID, At: moment{row.At},
		PersonID: row.PersonID, Role: row.Role, OfficeID: row.OfficeID, Action: row.Action, DossierID: row.DossierID, ReferralID: row.ReferralID,
		DataClasses: append([]string{}, row.DataClasses...), Reason: row.Reason, RequestID: row.RequestID,
	}
}

// line is the record as it is hashed and exported, without the end of the line.
func (r record) line() ([]byte, error) {
	line, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("write entry %s: %w", r.EntryID, err)
	}
	return line, nil
}

// writtenAs says whether the record is written in this and no other way.
func (r record) writtenAs(line []byte) bool {
	written, err := r.line()
	return err == nil && bytes.Equal(written, line)
}

// hash is the leaf of the record.
func (r record) hash() (tlog.Hash, error) {
	line, err := r.line()
	return tlog.RecordHash(line), err
}

// moment is a time as records and checkpoints hold it.
type moment struct{ at time.Time }

const momentLayout = "2006-01-02T15:04:05.000000Z"

func (m moment) String() string { return m.at.UTC().Format(momentLayout) }

// MarshalText writes the time in its one form.
func (m moment) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (m *moment) UnmarshalText(text []byte) (err error) {
	m.at, err = time.Parse(momentLayout, string(text))
	return err
}
