package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

const (
	// tailBytes and tailLines limit what is kept of an ended program's output.
	tailBytes = 16 * 1024
	tailLines = 8
)

// spawn starts a program in a session of its own. It answers where in its log this run's output begins.
func spawn(s spec) (pid int, offset int64, err error) {
	log, err := os.OpenFile(s.Log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, 0, err
	}
	defer log.Close()
	if info, err := log.Stat(); err == nil {
		offset = info.Size()
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		return 0, offset, err
	}
	defer null.Close()
	path, err := lookPath(s.Argv[0], s.Env)
	if err != nil {
		return 0, offset, err
	}
	// Not os/exec: that would reap the child itself, and race with process 1's own reaping.
	pid, err = syscall.ForkExec(path, append([]string{path}, s.Argv[1:]...), &syscall.ProcAttr{
		Dir:   "/",
		Env:   s.Env,
		Files: []uintptr{null.Fd(), log.Fd(), log.Fd()},
		Sys:   &syscall.SysProcAttr{Setsid: true},
	})
	if err != nil {
		return 0, offset, fmt.Errorf("%s: %w", path, err)
	}
	return pid, offset, nil
}

// lookPath finds a program on the PATH that it will have itself.
func lookPath(name string, env []string) (string, error) {
	if strings.Contains(name, "/") {
		return name, nil
	}
	path := ""
	for _, variable := range env {
		if value, found := strings.CutPrefix(variable, "PATH="); found {
			path = value
		}
	}
	for _, folder := range filepath.SplitList(path) {
		file := filepath.Join(folder, name)
		if info, err := os.Stat(file); err == nil && !info.IsDir() && info.Mode()&0o111 != 0 {
			return file, nil
		}
	}
	return "", fmt.Errorf("there is no program %s on the PATH %s", name, path)
}

// lastLines reads the last lines that one run of a program has written.
func lastLines(log string, offset int64) []string {
	file, err := os.Open(log)
	if err != nil {
		return nil
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil {
		offset = max(offset, info.Size()-tailBytes)
	}
	content, err := io.ReadAll(io.NewSectionReader(file, offset, tailBytes))
	if err != nil {
		return nil
	}
	lines := []string{}
	for line := range strings.SplitSeq(string(content), "\n") {
		if strings.TrimSpace(line) != "" {
			lines = append(lines, strings.ToValidUTF8(line, "?"))
		}
	}
	return lines[max(0, len(lines)-tailLines):]
}
