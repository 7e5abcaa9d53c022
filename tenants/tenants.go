// Package tenants embeds what a canton starts from: the federation's file and one for each canton, in words that a
// lawyer can read beside the law. internal/deadlines reads and checks them.
package tenants

import "embed"

// Files are federal.yaml and the cantons' files, ch-vd.yaml and so on.
//
//go:embed *.yaml
var Files embed.FS
