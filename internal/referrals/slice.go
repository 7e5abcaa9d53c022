package referrals

import "passerelle/internal/disclosure"

// Slice is what the office of a referral is shown of the person: cut from the dossier when the referral is sent, and
// frozen then.
type Slice = disclosure.Slice
