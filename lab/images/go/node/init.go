package main

import (
	"flag"
	"os"
	"os/signal"
	"time"

	"golang.org/x/sys/unix"
)

// lookInterval is how often init looks at the programs while one of them is not yet as it should be.
const lookInterval = 20 * time.Millisecond

// parse reads a subcommand's flags. --lab means nothing to the program: it is how a lost process of a lab is found in /proc.
func parse(command string, args []string, more func(*flag.FlagSet)) []string {
	flags := flag.NewFlagSet("labnode "+command, flag.ExitOnError)
	lab := flags.String("lab", "", "name of the lab that this process belongs to")
	if more != nil {
		more(flags)
	}
	_ = flags.Parse(args)
	if *lab == "" {
		fail(2, "labnode %s: --lab NAME is missing\n", command)
	}
	return flags.Args()
}

// runInit reaps children until it is told to end and, given a folder, runs the programs described there. Everything that
// starts or reaps a process happens in this one loop, so no child can end before its number is known.
func runInit(folder string) {
	ends, children, reloads := make(chan os.Signal, 1), make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(ends, unix.SIGTERM, unix.SIGINT)
	signal.Notify(children, unix.SIGCHLD)
	node := newSupervisor(folder)
	if folder != "" {
		signal.Notify(reloads, unix.SIGHUP)
		node.load()
		node.sayReady()
	}
	reap(node.ended) // children that ended before the handler was in place
	for {
		var look <-chan time.Time
		if node.advance(time.Now()) {
			look = time.After(lookInterval)
		}
		select {
		case <-ends:
			return
		case <-children:
			reap(node.ended)
		case <-reloads:
			node.load()
		case answer := <-node.answers:
			node.answered(answer)
		case <-look:
		}
	}
}

// reap collects every ended child: one SIGCHLD can stand for many.
func reap(ended func(pid int, status unix.WaitStatus)) {
	for {
		var status unix.WaitStatus
		pid, err := unix.Wait4(-1, &status, unix.WNOHANG, nil)
		if err == unix.EINTR {
			continue
		}
		if err != nil || pid <= 0 {
			return
		}
		ended(pid, status)
	}
}
