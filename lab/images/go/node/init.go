package main

import (
	"flag"
	"os"
	"os/signal"

	"golang.org/x/sys/unix"
)

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

func runInit() {
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, unix.SIGCHLD, unix.SIGTERM, unix.SIGINT)
	reap() // children that ended before the handler stood
	for received := range signals {
		if received != unix.SIGCHLD {
			return
		}
		reap()
	}
}

// reap collects every ended child: one SIGCHLD can stand for many.
func reap() {
	for {
		pid, err := unix.Wait4(-1, nil, unix.WNOHANG, nil)
		if err == unix.EINTR {
			continue
		}
		if err != nil || pid <= 0 {
			return
		}
	}
}
