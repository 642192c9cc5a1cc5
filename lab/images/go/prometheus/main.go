// Command prometheus starts Debian's Prometheus, which is built without Kubernetes service discovery. It finds pods in its
// place: it lists them every few seconds, and gives them to Prometheus in a file, with the labels that Prometheus documents
// for role pod. Relabelling, scraping and everything else are Prometheus's own.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	// upstream is the real program, beside this one in the image.
	upstream = "/bin/prometheus-debian"
	interval = 5 * time.Second
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		var ended *exec.ExitError
		if errors.As(err, &ended) && ended.ExitCode() >= 0 {
			os.Exit(ended.ExitCode())
		}
		log.Fatal(err)
	}
}

func run(args []string) error {
	config, data := flagValue(args, "config.file"), flagValue(args, "storage.tsdb.path")
	if config == "" || data == "" {
		return errors.New("expected the flags --config.file and --storage.tsdb.path")
	}
	folder := filepath.Join(data, "discovery")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	targets := filepath.Join(folder, "pods.json")
	changed := filepath.Join(folder, "prometheus.json")
	if err := writeConfig(config, changed, targets); err != nil {
		return err
	}
	pods, err := newPodLister()
	if err != nil {
		return err
	}
	if err := pods.writeTargets(targets); err != nil {
		return err
	}
	go func() {
		for range time.Tick(interval) {
			if err := pods.writeTargets(targets); err != nil {
				log.Print(err)
			}
		}
	}()
	return runUpstream(replaceFlag(args, "config.file", changed))
}

// runUpstream runs Prometheus until it ends, and passes signals on.
func runUpstream(args []string) error {
	command := exec.Command(upstream, args...)
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	if err := command.Start(); err != nil {
		return err
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	go func() {
		for one := range signals {
			_ = command.Process.Signal(one)
		}
	}()
	return command.Wait()
}

// writeConfig writes the configuration with files in the place of Kubernetes service discovery.
func writeConfig(from, to, targets string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	var config map[string]any
	if err := json.Unmarshal(text, &config); err != nil {
		return fmt.Errorf("expected a configuration in JSON, as the program writes it: %w", err)
	}
	// Paths are relative to the file.
	if files, ok := config["rule_files"].([]any); ok {
		for i, file := range files {
			if name, ok := file.(string); ok && !filepath.IsAbs(name) {
				files[i] = filepath.Join(filepath.Dir(from), name)
			}
		}
	}
	jobs, _ := config["scrape_configs"].([]any)
	for _, one := range jobs {
		job, ok := one.(map[string]any)
		if !ok || job["kubernetes_sd_configs"] == nil {
			continue
		}
		delete(job, "kubernetes_sd_configs")
		job["file_sd_configs"] = []any{map[string]any{"files": []string{targets}, "refresh_interval": interval.String()}}
	}
	changed, err := json.MarshalIndent(config, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(to, changed, 0o644)
}

func flagValue(args []string, name string) string {
	for _, arg := range args {
		if value, found := strings.CutPrefix(arg, "--"+name+"="); found {
			return value
		}
	}
	return ""
}

func replaceFlag(args []string, name, value string) []string {
	changed := make([]string, len(args))
	for i, arg := range args {
		if strings.HasPrefix(arg, "--"+name+"=") {
			arg = "--" + name + "=" + value
		}
		changed[i] = arg
	}
	return changed
}
