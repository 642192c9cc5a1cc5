// Command http-echo stands in for hashicorp/http-echo, whose code is not to be had as a Go module: the same flags, the
// same answers, the same port.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const version = "1.0.0"

func main() {
	listen := flag.String("listen", ":5678", "address and port to listen")
	text := flag.String("text", os.Getenv("ECHO_TEXT"), "text to put on the webpage")
	status := flag.Int("status-code", http.StatusOK, "http response code, e.g.: 200")
	showVersion := flag.Bool("version", false, "display version information")
	flag.Parse()

	switch {
	case *showVersion:
		fmt.Fprintf(os.Stderr, "http-echo v%s (stand-in)\n", version)
		return
	case *text == "":
		stop("Missing -text option or ECHO_TEXT")
	case flag.NArg() > 0:
		stop("Too many arguments!")
	case *status < 200 || *status > 599:
		stop("-status-code: expected 200 to 599")
	}

	mux := http.NewServeMux()
	mux.Handle("/", logged(answer(*status, *text)))
	mux.Handle("/health", answer(http.StatusOK, `{"status":"ok"}`))
	if err := serve(&http.Server{Addr: *listen, Handler: mux, ReadHeaderTimeout: 10 * time.Second}); err != nil {
		log.Fatalf("[ERR] server exited with: %s", err)
	}
}

func stop(reason string) {
	fmt.Fprintln(os.Stderr, reason)
	os.Exit(127)
}

// serve runs until SIGTERM or SIGINT, then lets running requests finish.
func serve(server *http.Server) error {
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	failed := make(chan error, 1)
	go func() {
		log.Printf("[INFO] server is listening on %s", server.Addr)
		failed <- server.ListenAndServe()
	}()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	log.Print("[INFO] received signal, shutting down...")
	limited, done := context.WithTimeout(context.Background(), 5*time.Second)
	defer done()
	if err := server.Shutdown(limited); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

func answer(status int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("X-App-Name", "http-echo")
		w.Header().Set("X-App-Version", version)
		w.WriteHeader(status)
		fmt.Fprintln(w, text)
	}
}

func logged(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		next(w, r)
		fmt.Printf("%s %s %s \"%s %s %s\" %q %s\n", start.Format("2006/01/02 15:04:05"), r.Host, r.RemoteAddr,
			r.Method, r.URL.Path, r.Proto, r.UserAgent(), time.Since(start))
	}
}
