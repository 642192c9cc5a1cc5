// Command istio-charts writes the Helm charts that Istio's module embeds to a folder, one folder a chart, named as the
// charts are named where Istio publishes them.
package main

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"istio.io/istio/manifests"
)

var charts = map[string]string{
	"base":    "charts/base",
	"istiod":  "charts/istio-control/istio-discovery",
	"gateway": "charts/gateway",
	"cni":     "charts/istio-cni",
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: istio-charts DIRECTORY")
		os.Exit(2)
	}
	for name, source := range charts {
		if err := write(source, filepath.Join(os.Args[1], name)); err != nil {
			fmt.Fprintf(os.Stderr, "istio-charts: chart %s: %v\n", name, err)
			os.Exit(1)
		}
	}
}

func write(source, target string) error {
	return fs.WalkDir(manifests.FS, source, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(target, filepath.FromSlash(strings.TrimPrefix(file, source)))
		if entry.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		content, err := fs.ReadFile(manifests.FS, path.Clean(file))
		if err != nil {
			return err
		}
		return os.WriteFile(to, content, 0o644)
	})
}
