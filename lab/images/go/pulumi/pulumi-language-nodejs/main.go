// pulumi-language-nodejs is the language host that the Pulumi CLI starts for a project with "runtime: nodejs".
//
// Upstream's host is not published as a Go module. This one serves what the CLI asks of it for programs and policy
// packs in TypeScript, and leaves every other call unimplemented.
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// maxMessageBytes is the limit that the CLI sets on its own messages.
const maxMessageBytes = 400 * 1024 * 1024

func main() {
	// The CLI passes its logging flags on. This host logs nothing.
	flags := flag.NewFlagSet("pulumi-language-nodejs", flag.ExitOnError)
	flags.Bool("logtostderr", false, "ignored")
	flags.Bool("logflow", false, "ignored")
	flags.Int("v", 0, "ignored")
	flags.String("tracing", "", "ignored")
	_ = flags.Parse(os.Args[1:])
	if flags.NArg() != 1 {
		fail(fmt.Errorf("expected the address of the engine as the only argument, got %q", flags.Args()))
	}
	engine := flags.Arg(0)

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fail(err)
	}
	server := grpc.NewServer(grpc.MaxRecvMsgSize(maxMessageBytes))
	pulumirpc.RegisterLanguageRuntimeServer(server, &host{engine: engine})

	// The host ends with its engine, also when the engine is killed.
	ctx, cancel := context.WithCancel(context.Background())
	if err := rpcutil.Healthcheck(ctx, engine, time.Minute, cancel); err != nil {
		fail(err)
	}
	go func() {
		<-ctx.Done()
		server.Stop()
	}()

	// The CLI reads the port from the first line of the output.
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	if err := server.Serve(listener); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
