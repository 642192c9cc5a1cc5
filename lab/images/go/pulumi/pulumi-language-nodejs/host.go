package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
)

// exitedAfterMessage is the exit code of a program that has already reported its error.
const exitedAfterMessage = 32

// host serves the LanguageRuntime service of one engine.
type host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer
	engine string
}

// Run runs a program to its end.
func (h *host) Run(ctx context.Context, request *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	runner, err := sdkFile(request.Info.ProgramDirectory, "cmd/run/index.js")
	if err != nil {
		return nil, err
	}
	args := []string{
		runner,
		"--monitor", request.MonitorAddress,
		"--engine", h.engine,
		"--organization", request.Organization,
		"--project", request.Project,
		"--root-directory", request.Info.RootDirectory,
		"--stack", request.Stack,
		"--pwd", request.Pwd,
		"--parallel", strconv.Itoa(int(request.Parallel)),
	}
	if request.DryRun {
		args = append(args, "--dry-run")
	}
	args = append(args, request.Info.EntryPoint)
	args = append(args, request.Args...)

	config, err := json.Marshal(request.Config)
	if err != nil {
		return nil, err
	}
	secretKeys, err := json.Marshal(request.ConfigSecretKeys)
	if err != nil {
		return nil, err
	}
	command := node(ctx, request.Info, args...)
	command.Dir = request.Pwd
	command.Env = append(os.Environ(),
		"PULUMI_CONFIG="+string(config),
		"PULUMI_CONFIG_SECRET_KEYS="+string(secretKeys),
		"PULUMI_NODEJS_TYPESCRIPT="+strconv.FormatBool(usesTypeScript(request.Info)),
	)
	// The engine shows what the program writes.
	command.Stdout, command.Stderr = os.Stdout, os.Stderr

	var exit *exec.ExitError
	switch err := command.Run(); {
	case err == nil:
		return &pulumirpc.RunResponse{}, nil
	case errors.As(err, &exit) && exit.ExitCode() == exitedAfterMessage:
		return &pulumirpc.RunResponse{Bail: true}, nil
	default:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("the program failed: %v", err)}, nil
	}
}

// InstallDependencies runs npm, which `pulumi install` asks for.
func (h *host) InstallDependencies(
	request *pulumirpc.InstallDependenciesRequest,
	stream grpc.ServerStreamingServer[pulumirpc.InstallDependenciesResponse],
) error {
	closer, stdout, stderr, err := rpcutil.MakeInstallDependenciesStreams(stream, request.IsTerminal)
	if err != nil {
		return err
	}
	defer func() { _ = closer.Close() }()
	command := exec.CommandContext(stream.Context(), "npm", "install", "--loglevel=error")
	command.Dir = request.Info.ProgramDirectory
	command.Stdout, command.Stderr = stdout, stderr
	return command.Run()
}

// About names the Node.js that runs programs.
func (h *host) About(ctx context.Context, request *pulumirpc.AboutRequest) (*pulumirpc.AboutResponse, error) {
	executable, err := exec.LookPath("node")
	if err != nil {
		return nil, err
	}
	version, err := exec.CommandContext(ctx, executable, "--version").Output()
	if err != nil {
		return nil, err
	}
	return &pulumirpc.AboutResponse{Executable: executable, Version: strings.TrimSpace(string(version))}, nil
}

// GetPluginInfo tells the version of this host: none, as it is not upstream's.
func (h *host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{}, nil
}

// Handshake accepts every engine.
func (h *host) Handshake(
	context.Context, *pulumirpc.LanguageHandshakeRequest,
) (*pulumirpc.LanguageHandshakeResponse, error) {
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

// Cancel lets the program that runs come to its own end: the engine closes the connection when it has.
func (h *host) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// usesTypeScript is true unless Pulumi.yaml turns Pulumi's own TypeScript support off.
func usesTypeScript(info *pulumirpc.ProgramInfo) bool {
	option, isSet := info.GetOptions().GetFields()["typescript"]
	return !isSet || option.GetBoolValue()
}

// node is a command that runs JavaScript with the Node.js on the PATH and the project's own flags.
func node(ctx context.Context, info *pulumirpc.ProgramInfo, args ...string) *exec.Cmd {
	flags := strings.Fields(info.GetOptions().GetFields()["nodeargs"].GetStringValue())
	command := exec.CommandContext(ctx, "node", append(flags, args...)...)
	command.Stdin = io.Reader(nil)
	return command
}

// sdkFile finds a file of the Pulumi SDK that a program in this directory would load.
func sdkFile(directory string, name string) (string, error) {
	for folder := directory; ; folder = filepath.Dir(folder) {
		file := filepath.Join(folder, "node_modules", "@pulumi", "pulumi", name)
		if _, err := os.Stat(file); err == nil {
			return file, nil
		}
		if folder == filepath.Dir(folder) {
			return "", status.Errorf(codes.FailedPrecondition,
				"expected the npm package @pulumi/pulumi in %s or above, got none. Run npm ci there", directory)
		}
	}
}
