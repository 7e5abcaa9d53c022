package dossiersweb

import (
	"errors"
	"net/url"
	"strconv"

	"passerelle/internal/fault"
)

// toCorrect splits what the person can correct in the form from every other error.
func toCorrect(err error) (fault.Problems, error) {
	if errors.Is(err, fault.Invalid("", "")) {
		problems, _ := fault.Correctable(err)
		return problems, nil
	}
	return nil, err
}

// versionOf is the version that the form was opened with; a form that names none changes nothing.
func versionOf(values url.Values) int {
	version, err := strconv.Atoi(values.Get("version"))
	if err != nil {
		return 0
	}
	return version
}
