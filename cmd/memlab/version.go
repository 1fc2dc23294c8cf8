package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// version is what is known of this build.
type version struct {
	Version  string `json:"version"`            // of the module: v1.2.3, or (devel)
	Go       string `json:"go"`                 // go1.26.0
	Revision string `json:"revision,omitempty"` // of the version control system
	Time     string `json:"time,omitempty"`     // of the revision
	Modified bool   `json:"modified,omitempty"` // there were changes that are not in the revision
	Platform string `json:"platform,omitempty"` // linux/amd64
}

// newVersion is the verb that says which memlab this is.
func newVersion(p *process) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		DisableFlagsInUseLine: true,

		Use:     "version [--format text|json]",
		Short:   "say which memlab this is",
		Example: "  memlab version\n  memlab version --format json",
		Args:    wantArgs(0, ""),
	}
	cmd.Flags().StringVar(&format, "format", formatText, "`text` or json")
	cmd.RunE = func(*cobra.Command, []string) error {
		if err := checkFormat(format); err != nil {
			return err
		}
		v := p.version()
		if format == formatJSON {
			return write(p.stdout, toJSON(v))
		}
		return write(p.stdout, v.text())
	}
	return cmd
}

func (p *process) version() version {
	info, ok := p.build()
	if !ok {
		return version{Version: "unknown", Go: "unknown"}
	}
	v := version{Version: info.Main.Version, Go: info.GoVersion}
	var goos, goarch string
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Revision = s.Value
		case "vcs.time":
			v.Time = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		case "GOOS":
			goos = s.Value
		case "GOARCH":
			goarch = s.Value
		}
	}
	if v.Version == "" {
		v.Version = "(devel)"
	}
	if goos != "" {
		v.Platform = goos + "/" + goarch
	}
	return v
}

// text is one line: memlab (devel), revision 0123456789ab (modified), go1.26.0 linux/amd64.
func (v version) text() string {
	parts := []string{"memlab " + v.Version}
	if v.Revision != "" {
		revision := "revision " + v.Revision[:min(12, len(v.Revision))]
		if v.Modified {
			revision += " (modified)"
		}
		parts = append(parts, revision)
	}
	parts = append(parts, strings.TrimSpace(fmt.Sprintf("%s %s", v.Go, v.Platform)))
	return strings.Join(parts, ", ") + "\n"
}
