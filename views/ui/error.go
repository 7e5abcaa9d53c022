package ui

// explained are the statuses with words of their own.
var explained = map[string]bool{"403": true, "404": true, "405": true, "409": true, "413": true, "415": true, "422": true, "500": true, "503": true}

func errorKey(status, part string) string {
	if !explained[status] {
		status = "other"
	}
	return "error." + status + "." + part
}
