package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

// askTimeout is long: on a busy machine a healthy program may take seconds to answer.
const askTimeout = 10 * time.Second

// health says how to ask a program whether it can be used: one of URL and Socket is set.
type health struct {
	// URL answers 200.
	URL string `json:"url"`
	// Authority is the file with the certificate that the URL's own is checked with.
	Authority string `json:"authority"`
	// Socket is a Unix socket that accepts connections.
	Socket string `json:"socket"`
}

// answer is what came of asking one run of a program.
type answer struct {
	name string
	pid  int
	err  error
}

// ask returns nil when the program is healthy, and otherwise why it is not.
func (h health) ask() error {
	if h.Socket != "" {
		conn, err := net.DialTimeout("unix", h.Socket, askTimeout)
		if err != nil {
			return err
		}
		return conn.Close()
	}
	transport := &http.Transport{DisableKeepAlives: true}
	if h.Authority != "" {
		pem, err := os.ReadFile(h.Authority)
		if err != nil {
			return err
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(pem) {
			return errors.New(h.Authority + " holds no certificate")
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: pool}
	}
	client := &http.Client{Transport: transport, Timeout: askTimeout}
	response, err := client.Get(h.URL)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusOK {
		return nil
	}
	body, _ := io.ReadAll(io.LimitReader(response.Body, 4096))
	return fmt.Errorf("%s answers %d: %s", h.URL, response.StatusCode, firstFailure(string(body)))
}

// firstFailure picks, of the API server's list of checks, the first that has not passed.
func firstFailure(text string) string {
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(line, "[-]") {
			return line
		}
	}
	return strings.TrimSpace(text[:min(len(text), 200)])
}
