package agenda

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/deadlines"
	"passerelle/internal/tenantdb"
	"passerelle/tenants"
)

// book is what the program ships; that it can be read, a test of deadlines sees to.
var book = sync.OnceValues(deadlines.Shipped)

// shipped is the digest of what the program ships.
var shipped = sync.OnceValues(func() (string, error) {
	hash := sha256.New()
	entries, err := tenants.Files.ReadDir(".")
	if err != nil {
		return "", fmt.Errorf("list the rules: %w", err)
	}
	for _, entry := range entries {
		if entry.IsDir() {
			continue
		}
		text, err := tenants.Files.ReadFile(entry.Name())
		if err != nil {
			return "", fmt.Errorf("read the rules: %w", err)
		}
		fmt.Fprintf(hash, "%s %d\n", entry.Name(), len(text))
		hash.Write(text)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
})

// Applied are the rules of a tenant: of the federation, its canton, and what the house has decided itself.
type Applied struct {
	*deadlines.Rules
	// Unfit are the rules of which the house's decisions no longer fit what the program ships: the wider rules apply.
	Unfit []deadlines.RuleID
	// Digest names the rules, so that a dossier says by which it was computed.
	Digest string
}

// Rules are what applies to the tenant of whoever asks. What the house has decided may be some seconds old in another process
// than the one in which it decided.
func Rules(ctx context.Context, db *tenantdb.DB) (*deadlines.Rules, error) {
	applied, err := AppliedTo(ctx, db)
	return applied.Rules, err
}

// AppliedTo is Rules with all that is known of them.
func AppliedTo(ctx context.Context, db *tenantdb.DB) (Applied, error) {
	var decisions []decision
	if err := db.Read(ctx, tenantdb.Kept(&decisions, decisionsStatement)); err != nil {
		return Applied{}, fmt.Errorf("read the house's rules: %w", err)
	}
	return lay(ctx, decisions)
}

// RulesIn are what applies, within the transaction of a change: with what the house has decided until now.
func RulesIn(ctx context.Context, tx tenantdb.Tx) (*deadlines.Rules, error) {
	applied, err := AppliedIn(ctx, tx)
	return applied.Rules, err
}

// AppliedIn is RulesIn with all that is known of them.
func AppliedIn(ctx context.Context, tx tenantdb.Tx) (Applied, error) {
	decisions, err := listDecisions(ctx, tx)
	if err != nil {
		return Applied{}, err
	}
	return lay(ctx, decisions)
}

// Renew makes this process look anew at what the house has decided.
func Renew(db *tenantdb.DB) { db.Forget(decisionsStatement) }

// decision is what the house has decided of a rule, as the database answers. What is not its own has no length.
type decision struct {
	Rule      deadlines.RuleID
	Amount    int
	Half      bool
	Unit      deadlines.Unit
	Warn      []int `bun:",array"`
	ValidFrom time.Time
}

// houseRule is the decision as deadlines take it.
func (d decision) houseRule() deadlines.HouseRule {
	decided := deadlines.HouseRule{Rule: d.Rule, Warn: d.Warn, ValidFrom: d.ValidFrom}
	if d.Amount > 0 {
		decided.Length = &deadlines.Length{Amount: d.Amount, Half: d.Half, Unit: d.Unit}
	}
	return decided
}

// laid are the rules that were laid over each other already, of each tenant the last.
var laid sync.Map

// lay lays what the house has decided over what the program ships for its canton.
func lay(ctx context.Context, decisions []decision) (Applied, error) {
	by, ok := access.From(ctx)
	if !ok {
		return Applied{}, tenantdb.ErrNoScope
	}
	files, err := shipped()
	if err != nil {
		return Applied{}, err
	}
	digest := digestOf(files, by.Canton, decisions)
	if known, ok := laid.Load(by.Tenant); ok && known.(Applied).Digest == digest {
		return known.(Applied), nil
	}
	applied, err := compose(by.Canton, decisions)
	if err == nil {
		laid.Store(by.Tenant, applied)
	}
	return applied, err
}

// OfCanton is what applies to a house that has decided nothing itself.
func OfCanton(canton string) (Applied, error) { return compose(canton, nil) }

func compose(canton string, decisions []decision) (Applied, error) {
	files, err := shipped()
	if err != nil {
		return Applied{}, err
	}
	all, err := book()
	if err != nil {
		return Applied{}, err
	}
	decided := make([]deadlines.HouseRule, len(decisions))
	for i, d := range decisions {
		decided[i] = d.houseRule()
	}
	rules, unfit, err := all.OfHouse(canton, decided)
	return Applied{rules, unfit, digestOf(files, canton, decisions)}, err
}

func digestOf(files, canton string, decisions []decision) string {
	hash := sha256.New()
	fmt.Fprintf(hash, "%s %s\n", files, canton)
	for _, d := range decisions {
		fmt.Fprintf(hash, "%s %d %t %s %v %s\n", d.Rule, d.Amount, d.Half, d.Unit, d.Warn, d.ValidFrom.Format(time.DateOnly))
	}
	return hex.EncodeToString(hash.Sum(nil))
}
