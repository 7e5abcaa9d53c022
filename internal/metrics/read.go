package metrics

import (
	"fmt"
	"io"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// Read reads what a server told, in the text format of Prometheus: the gauges and counters of which there is one, without labels.
func Read(told io.Reader) (map[string]float64, error) {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(told)
	if err != nil {
		return nil, fmt.Errorf("read figures: %w", err)
	}
	figures := map[string]float64{}
	for name, family := range families {
		if len(family.Metric) != 1 || len(family.Metric[0].Label) > 0 {
			continue
		}
		switch only := family.Metric[0]; {
		case only.Gauge != nil:
			figures[name] = only.Gauge.GetValue()
		case only.Counter != nil:
			figures[name] = only.Counter.GetValue()
		}
	}
	return figures, nil
}
