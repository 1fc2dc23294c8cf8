package vm

import (
	"fmt"
	"maps"
	"slices"
)

// The rules of load control.
const (
	loadOff        = "off"
	loadWorkingSet = "working_set"
	loadPFF        = "pff"
)

// LoadRules are the rules of load control.
func LoadRules() []string { return []string{loadOff, loadWorkingSet, loadPFF} }

// loadDefaults are the parameters of a rule and their defaults.
func loadDefaults(rule string) map[string]int {
	const tau, period, upper, lower, patience = 100_000, 200_000, 200, 50, 5_000_000
	switch rule {
	case loadWorkingSet:
		return map[string]int{"tau": tau, "patience": patience}
	case loadPFF:
		return map[string]int{"period": period, "upper": upper, "lower": lower, "patience": patience}
	}
	return nil
}

// LoadParams are the parameters of a rule of load control: those that are given, and the defaults of the
// others. The error names one that there is not, or a value below 1.
func LoadParams(rule string, given map[string]int) (map[string]int, error) {
	all := loadDefaults(rule)
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if _, ok := all[name]; !ok {
			allowed := "it has none"
			if len(all) > 0 {
				allowed = fmt.Sprintf("must be one of %q", slices.Sorted(maps.Keys(all)))
			}
			return nil, fmt.Errorf("parameter %q of load control %s: %s", name, rule, allowed)
		}
		if given[name] < 1 {
			return nil, fmt.Errorf("parameter %s of load control %s is %d: must be at least 1",
				name, rule, given[name])
		}
		all[name] = given[name]
	}
	if rule == loadPFF && all["lower"] > all["upper"] {
		return nil, fmt.Errorf("parameter lower of load control pff is %d: must be at most upper, %d",
			all["lower"], all["upper"])
	}
	return all, nil
}
