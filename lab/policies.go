package lab

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// policies are the replacement policies that a machine can use, and the names of their parameters.
//
//nolint:gochecknoglobals // a constant table
var policies = []struct {
	name   string
	params []string
}{
	{name: "fifo"},
	{name: lru},
	{name: "clock"},
	{name: "random"},
}

func policyNames() []string {
	names := make([]string, len(policies))
	for i, p := range policies {
		names[i] = p.name
	}
	return names
}

// paramsOfPolicy refuses parameters that the chosen policy does not have.
func paramsOfPolicy(c *Config) error {
	r := c.Machine.Replacement
	for _, p := range policies {
		if p.name != r.Policy {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(r.Params)) {
			if slices.Contains(p.params, name) {
				continue
			}
			allowed := "it has none"
			if len(p.params) > 0 {
				allowed = "allowed: " + strings.Join(p.params, ", ") + didYouMean(name, p.params)
			}
			return &ConfigError{Path: "machine.replacement.params", Problem: fmt.Sprintf(
				"%q is no parameter of machine.replacement.policy %s; %s", name, r.Policy, allowed)}
		}
	}
	return nil
}
