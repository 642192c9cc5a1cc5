import type { Finding } from "../../checks/finding";
import { resolveSettings, type Settings } from "../../components/settings";
import { openClient } from "../../shared/cluster/client";
import { pickTarget, readConfiguration, type ConfigurationOptions } from "./configuration";
import { evaluate, isUpdate } from "./evaluate";
import { askExistingMesh, existingMeshOutcomes, meshWanted } from "./existingMesh";
import type { Outcome } from "./outcome";
import { gatherFacts, type ClusterFacts } from "./facts";
import { askPlatform, platformOutcomes } from "./platform";
import { planFor } from "./program";
import { storeOutcomes } from "./stores";
import { CannotLook, openTarget, type Target } from "../../shared/cluster/target";

/** The options of {@link runPreflight}. */
export interface PreflightOptions extends ConfigurationOptions {
    /** Kubeconfig file, or its content. @default `kubernetes:kubeconfig` of the stack, otherwise as kubectl */
    kubeconfig?: string;
    /** @default `kubernetes:context` of the stack, otherwise the kubeconfig's current context */
    context?: string;
    /** Time limit for each answer of the cluster, in seconds. @default 5 */
    timeoutSeconds?: number;
}

/** The result of {@link runPreflight}. */
export interface PreflightResult {
    stack: string | undefined;
    /** The cluster that was checked; undefined if none could be chosen. */
    target: { context: string; server: string } | undefined;
    /** True if this program's Istio is already installed there. */
    update: boolean;
    /** Every check in order, including those without findings. */
    outcomes: Outcome[];
    findings: Finding[];
    /** Checks that could not run, usually because of missing rights. */
    skipped: { check: string; reason: string }[];
    /** 0: no error; 1: at least one; 2: no cluster could be checked. */
    exitCode: 0 | 1 | 2;
}

/**
 * Checks a cluster before the program is installed in it. Reads only.
 *
 * @throws SettingsError if the stack's configuration cannot be used, UserError if there is no such stack.
 */
export async function runPreflight(options: PreflightOptions = {}): Promise<PreflightResult> {
    const { raw, isEncrypted, kubernetes } = readConfiguration(options);
    const settings = resolveSettings(raw, { isEncrypted, stack: options.stack });
    let target: Target | undefined;
    try {
        target = openTarget(pickTarget(kubernetes, options, options.stack));
        return await look(target, settings, options);
    } catch (error) {
        if (!(error instanceof CannotLook)) throw error;
        const outcomes = [{ check: "cluster", findings: [error.finding] }];
        return summarise(options.stack, target, false, outcomes, 2);
    }
}

async function look(target: Target, settings: Settings, options: PreflightOptions): Promise<PreflightResult> {
    const plan = planFor(settings);
    const client = await openClient(target, options.timeoutSeconds ?? 5);
    try {
        const wanted = meshWanted(settings);
        const [facts, platform, mesh, storage] = await Promise.all([
            gatherFacts(client, plan, settings.collector.host),
            askPlatform(client, plan, settings),
            wanted && askExistingMesh(client, wanted),
            storeOutcomes(settings, client, process.env),
        ]);
        refuseUnusable(facts, target);
        const outcomes = [
            ...(wanted === undefined || mesh === undefined ? [] : existingMeshOutcomes(mesh, wanted, facts, settings)),
            ...evaluate(facts, plan, settings),
            ...storage,
            ...platformOutcomes({ ...platform, nodes: facts.nodes }, plan, settings, isUpdate(facts, plan)),
        ];
        const failed = outcomes.some(({ findings }) => findings.some(({ severity }) => severity === "error"));
        return summarise(options.stack, target, isUpdate(facts, plan), outcomes, failed ? 1 : 0);
    } finally {
        client.close();
    }
}

/** Without a connection or a known user, every further line would only repeat the problem. */
function refuseUnusable(facts: ClusterFacts, { server, context, user }: Target): void {
    const cluster = `${server} (context ${context})`;
    const { version, rights } = facts;
    if ("failure" in version && ["unreachable", "untrusted", "unexpected"].includes(version.failure.kind)) {
        throw new CannotLook({
            id: "cluster-reachable",
            resource: cluster,
            expected: "an answer from the Kubernetes API server",
            got: version.failure.reason,
            cure:
                version.failure.kind === "untrusted"
                    ? "Correct the server and the certificate authority of this context, or get a new kubeconfig for the cluster."
                    : `Start the cluster, the VPN or the tunnel, until this command works: kubectl version --context ${context}`,
        });
    }
    if ("value" in version && version.value === undefined) {
        throw new CannotLook({
            id: "cluster-reachable",
            resource: cluster,
            expected: "a Kubernetes API server",
            got: "another kind of server, which has no /version",
            cure: "Correct the server of this context in the kubeconfig.",
        });
    }
    const refusal = [version, rights].find((fact) => "failure" in fact && fact.failure.kind !== "unreachable");
    if (refusal !== undefined && "failure" in refusal) {
        throw new CannotLook({
            id: "cluster-credentials",
            resource: cluster,
            expected: `a server that knows the kubeconfig's user ${user}`,
            got: refusal.failure.reason,
            cure: `Log in again or get a new kubeconfig, until this command works: kubectl auth whoami --context ${context}`,
        });
    }
}

function summarise(
    stack: string | undefined,
    target: Target | undefined,
    update: boolean,
    outcomes: Outcome[],
    exitCode: PreflightResult["exitCode"],
): PreflightResult {
    return {
        stack,
        target: target === undefined ? undefined : { context: target.context, server: target.server },
        update,
        outcomes,
        findings: outcomes.flatMap(({ findings }) => findings),
        skipped: outcomes.flatMap(({ check, skipped }) => (skipped === undefined ? [] : [{ check, reason: skipped }])),
        exitCode,
    };
}
