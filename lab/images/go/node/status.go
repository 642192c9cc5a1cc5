package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
)

// keptEndings is how many of a program's endings are shown.
const keptEndings = 10

// ending is how one run of a program ended; one of ExitCode, Signal and Error is set.
type ending struct {
	// At is in milliseconds since 1970.
	At              int64  `json:"at"`
	RanMilliseconds int64  `json:"ranMilliseconds"`
	ExitCode        *int   `json:"exitCode,omitempty"`
	Signal          string `json:"signal,omitempty"`
	// Error says why the program could not even be started.
	Error string `json:"error,omitempty"`
	// LogLines are the last lines that this run has written.
	LogLines []string `json:"logLines"`
}

// status is the file NAME.status that the lab's commands read.
type status struct {
	// State is waiting (for what it needs, or for its next start), starting (it runs and is not healthy yet), running or
	// gaveUp.
	State string `json:"state"`
	// WaitsFor names what it needs and is not healthy.
	WaitsFor []string `json:"waitsFor,omitempty"`
	// Complaint says why it is not healthy.
	Complaint string `json:"complaint,omitempty"`
	// EndCount counts all endings, of which the last ones follow.
	EndCount int      `json:"endCount"`
	Endings  []ending `json:"endings"`
}

// sayReady says that SIGHUP is heard from now on.
func (s *supervisor) sayReady() {
	s.write("ready", nil)
}

// publish writes the status of a program when that has changed.
func (s *supervisor) publish(p *program) {
	shown := status{State: "running", Complaint: p.complaint, EndCount: p.endCount, Endings: p.endings}
	switch {
	case p.gaveUp:
		shown.State = "gaveUp"
	case p.pid == 0:
		shown.State = "waiting"
		shown.WaitsFor = s.missing(p)
	case !p.healthy:
		shown.State = "starting"
	}
	if shown.Endings == nil {
		shown.Endings = []ending{}
	}
	content, err := json.Marshal(shown)
	if err != nil {
		complain("%v", err)
		return
	}
	if !bytes.Equal(content, p.published) && s.write(p.name+".status", content) {
		p.published = content
	}
}

// write replaces a file of the programs' folder in one go, so that nobody reads half of it.
func (s *supervisor) write(name string, content []byte) bool {
	path := filepath.Join(s.folder, name)
	err := os.WriteFile(path+".new", content, 0o600)
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		complain("%v", err)
	}
	return err == nil
}
