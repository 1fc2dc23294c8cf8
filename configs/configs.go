// Package configs holds the presets: configurations by name, for `--config NAME`. They are YAML files like
// any other, and good ones to copy. default.yaml shows every setting, memlab.schema.json tells editors
// about them; both are generated from the table in package lab (go test ./configs -update), the others are
// written by hand.
//
// The package is a leaf: it imports nothing of memlab.
package configs

import (
	"embed"
	"path"
	"strings"
)

//go:embed *.yaml
var files embed.FS

// Preset is the YAML text of the preset name ("tiny"), and the name of its file for messages.
func Preset(name string) (file string, src []byte, ok bool) {
	file = name + ".yaml"
	src, err := files.ReadFile(file)
	return path.Join("configs", file), src, err == nil
}

// Names are the presets' names in alphabetical order.
func Names() []string {
	entries, _ := files.ReadDir(".") // an embedded folder can always be read
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return names
}
