// Package tenants embeds what a canton starts from: the federation's file and one for each canton, in words that a
// lawyer can read beside the law. internal/deadlines reads and checks them.
package tenants

import "embed"

// Files are federal.yaml and the cantons' files, ch-vd.yaml and so on.
//
//go:embed federal.yaml ch-*.yaml
var Files embed.FS

// Indicators are the sets of indicators that we ship, as a spreadsheet opens them; internal/identifications reads them.
//
//go:embed indicators/*.csv
var Indicators embed.FS
