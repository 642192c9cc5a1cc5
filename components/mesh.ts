import * as pulumi from "@pulumi/pulumi";
import type { MeshConfigObject } from "../checks/mesh/objects";
import { ADOPTED_ISTIO } from "./adopted";
import { AdoptedIstio } from "./adoptedIstio";
import { adoptedIstioArgs, existingMeshArgs, istioArgs, istioCniArgs } from "./arguments";
import { Istio } from "./istio";
import { isOwnRelease, requireOwnIstioKept, requireRoomForIstio } from "./istioOwner";
import { registerOnceAccepted } from "./onceAccepted";
import { IstioCni } from "./istioCni";
import type { MeshTracingArgs } from "./meshTracing";
import { ownNamespace } from "./ownNamespace";
import { waitsFor } from "./resolve";
import type { Settings } from "./settings";
import { stackTier } from "./stackTier";

/** The mesh of a stack, regardless of who installed it. */
export interface StackMesh {
    /** Namespace of the control plane and of Jaeger. */
    namespace: pulumi.Output<string>;
    /** Where and by which provider the whole mesh is traced. */
    tracing: Pick<MeshTracingArgs, "rootNamespace" | "provider" | "revision" | "istioVersion">;
    /** Release of istiod; empty if it is unknown. */
    version: pulumi.Output<string>;
    /** The mesh configuration. */
    meshConfig: pulumi.Output<MeshConfigObject>;
    /** Known when sidecars can be injected. Pods restart with it when their sidecars must restart. */
    sidecarHash: pulumi.Output<string>;
    /** Options of resources that need a control plane. */
    afterwards: pulumi.CustomResourceOptions;
    /** Options of resources that need none, but that must not exist if the mesh is refused. */
    onceAccepted: pulumi.CustomResourceOptions;
}

/** The mesh that the settings ask for: an Istio that the program installs, or one that is there already. */
export function stackMesh(settings: Settings): StackMesh {
    return settings.istio.install ? installedMesh(settings) : existingMesh(settings);
}

function installedMesh(settings: Settings): StackMesh {
    registerOnceAccepted(requireRoomForIstio(settings));
    const system = ownNamespace("istio-system", settings.istio.namespace, settings.ownNamespaces.istio);
    const cniArgs = istioCniArgs(settings);
    const cni = cniArgs && new IstioCni("istio-cni", cniArgs, { dependsOn: system.resource });
    const tier = stackTier(settings, { namespace: system.name });
    // Sidecars follow istiod to another receiver of spans within seconds, so it must be ready before.
    const dependsOn = [system.resource, ...(cni ? [cni] : []), ...(tier ? [tier] : [])];
    const istio = new Istio("istio", istioArgs(settings), { dependsOn });
    return {
        namespace: system.name,
        tracing: { rootNamespace: settings.istio.namespace, istioVersion: settings.istio.version },
        version: istio.version,
        meshConfig: pulumi.output(istio.meshConfig),
        sidecarHash: istio.sidecarHash,
        afterwards: { dependsOn: istio },
        onceAccepted: {},
    };
}

function existingMesh(settings: Settings): StackMesh {
    const { namespace, revision } = settings.istio;
    // Its checks read YAML, which would slow down the start of every program with an Istio of its own.
    // oxlint-disable-next-line typescript/no-require-imports -- loaded only where it is used
    const { ExistingMesh } = require("./existingMesh") as typeof import("./existingMesh");
    const mesh = new ExistingMesh("existing-mesh", existingMeshArgs(settings));
    const { rootNamespace, provider, version, meshConfig, sidecarHash } = mesh;
    registerOnceAccepted(pulumi.all([sidecarHash, requireOwnIstioKept(settings)]), mesh);
    const onceAccepted = { dependsOn: waitsFor(sidecarHash) };
    const system = ownNamespace("istio-system", namespace, settings.ownNamespaces.istio, onceAccepted);
    const tier = stackTier(settings, { namespace: system.name }, onceAccepted);
    const adopted = adoptedIstioArgs(settings);
    // An Istio of the program's own stays where it is when others take it over.
    const aliases = isOwnRelease(settings.istio) ? [{ name: "istio", type: "istio-tracing:components:Istio" }] : [];
    const afterwards = adopted
        ? { dependsOn: new AdoptedIstio(ADOPTED_ISTIO, adopted, { dependsOn: waitsFor(sidecarHash, tier), aliases }) }
        : onceAccepted;
    return {
        namespace: system.name,
        tracing: { rootNamespace, provider, istioVersion: version, ...(revision !== undefined && { revision }) },
        ...{ version, meshConfig, sidecarHash, afterwards, onceAccepted },
    };
}
