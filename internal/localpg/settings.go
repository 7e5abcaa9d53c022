package localpg

import (
	"maps"
	"slices"
)

// socketPort only names the socket file: the directory is fresh, so that no two servers ever share one.
const socketPort = "5432"

// settings are given on the command line, where they win over whatever a configuration file says.
func settings(options Options, socketDir, nonce string) []string {
	all := map[string]string{ // #nosec G101 -- password_encryption is how, not what
		"listen_addresses":        "",
		"unix_socket_directories": socketDir,
		"unix_socket_permissions": "0700",
		"port":                    socketPort,
		"cluster_name":            nonce,
		"max_connections":         "200",
		"timezone":                "UTC",
		"jit":                     "off",
		"password_encryption":     "scram-sha-256",
		"logging_collector":       "off",
		"log_destination":         "stderr",
		// A statement holds what people wrote about a victim, and a log outlives the row: none is ever logged.
		"log_min_error_statement":           "panic",
		"log_error_verbosity":               "terse",
		"log_statement":                     "none",
		"log_duration":                      "off",
		"log_min_duration_statement":        "-1",
		"log_parameter_max_length":          "0",
		"log_parameter_max_length_on_error": "0",
		"track_activity_query_size":         "256",
		"shared_preload_libraries":          "",
	}
	if options.Fast {
		maps.Copy(all, map[string]string{
			"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
			"wal_level": "minimal", "max_wal_senders": "0", "autovacuum": "off", "shared_buffers": "64MB",
		})
	}
	maps.Copy(all, options.Settings)
	var arguments []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		arguments = append(arguments, "-c", name+"="+all[name])
	}
	return arguments
}
