package main

import (
	"io"
	"net"
)

// join copies both ways until both sides have ended. The end of one direction is passed on as a half-close, since a client
// may finish sending and still wait for the answer; a failure ends both.
func join(a, b *net.TCPConn) {
	done := make(chan struct{})
	go func() {
		copyOneWay(a, b)
		close(done)
	}()
	copyOneWay(b, a)
	<-done
	_ = a.Close()
	_ = b.Close()
}

func copyOneWay(to, from *net.TCPConn) {
	if _, err := io.Copy(to, from); err != nil {
		_ = to.Close()
		_ = from.Close()
		return
	}
	_ = to.CloseWrite()
	_ = from.CloseRead()
}
