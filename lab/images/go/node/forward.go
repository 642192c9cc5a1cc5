package main

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

const dialTimeout = 5 * time.Second

// rule is one LISTEN=TARGET argument.
type rule struct {
	listen netip.AddrPort
	target string // ip:port, or @FILE
}

func parseRule(text string) (rule, error) {
	listen, target, found := strings.Cut(text, "=")
	if !found || target == "" {
		return rule{}, fmt.Errorf("%q: expected LISTEN=TARGET, such as 127.0.0.1:26443=10.200.7.1:6443", text)
	}
	address, err := netip.ParseAddrPort(listen)
	if err != nil {
		return rule{}, fmt.Errorf("%q: LISTEN is not ip:port: %w", text, err)
	}
	if !address.Addr().IsLoopback() {
		return rule{}, fmt.Errorf("%q: refused to listen on %s: only loopback addresses, so that nobody else reaches the lab", text, listen)
	}
	if !strings.HasPrefix(target, "@") {
		if _, err := netip.ParseAddrPort(target); err != nil {
			return rule{}, fmt.Errorf("%q: TARGET is neither ip:port nor @FILE: %w", text, err)
		}
	}
	return rule{listen: address, target: target}, nil
}

// resolve gives the address to dial now.
func (r rule) resolve() (string, error) {
	file, isFile := strings.CutPrefix(r.target, "@")
	if !isFile {
		return r.target, nil
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("no target yet: %w", err)
	}
	address, err := netip.ParseAddrPort(strings.TrimSpace(string(content)))
	if err != nil {
		return "", fmt.Errorf("target file %s does not hold ip:port: %w", file, err)
	}
	return address.String(), nil
}

func runForward(args []string) error {
	var pid int
	rest := parse("forward", args, func(flags *flag.FlagSet) {
		flags.IntVar(&pid, "pid", 0, "process whose network namespace the targets are in")
	})
	if pid <= 0 {
		return errors.New("--pid PID is missing")
	}
	if len(rest) == 0 {
		return errors.New("nothing to forward: give at least one LISTEN=TARGET")
	}
	rules := make([]rule, 0, len(rest))
	for _, text := range rest {
		parsed, err := parseRule(text)
		if err != nil {
			return err
		}
		rules = append(rules, parsed)
	}

	pidfd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return fmt.Errorf("process %d: %w", pid, err)
	}
	namespace, err := unix.Open(fmt.Sprintf("/proc/%d/ns/net", pid), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("network namespace of process %d: %w", pid, err)
	}

	for _, each := range rules {
		listener, err := net.Listen("tcp", each.listen.String())
		if err != nil {
			return err
		}
		fmt.Printf("forwarding %s to %s\n", listener.Addr(), each.target)
		go serve(listener, each, namespace)
	}
	return waitForEnd(pidfd)
}

// waitForEnd returns when the process behind pidfd has ended.
func waitForEnd(pidfd int) error {
	for {
		_, err := unix.Poll([]unix.PollFd{{Fd: int32(pidfd), Events: unix.POLLIN}}, -1)
		if err == nil {
			return nil
		}
		if err != unix.EINTR {
			return err
		}
	}
}

func serve(listener net.Listener, r rule, namespace int) {
	for {
		client, err := listener.Accept()
		if err != nil {
			// Out of file descriptors, most likely: it passes.
			fmt.Fprintf(os.Stderr, "labnode forward %s: %v\n", r.listen, err)
			time.Sleep(100 * time.Millisecond)
			continue
		}
		go connect(client.(*net.TCPConn), r, namespace)
	}
}

func connect(client *net.TCPConn, r rule, namespace int) {
	target, err := r.resolve()
	if err == nil {
		var server *net.TCPConn
		if server, err = dialInside(namespace, target); err == nil {
			join(client, server)
			return
		}
	}
	fmt.Fprintf(os.Stderr, "labnode forward %s: %v\n", r.listen, err)
	_ = client.SetLinger(0) // a reset, which no client takes for an empty answer
	_ = client.Close()
}

// dialInside connects from within a network namespace. A socket belongs to the namespace of the thread that made it, and
// a thread that was moved can never serve other goroutines again: it is not unlocked, so it ends with its goroutine.
func dialInside(namespace int, target string) (*net.TCPConn, error) {
	type result struct {
		conn net.Conn
		err  error
	}
	done := make(chan result, 1)
	go func() {
		runtime.LockOSThread()
		if err := unix.Setns(namespace, unix.CLONE_NEWNET); err != nil {
			done <- result{err: fmt.Errorf("enter network namespace: %w", err)}
			return
		}
		// For a literal address the dialer makes its socket in the calling goroutine.
		conn, err := net.DialTimeout("tcp", target, dialTimeout)
		done <- result{conn, err}
	}()
	r := <-done
	if r.err != nil {
		return nil, r.err
	}
	return r.conn.(*net.TCPConn), nil
}
