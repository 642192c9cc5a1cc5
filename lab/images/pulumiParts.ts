import type { GoPart } from "./goParts";

/** Version of the Pulumi CLI that the lab builds. */
export const PULUMI_VERSION = "3.274.1";

/** Version of the Go module of the Kubernetes provider: a commit of 2026-01-15, the newest published one. */
export const PROVIDER_MODULE_VERSION = "v4.0.0-20260115033456-f47bc2d6f199";

/**
 * The Pulumi CLI, its language host and the Kubernetes provider. They are built only if a command requests the real
 * Pulumi.
 *
 * @param askedVersion Version of the provider plugin that the npm package requires.
 */
export function pulumiParts(askedVersion: string): readonly GoPart[] {
    // Comparisons ignore build metadata, so the CLI accepts it as the required version.
    const stamp = `${askedVersion}+${PROVIDER_MODULE_VERSION.replace("v4.0.0-", "").replace("-", ".")}`;
    return [
        {
            name: "pulumi",
            version: PULUMI_VERSION,
            programs: {
                pulumi: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
                "pulumi-language-nodejs": "./pulumi-language-nodejs",
            },
            variables: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${PULUMI_VERSION}` },
            packages: 1735,
            usualSeconds: 330,
        },
        {
            name: "pulumi-kubernetes",
            version: PROVIDER_MODULE_VERSION,
            programs: { "pulumi-resource-kubernetes": "." },
            variables: { "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version": stamp },
            files: {
                module: "github.com/pulumi/pulumi-kubernetes/provider/v4",
                paths: {
                    "schema.json": "cmd/pulumi-resource-kubernetes/schema.json",
                    "terraform-mapping.json": "cmd/pulumi-resource-kubernetes/terraform-mapping.json",
                },
            },
            packages: 1750,
            usualSeconds: 680,
        },
    ];
}
