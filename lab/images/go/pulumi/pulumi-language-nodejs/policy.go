package main

import (
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// RunPlugin runs a policy pack until the engine ends it.
//
// A pack reads its stack and the stack's configuration from its environment when it starts. The engine tells them
// later, by a call to the pack. So a proxy takes that call first, and hands all others on to the pack.
func (h *host) RunPlugin(
	request *pulumirpc.RunPluginRequest, stream grpc.ServerStreamingServer[pulumirpc.RunPluginResponse],
) error {
	if request.Kind != "analyzer" {
		return status.Errorf(codes.Unimplemented, "this language host runs policy packs, not plugins of kind %q", request.Kind)
	}
	ctx := stream.Context()
	runner, err := sdkFile(request.Info.ProgramDirectory, "cmd/run-policy-pack/index.js")
	if err != nil {
		return err
	}
	closer, stdout, stderr, err := rpcutil.MakeRunPluginStreams(stream, false)
	if err != nil {
		return err
	}
	defer func() { _ = closer.Close() }()
	proxy, packOutput, err := sdk.NewPolicyProxy(ctx, stdout)
	if err != nil {
		return err
	}
	environment, err := stackEnvironment(ctx, proxy)
	if err != nil {
		return err
	}

	args := append([]string{runner}, append(request.Args, request.Info.ProgramDirectory)...)
	command := node(ctx, request.Info, args...)
	command.Dir = request.Info.ProgramDirectory
	command.Env = append(request.Env, environment...)
	command.Stdout, command.Stderr = packOutput, stderr
	if err := command.Start(); err != nil {
		return err
	}
	var exit *exec.ExitError
	if err := proxy.Attach(ctx, command); errors.As(err, &exit) {
		code := &pulumirpc.RunPluginResponse_Exitcode{Exitcode: int32(exit.ExitCode())}
		return stream.Send(&pulumirpc.RunPluginResponse{Output: code})
	} else if err != nil {
		return err
	}
	return nil
}

// stackEnvironment waits for the engine to name the stack, and puts it into the variables that the Node.js SDK reads.
func stackEnvironment(ctx context.Context, proxy *sdk.PolicyProxy) ([]string, error) {
	stack, err := proxy.AwaitConfiguration(ctx)
	if err != nil || stack == nil {
		return nil, err
	}
	config, err := json.Marshal(stack.Config)
	if err != nil {
		return nil, err
	}
	return []string{
		"PULUMI_NODEJS_ORGANIZATION=" + stack.Organization,
		"PULUMI_NODEJS_PROJECT=" + stack.Project,
		"PULUMI_NODEJS_STACK=" + stack.Stack,
		"PULUMI_NODEJS_DRY_RUN=" + strconv.FormatBool(stack.DryRun),
		"PULUMI_CONFIG=" + string(config),
	}, nil
}
