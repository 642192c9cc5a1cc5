package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"sort"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// npmPackage is what this host reads of a package.json.
type npmPackage struct {
	Name            string            `json:"name"`
	Version         string            `json:"version"`
	Dependencies    map[string]string `json:"dependencies"`
	DevDependencies map[string]string `json:"devDependencies"`
	Pulumi          *struct {
		Resource bool   `json:"resource"`
		Name     string `json:"name"`
		Version  string `json:"version"`
		Server   string `json:"server"`
	} `json:"pulumi"`
}

// GetRequiredPackages names the resource plugins for which SDKs are installed.
func (h *host) GetRequiredPackages(
	_ context.Context, request *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	response := &pulumirpc.GetRequiredPackagesResponse{}
	for _, found := range installedPackages(request.Info.ProgramDirectory) {
		plugin := found.Pulumi
		if plugin == nil || !plugin.Resource {
			continue
		}
		response.Packages = append(response.Packages, &pulumirpc.PackageDependency{
			Name: plugin.Name, Kind: "resource", Version: "v" + plugin.Version, Server: plugin.Server,
		})
	}
	return response, nil
}

// GetProgramDependencies lists the npm packages of a program with the versions that are installed.
func (h *host) GetProgramDependencies(
	_ context.Context, request *pulumirpc.GetProgramDependenciesRequest,
) (*pulumirpc.GetProgramDependenciesResponse, error) {
	own, _ := readPackage(request.Info.ProgramDirectory)
	response := &pulumirpc.GetProgramDependenciesResponse{}
	for _, found := range installedPackages(request.Info.ProgramDirectory) {
		_, direct := own.Dependencies[found.Name]
		_, developer := own.DevDependencies[found.Name]
		if request.TransitiveDependencies || direct || developer {
			response.Dependencies = append(response.Dependencies,
				&pulumirpc.DependencyInfo{Name: found.Name, Version: found.Version})
		}
	}
	return response, nil
}

// installedPackages reads the nearest node_modules at or above a directory, ordered by name.
func installedPackages(directory string) []npmPackage {
	for folder := directory; ; folder = filepath.Dir(folder) {
		modules := filepath.Join(folder, "node_modules")
		plain, _ := filepath.Glob(filepath.Join(modules, "[^@.]*", "package.json"))
		scoped, _ := filepath.Glob(filepath.Join(modules, "@*", "*", "package.json"))
		var found []npmPackage
		for _, file := range append(plain, scoped...) {
			if read, ok := readPackage(filepath.Dir(file)); ok {
				found = append(found, read)
			}
		}
		if len(found) > 0 || folder == filepath.Dir(folder) {
			sort.Slice(found, func(a, b int) bool { return found[a].Name < found[b].Name })
			return found
		}
	}
}

func readPackage(folder string) (npmPackage, bool) {
	var read npmPackage
	text, err := os.ReadFile(filepath.Join(folder, "package.json"))
	if err != nil || json.Unmarshal(text, &read) != nil {
		return npmPackage{}, false
	}
	return read, true
}
