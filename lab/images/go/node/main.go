// Command labnode is the lab's own helper: process 1 of a lab, the way from the host's loopback into a lab's network, and,
// when its name is `pause`, process 1 of a pod.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

const usage = `usage:
  labnode init --lab NAME [--programs FOLDER]
        Run as process 1 of a PID namespace: reap every child, end on SIGTERM. Each file NAME.json in FOLDER describes a
        program: it is started once what it needs is healthy, and started again when it ends, within limits. NAME.status
        says how it is. New files are read on SIGHUP.
  labnode forward --lab NAME --pid PID LISTEN=TARGET [LISTEN=TARGET...]
        Accept on LISTEN (a loopback ip:port of the host) and connect each connection to TARGET from inside the network
        namespace of process PID. TARGET is ip:port, or @FILE: a file that holds ip:port, read at each connection.
        Ends when process PID ends.
`

func init() {
	// The main thread stays in the namespace it started in, so that /proc shows this process where it really is.
	runtime.LockOSThread()
}

func main() {
	if filepath.Base(os.Args[0]) == "pause" {
		runInit("")
		return
	}
	if len(os.Args) < 2 {
		fail(2, usage)
	}
	switch os.Args[1] {
	case "init":
		var folder string
		parse("init", os.Args[2:], func(flags *flag.FlagSet) {
			flags.StringVar(&folder, "programs", "", "folder that describes the programs to run")
		})
		runInit(folder)
	case "forward":
		if err := runForward(os.Args[2:]); err != nil {
			fail(1, "labnode forward: %v\n", err)
		}
	case "-h", "--help", "help":
		fmt.Print(usage)
	default:
		fail(2, "labnode: unknown command %q\n%s", os.Args[1], usage)
	}
}

func fail(code int, format string, args ...any) {
	fmt.Fprintf(os.Stderr, format, args...)
	os.Exit(code)
}
