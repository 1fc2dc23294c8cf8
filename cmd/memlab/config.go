package main

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"memlab/lab"
)

// newConfig is the verb that shows the effective configuration.
func newConfig(p *process) *cobra.Command {
	var options configOptions
	var format string
	var schema bool
	cmd := &cobra.Command{
		DisableFlagsInUseLine: true,

		Use:   "config [--config F] [--set k=v]... [--format text|json] [--schema]",
		Short: "show the effective configuration and where each value comes from",
		Long: "Shows the effective configuration as YAML, each value with its source. A later source\n" +
			"overrides an earlier one: the defaults, --config, the environment\n" +
			"(MEMLAB_MACHINE_MEMORY_FRAMES=64), --set.",
		Example: "  memlab config --config tiny --set machine.replacement.policy=lru\n" +
			"  memlab config --schema > memlab.schema.json",
		Args: wantArgs(0, ""),
	}
	options.add(cmd)
	cmd.Flags().StringVar(&format, "format", formatText, "`text` (YAML) or json")
	cmd.Flags().BoolVar(&schema, "schema", false, "print the JSON Schema of configuration files, for editors")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := checkFormat(format); err != nil {
			return err
		}
		if schema {
			if cmd.Flags().Changed("config") || cmd.Flags().Changed("set") {
				return errors.New("--schema is about all configurations: it takes neither --config nor --set")
			}
			return write(p.stdout, string(lab.Schema()))
		}
		c, sources, err := options.load(p)
		if err != nil {
			return err
		}
		if format == formatJSON {
			return write(p.stdout, configJSON(&c, sources))
		}
		return write(p.stdout, c.YAML(func(path string) string { return sources[path].String() }))
	}
	return cmd
}

// settingJSON is one setting in the JSON form of `memlab config`.
type settingJSON struct {
	Path   string     `json:"path"`
	Value  any        `json:"value"` // a duration is text
	Source lab.Source `json:"source"`
}

// configJSON is the configuration for machines.
func configJSON(c *lab.Config, sources map[string]lab.Source) string {
	out := struct {
		Schema   string        `json:"schema"`
		Settings []settingJSON `json:"settings"`
	}{Schema: "memlab.config/v1"}
	for _, s := range lab.Settings() {
		v, _ := c.Get(s.Path) // a path of the table
		switch x := v.(type) {
		case time.Duration:
			v = s.Format(c)
		case []string:
			v = append([]string{}, x...) // an empty list, not null
		case []uint64:
			v = append([]uint64{}, x...)
		}
		src := sources[s.Path]
		if src.Layer == "" {
			src.Layer = lab.LayerDefault
		}
		out.Settings = append(out.Settings, settingJSON{s.Path, v, src})
	}
	return toJSON(out)
}

// toJSON is v as indented JSON with a newline.
func toJSON(v any) string {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		panic("cannot be written as JSON: " + err.Error()) // only plain structs are handed in
	}
	return string(b) + "\n"
}
