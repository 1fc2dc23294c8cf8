// Package lab is the laboratory: what a user describes a machine with.
//
// A Config is everything that can be set. One table (settings.go) describes every setting: its dotted path,
// kind, default, allowed values and meaning. Everything else comes from that table: the defaults, the
// checks, the YAML reader, the environment variables' names, the JSON Schema for editors and the annotated
// output of `memlab config`. The same names serve in YAML, in Lua tables, in MEMLAB_ variables and after
// --set.
//
//	defaults ─┐
//	YAML file ─ ParseYAML ─┐
//	environment ─ ParseEnv ─┼─ Overlay (path, value, source) ─ Config.Apply ─ Config.Validate ─ vm.New
//	--set k=v ─ ParseSet ──┘
//	Lua table ─ Config.SetTree ─────────────────────────────┘
//
// The package reads no file, no environment and no clock: the bytes are handed in. A value is wrong in one
// way only: a *ConfigError that names the place, the setting, the value and what is allowed.
package lab
