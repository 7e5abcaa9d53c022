package app

import (
	"passerelle/internal/alerts/alertsweb"
	"passerelle/internal/appointments/appointmentsweb"
	"passerelle/internal/claims/claimsweb"
	"passerelle/internal/confidences/confidencesweb"
	"passerelle/internal/connections/connectionsweb"
	"passerelle/internal/consents/consentsweb"
	"passerelle/internal/departures/departuresweb"
	"passerelle/internal/documents/documentsweb"
	"passerelle/internal/dossiers/dossiersweb"
	"passerelle/internal/erasures/erasuresweb"
	"passerelle/internal/exports/exportsweb"
	"passerelle/internal/handovers/handoversweb"
	"passerelle/internal/houserules/houserulesweb"
	"passerelle/internal/housing/housingweb"
	"passerelle/internal/identifications/identificationsweb"
	"passerelle/internal/imports/importsweb"
	"passerelle/internal/inbox/inboxweb"
	"passerelle/internal/inquiries/inquiriesweb"
	"passerelle/internal/interpreters/interpretersweb"
	"passerelle/internal/interviews/interviewsweb"
	"passerelle/internal/journal/journalweb"
	"passerelle/internal/letters/lettersweb"
	"passerelle/internal/mandates/mandatesweb"
	"passerelle/internal/members/membersweb"
	"passerelle/internal/minors/minorsweb"
	"passerelle/internal/moves/movesweb"
	"passerelle/internal/offices/officesweb"
	"passerelle/internal/proceedings/proceedingsweb"
	"passerelle/internal/projects/projectsweb"
	"passerelle/internal/provisioning"
	"passerelle/internal/provisioning/provisioningweb"
	"passerelle/internal/referrals/referralsweb"
	"passerelle/internal/reflections/reflectionsweb"
	"passerelle/internal/reminders/remindersweb"
	"passerelle/internal/restrictions/restrictionsweb"
	"passerelle/internal/returns/returnsweb"
	"passerelle/internal/risks/risksweb"
	"passerelle/internal/signin/signinweb"
	"passerelle/internal/statistics/statisticsweb"
	"passerelle/internal/stays/staysweb"
	"passerelle/internal/tasks/tasksweb"
	"passerelle/internal/web"
)

// capabilities registers the pages of each, whose day they belong to first.
func (a *App) capabilities(r *web.Routes, pages *signinweb.Web, options Options) {
	pages.Join(r, a.Members.Join)
	membersweb.Routes(r, a.Members, a.Handovers)
	handoversweb.Routes(r, a.Handovers)
	dossiersweb.Routes(r, a.Dossiers, options.Clock)
	alertsweb.Routes(r, a.Alerts)
	tasksweb.Routes(r, a.Tasks, options.Clock)
	interviewsweb.Routes(r, a.Interviews, options.Clock)
	consentsweb.Routes(r, a.Consents, a.Referrals)
	housingweb.Routes(r, a.Housing, options.Clock)
	projectsweb.Routes(r, a.Projects)
	returnsweb.Routes(r, a.Returns)
	claimsweb.Routes(r, a.Claims)
	referralsweb.Routes(r, a.Referrals)
	restrictionsweb.Routes(r, a.Restrictions, options.Clock)
	remindersweb.Routes(r, a.Reminders)
	inboxweb.Routes(r, a.Inbox, pages.Keep)
	erasuresweb.Routes(r, a.Erasures, options.Clock)
	journalweb.Routes(r, a.Journal, options.Clock)
	importsweb.Routes(r, a.Imports)
	exportsweb.Routes(r, a.Exports)
	statisticsweb.Routes(r, a.Statistics)
	reflectionsweb.Routes(r, a.Reflections, options.Clock)
	staysweb.Routes(r, a.Stays, options.Clock)
	proceedingsweb.Routes(r, a.Proceedings, options.Clock)
	inquiriesweb.Routes(r, a.Inquiries, options.Clock)
	confidencesweb.Routes(r, a.Confidences, options.Clock)
	movesweb.Routes(r, a.Moves, options.Clock)
	minorsweb.Routes(r, a.Minors, options.Clock)
	risksweb.Routes(r, a.Risks, options.Clock)
	identificationsweb.Routes(r, a.Identifications, options.Clock)
	interpretersweb.Routes(r, a.Interpreters, a.Appointments)
	appointmentsweb.Routes(r, a.Appointments, options.Clock)
	lettersweb.Routes(r, a.Letters)
	documentsweb.Routes(r, a.Documents)
	houserulesweb.Routes(r, a.HouseRules)
	connectionsweb.Routes(r, a.Connections, pages)
	officesweb.Routes(r, a.Offices)
	provisioningweb.Routes(r, provisioning.New(a.DB, a.Connections, options.Origin, options.Clock, options.Post != nil), provisioning.NewDirectory(a.DB, a.SignIn, options.Clock, options.Post != nil), options.Origin)
	mandatesweb.Routes(r, a.Mandates)
	departuresweb.Routes(r, a.Departures)
}
