package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// maxRestarts is how many times in a row a program is started again. With the delays, one that ends at once is given
	// up after about three seconds; one that waits ten seconds for another before it ends, after more than a minute.
	maxRestarts = 5
	// firstDelay comes before the first restart; each further one in a row waits twice as long.
	firstDelay = 100 * time.Millisecond
	// stableRun is how long a program must have run for its earlier ends no longer to count.
	stableRun = time.Minute
	// probeInterval is the pause between two questions to a program that does not answer yet.
	probeInterval = 50 * time.Millisecond
)

// spec is one file NAME.json of the programs' folder.
type spec struct {
	Argv []string `json:"argv"`
	Env  []string `json:"env"`
	// Log gets what the program writes.
	Log string `json:"log"`
	// Needs names the programs that must be healthy before this one is started.
	Needs []string `json:"needs"`
	// Health says how to ask the program; without it, it counts as healthy as soon as it runs.
	Health *health `json:"health"`
}

// program is one supervised program.
type program struct {
	spec
	name      string
	pid       int // 0 while it does not run
	startedAt time.Time
	logOffset int64 // where this run's output begins
	healthy   bool
	asking    bool
	nextAsk   time.Time
	complaint string // why the last question was not answered well
	inARow    int    // restarts since the last stable run
	notBefore time.Time
	gaveUp    bool
	endings   []ending
	endCount  int
	published []byte
}

type supervisor struct {
	folder   string
	programs map[string]*program
	answers  chan answer
}

func newSupervisor(folder string) *supervisor {
	return &supervisor{folder: folder, programs: map[string]*program{}, answers: make(chan answer)}
}

// load takes in the programs that have been described since the last time.
func (s *supervisor) load() {
	files, err := filepath.Glob(filepath.Join(s.folder, "*.json"))
	if err != nil {
		complain("%v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		if s.programs[name] != nil {
			continue
		}
		content, err := os.ReadFile(file)
		added := &program{name: name}
		if err == nil {
			err = json.Unmarshal(content, &added.spec)
		}
		if err == nil && len(added.Argv) == 0 {
			err = fmt.Errorf("it names no program")
		}
		if err != nil {
			complain("%s: %v", file, err)
			continue
		}
		s.programs[name] = added
	}
}

// advance starts and asks whatever it is time for. It reports whether there is more to do soon.
func (s *supervisor) advance(now time.Time) bool {
	busy := false
	for _, p := range s.programs {
		if p.pid == 0 && !p.gaveUp && !now.Before(p.notBefore) && len(s.missing(p)) == 0 {
			s.start(p, now)
		}
		if p.pid != 0 && !p.healthy && !p.asking && !now.Before(p.nextAsk) {
			p.asking = true
			go func(check health, name string, pid int) {
				s.answers <- answer{name: name, pid: pid, err: check.ask()}
			}(*p.Health, p.name, p.pid)
		}
		busy = busy || (!p.healthy && !p.gaveUp)
	}
	for _, p := range s.programs {
		s.publish(p)
	}
	return busy
}

// missing names what a program needs and is not healthy.
func (s *supervisor) missing(p *program) []string {
	return slices.DeleteFunc(slices.Clone(p.Needs), func(name string) bool {
		needed := s.programs[name]
		return needed != nil && needed.healthy
	})
}

func (s *supervisor) start(p *program, now time.Time) {
	p.startedAt = now
	p.complaint = ""
	pid, offset, err := spawn(p.spec)
	p.logOffset = offset
	if err != nil {
		s.note(p, ending{Error: err.Error()}, now)
		return
	}
	p.pid = pid
	p.healthy = p.Health == nil
	p.asking = false
	p.nextAsk = now
}

// ended is told of every child that was reaped; most are containers' and nobody's programs.
func (s *supervisor) ended(pid int, status unix.WaitStatus) {
	for _, p := range s.programs {
		if p.pid != pid {
			continue
		}
		p.pid = 0
		p.healthy = false
		if status.Signaled() {
			s.note(p, ending{Signal: unix.SignalName(status.Signal())}, time.Now())
		} else {
			code := status.ExitStatus()
			s.note(p, ending{ExitCode: &code}, time.Now())
		}
	}
}

// note records how a run of a program ended, and decides when it is started again, if ever.
func (s *supervisor) note(p *program, how ending, now time.Time) {
	ran := now.Sub(p.startedAt)
	how.At = now.UnixMilli()
	how.RanMilliseconds = ran.Milliseconds()
	how.LogLines = lastLines(p.Log, p.logOffset)
	p.endCount++
	p.endings = append(p.endings, how)
	p.endings = p.endings[max(0, len(p.endings)-keptEndings):]
	if ran >= stableRun {
		p.inARow = 0
	}
	if p.inARow == maxRestarts {
		p.gaveUp = true
		return
	}
	p.notBefore = now.Add(firstDelay << p.inARow)
	p.inARow++
}

// answered takes in how a program has answered a question, unless that was an earlier run of it.
func (s *supervisor) answered(a answer) {
	p := s.programs[a.name]
	if p.pid != a.pid {
		return
	}
	p.asking = false
	p.nextAsk = time.Now().Add(probeInterval)
	if a.err == nil {
		p.healthy = true
		p.complaint = ""
	} else {
		p.complaint = a.err.Error()
	}
}

func complain(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "labnode init: "+format+"\n", args...)
}
