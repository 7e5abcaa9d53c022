package moves

import (
	"testing"

	"passerelle/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }
