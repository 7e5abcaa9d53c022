package operators

import (
	"context"
	"strings"

	"passerelle/internal/ids"
)

// Commands are what those do who have the password of the database's role: they make the first operators. Nobody is asked who they
// are, and the acts name nobody.
type Commands struct{ service *Service }

// NewCommands makes them.
func NewCommands(service *Service) Commands { return Commands{service} }

// List gives the operators.
func (c Commands) List(ctx context.Context) ([]Operator, error) { return c.service.listed(ctx) }

// Add makes room for one more. With issuer and subject, which the provider is known to call the person, no code is needed.
func (c Commands) Add(ctx context.Context, draft Draft, issuer, subject string) (Handed, error) {
	return c.service.add(ctx, ID{}, ids.New[Operator](), draft, issuer, subject)
}

// Remove takes the place of the one away who has an e-mail.
func (c Commands) Remove(ctx context.Context, email string) error {
	all, err := c.service.listed(ctx)
	if err != nil {
		return err
	}
	for _, operator := range all {
		if strings.EqualFold(operator.Email, email) {
			return c.service.remove(ctx, ID{}, operator.OperatorID)
		}
	}
	return ErrNobody
}
