package access

import (
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"passerelle/policies"
)

// Reading is how many different dossiers and referrals a role is shown within an hour, from policies/reading.csv.
type Reading struct {
	// AlertAt is how many raise an alert.
	AlertAt int
	// Ceiling is how many are shown at most; 0 is no bound.
	Ceiling int
}

// mostRead bounds what can be written into the table: more in an hour is no reading.
const mostRead = 1000

var readings = mustRead()

// ReadingOf is what the table says of a role.
func ReadingOf(role Role) Reading { return readings[role] }

func mustRead() map[Role]Reading {
	readings, err := parseReadings(policies.Reading)
	if err != nil {
		panic("policies/reading.csv: " + err.Error())
	}
	return readings
}

// parseReadings refuses a table that leaves a role out, names one twice, or bounds those who must not be locked out.
func parseReadings(text string) (map[Role]Reading, error) {
	reader := csv.NewReader(strings.NewReader(text))
	reader.Comment = '#'
	reader.TrimLeadingSpace = true
	reader.FieldsPerRecord = 3
	records, err := reader.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read a rate: %w", err)
	}
	readings := map[Role]Reading{}
	for _, record := range records {
		name, _ := strings.CutPrefix(record[0], "role:")
		role := Role(name)
		if _, twice := readings[role]; twice {
			return nil, fmt.Errorf("%s has two rates", record[0])
		}
		rate, err := parseReading(role, record[1], record[2])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", record[0], err)
		}
		readings[role] = rate
	}
	for _, role := range Roles {
		if _, ok := readings[role]; !ok {
			return nil, fmt.Errorf("role:%s has no rate", role)
		}
	}
	if len(readings) > len(Roles) {
		return nil, fmt.Errorf("%d rates for %d roles", len(readings), len(Roles))
	}
	return readings, nil
}

func parseReading(role Role, alertAt, ceiling string) (rate Reading, err error) {
	if rate.AlertAt, err = strconv.Atoi(alertAt); err != nil || rate.AlertAt < 1 || rate.AlertAt > mostRead {
		return Reading{}, fmt.Errorf("an alert at %q is none between 1 and %d", alertAt, mostRead)
	}
	if !role.AtOffice() {
		if ceiling != "none" {
			return Reading{}, fmt.Errorf("at most %q would lock somebody of the NGO out: it has to be none", ceiling)
		}
		return rate, nil
	}
	if rate.Ceiling, err = strconv.Atoi(ceiling); err != nil || rate.Ceiling < rate.AlertAt || rate.Ceiling > mostRead {
		return Reading{}, fmt.Errorf("at most %q is none between the alert at %d and %d", ceiling, rate.AlertAt, mostRead)
	}
	return rate, nil
}
