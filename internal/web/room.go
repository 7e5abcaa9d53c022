package web

import (
	"errors"

	"passerelle/internal/access"
)

// errNoRoom says that hardly any room is left, so that nothing new is taken.
var errNoRoom = errors.New("hardly any room is left")

// goingOn is what is sent and done all the same where hardly any room is left: what is read by sending a form, and what shuts somebody
// out or takes something back. It cannot wait, and is small.
var goingOn = []access.Action{
	access.AddressShow, access.DossierSearch, access.InboxShow, access.EmergencyOpen, access.EmergencyLook, access.DocumentTake, access.PasskeyKeep,
	access.ConsentWithdraw, access.ReferralRevoke, access.RestrictionWrite, access.MemberManage, access.OfficePeople,
}
