// Package usage is how much each tenant uses and how well it is, for those who run the installation, and how much it may use. The
// application counts people, bytes and jobs once an hour; nothing that it writes down says how many are accompanied, or anything of
// them.
package usage

import (
	"time"

	"passerelle/internal/tenantdb"
)

// Report is one hour of one tenant.
type Report struct {
	TakenAt time.Time
	// Members are human beings of the staff, OfficePeople those of offices who can sign in; Active of both have within thirty days.
	Members, OfficePeople, Active int
	// StorageMiB is what is sealed, rounded up, so that no dossier's coming or going shows in it.
	StorageMiB                        int
	JobsWaiting, JobsLate, JobsFailed int
	// SignedInOn is the last day on which anybody signed in.
	SignedInOn *time.Time
	// TreeBehind says that the tree over the journal lags.
	TreeBehind bool
	// Providers are the tenant's own; Silent those that did not answer as they should.
	Providers, ProvidersSilent int
}

// storageStep is what bytes are rounded up to, in mebibytes.
const storageStep = 16

// rounded is a number of bytes in mebibytes, rounded up to the next step.
func rounded(bytes int64) int {
	const step = storageStep << 20
	return int((bytes + step - 1) / step * storageStep)
}

// stale is after how long without a report nobody knows how a tenant is.
const stale = 3 * time.Hour

// Health is how a tenant is, in one word.
type Health string

// The words.
const (
	Well      Health = "well"
	Attention Health = "attention"
	Unknown   Health = "unknown"
)

// Finding is why it is not well.
type Finding string

// The findings, the gravest first.
const (
	NotReported     Finding = "not_reported"
	TreeLags        Finding = "tree_lags"
	ProviderSilent  Finding = "provider_silent"
	JobsAreLate     Finding = "jobs_late"
	JobsHaveFailed  Finding = "jobs_failed"
	ManyRefused     Finding = "many_refused"
	NearALimit      Finding = "near_a_limit"
	refusedIsPlenty         = 20
)

// Standing is how one tenant is now.
type Standing struct {
	TenantID   tenantdb.TenantID
	Slug, Name string
	// Last is the newest report; its time is zero where there is none.
	Last Report
	// Refused counts, by reason, who was refused at sign-in within a day.
	Refused []Refused
	Limits  Limits
}

// Refused is how often sign-ins were refused for a reason.
type Refused struct {
	Reason string
	N      int
}

// RefusedInAll is how often any was.
func (s Standing) RefusedInAll() (n int) {
	for _, refused := range s.Refused {
		n += refused.N
	}
	return n
}

// Findings are all reasons why it needs somebody's attention.
func (s Standing) Findings(now time.Time) (findings []Finding) {
	if now.Sub(s.Last.TakenAt) > stale {
		return []Finding{NotReported} // what was true then says nothing of now
	}
	for _, found := range []struct {
		finding Finding
		true    bool
	}{
		{TreeLags, s.Last.TreeBehind}, {ProviderSilent, s.Last.ProvidersSilent > 0}, {JobsAreLate, s.Last.JobsLate > 0}, {JobsHaveFailed, s.Last.JobsFailed > 0},
		{ManyRefused, s.RefusedInAll() >= refusedIsPlenty}, {NearALimit, len(s.Limits.near(s.Last.Members, s.Last.OfficePeople, s.Last.StorageMiB)) > 0},
	} {
		if found.true {
			findings = append(findings, found.finding)
		}
	}
	return findings
}

// Health is the word for it.
func (s Standing) Health(now time.Time) Health {
	switch findings := s.Findings(now); {
	case len(findings) == 0:
		return Well
	case findings[0] == NotReported:
		return Unknown
	default:
		return Attention
	}
}
