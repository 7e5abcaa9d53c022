package referrals

import (
	"crypto/rand"
	"math/big"
)

// References are said on the telephone: these letters and digits are not taken for one another, and make no words.
const (
	referenceLetters = "23456789CFGHJMPQRVWX"
	referenceLength  = 6
)

// newReference makes up what NGO and office call a referral. It is random: numbers in a row would tell how many there
// are, and which came after which.
func newReference() string {
	reference := make([]byte, referenceLength)
	for i := range reference {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(referenceLetters))))
		if err != nil {
			panic(err) // without randomness nothing else here would be safe either
		}
		reference[i] = referenceLetters[n.Int64()]
	}
	return string(reference)
}
