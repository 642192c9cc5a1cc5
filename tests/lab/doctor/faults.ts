import assert from "node:assert/strict";
import { parse, stringify } from "yaml";
import type { DoctorOptions } from "../../../doctor";
import type { DoctorFinding, SegmentName } from "../../../doctor/segments";
import { pointJaegerForward, type Cluster } from "../../../lab/cluster";
import { FULL } from "../support/fullRun";
import { eventually, kubectl, labWithProgram } from "../support/sharedLab";
import { applyCure, examine, shell } from "./examine";

/** A fault that is put into a mesh that works. */
export interface Fault {
    /** In the words of who has it. */
    what: string;
    /** Brings it about. */
    inject: (lab: Cluster) => void;
    /** Waits for what only time brings about. */
    develops?: (lab: Cluster) => Promise<void>;
    id: string;
    segment: SegmentName | "sampling";
    /** What the finding must say was read. */
    got: RegExp;
    /** Mends it where the doctor prints no command, since only a person can decide, or where its commands are not all. */
    mend?: (lab: Cluster, findings: DoctorFinding[]) => void;
    /** Removes what fault or cure leave behind. */
    cleanUp?: (lab: Cluster) => void;
    options?: Partial<DoctorOptions>;
    /** Only with FULL=1. */
    full?: boolean;
}

type MeshConfig = Record<string, unknown> & { extensionProviders: Record<string, unknown>[] };

interface List {
    items: { metadata: Record<string, unknown>; spec: Record<string, unknown> }[];
}

const NAMESPACES = ["istio-system", "demo"];
/** Kinds that faults and cures may change, add or remove. */
const KINDS = [
    ...["services", "deployments.apps", "telemetries.telemetry.istio.io"],
    ...["serviceentries", "destinationrules", "virtualservices", "sidecars", "envoyfilters"].map(
        (kind) => `${kind}.networking.istio.io`,
    ),
    ...["authorizationpolicies", "peerauthentications"].map((kind) => `${kind}.security.istio.io`),
];
/** What the server sets, and would refuse to be set back. */
const SERVER_SET = ["resourceVersion", "uid", "generation", "creationTimestamp"];
/** A Service that was made anew has others. */
const ADDRESSES = ["clusterIP", "clusterIPs"];

/** Seconds for a change to become live and for the doctor to see it. */
const LIMIT = 60;

/** Another mesh than that of the stack `ci`, in which faults are injected. */
export interface Setting {
    /** Makes it; answers how the doctor is to look at it. */
    enter: (lab: Cluster) => Promise<Partial<DoctorOptions>>;
    leave: (lab: Cluster) => Promise<void>;
}

/** A describe block: each fault is injected, found, cured as printed, and found gone. */
export function describeFaults(where: string, faults: Fault[], setting?: Setting): void {
    const chosen = faults.filter(({ full }) => full !== true || FULL);
    if (chosen.length === 0) return;
    describe(`the doctor, with a fault in ${where}`, () => {
        let lab: Cluster;
        let restore: () => Promise<void>;
        let look: Partial<DoctorOptions> = {};
        before(async () => {
            lab = await labWithProgram();
            look = (await setting?.enter(lab)) ?? {};
            restore = keepState(lab);
            await becomesHealthy(lab, look);
        });
        after(async () => {
            await restore();
            await setting?.leave(lab);
            await pointJaegerForward(lab);
        });

        for (const fault of chosen) {
            it(`names ${fault.what} (${fault.id}), and its cure heals it`, async () => {
                fault.inject(lab);
                let mend = fault.mend;
                try {
                    await fault.develops?.(lab);
                    const findings = await areFound(lab, fault, { ...look, ...fault.options });
                    for (const { segment, got } of findings) {
                        assert.equal(segment, fault.segment);
                        assert.match(got, fault.got);
                    }
                    if (mend === undefined) for (const finding of findings) applyCure(lab, finding);
                    else mend(lab, findings);
                    mend = undefined;
                    await becomesHealthy(lab, { ...look, ...fault.options });
                } finally {
                    // What no object shows, such as dropped packets, would stay for the tests that follow.
                    mend?.(lab, []);
                    fault.cleanUp?.(lab);
                    await restore();
                }
            });
        }
    });
}

/** What faults and cures may touch, as it is now; answers what puts it back, with who owns which field. */
export function keepState(lab: Cluster): () => Promise<void> {
    const mesh = meshText(lab);
    const kept = NAMESPACES.flatMap((namespace) => {
        const json = kubectl(lab, "get", KINDS.join(","), "-n", namespace, "-o", "json", "--show-managed-fields");
        return (JSON.parse(json) as List).items.filter(({ metadata }) => metadata["name"] !== "istiod");
    });
    const names = namesOf(lab);
    for (const { metadata, spec } of kept) {
        for (const key of SERVER_SET) Reflect.deleteProperty(metadata, key);
        for (const key of ADDRESSES) Reflect.deleteProperty(spec, key);
    }
    const owned = listOf(kept);
    for (const { metadata } of kept) Reflect.deleteProperty(metadata, "managedFields");
    const plain = listOf(kept);
    return async () => {
        if (meshText(lab) !== mesh) setMesh(lab, mesh);
        shell(lab, "kubectl create -f - >/dev/null 2>&1 || true", plain);
        // First the content, then its owners: who changes a field would own it.
        replace(lab, plain);
        replace(lab, owned);
        for (const added of namesOf(lab).filter((name) => !names.includes(name))) shell(lab, `kubectl delete ${added}`);
        shell(lab, "kubectl rollout status deployment -n istio-system && kubectl rollout status deployment -n demo");
        // A Service that was deleted has another address now.
        if (names.includes("-n istio-system service/jaeger-query")) await pointJaegerForward(lab);
    };
}

/** Replaces objects; again where a controller wrote a status between kubectl's reading and its writing. */
function replace(lab: Cluster, objects: string, tries = 5): void {
    try {
        shell(lab, "kubectl replace -f -", objects);
    } catch (error) {
        if (tries === 1) throw error;
        replace(lab, objects, tries - 1);
    }
}

/** `-n NAMESPACE KIND/NAME` of each object of these kinds. */
function namesOf(lab: Cluster): string[] {
    return NAMESPACES.flatMap((namespace) => {
        const names = kubectl(lab, "get", KINDS.join(","), "-n", namespace, "-o", "name").trim();
        return names.split("\n").map((name) => `-n ${namespace} ${name}`);
    });
}

function listOf(items: List["items"]): string {
    return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}

/** Every finding of the fault: one may concern several workloads, and each has a cure of its own. */
async function areFound(
    lab: Cluster,
    { id, segment }: Fault,
    options: Partial<DoctorOptions>,
): Promise<DoctorFinding[]> {
    return eventually(LIMIT, async () => {
        const { findings, brokenAt } = await examine(lab, options);
        const found = findings.filter((finding) => finding.id === id);
        // A warning breaks nothing.
        const breaks = found.some(({ severity }) => severity === "error");
        const located = !breaks || brokenAt === segment;
        if (found.length > 0 && located) return found;
        return `broken at ${brokenAt ?? "none"}, found ${findings.map((finding) => `${finding.id} (${finding.got})`).join(", ") || "nothing"}`;
    });
}

/** Until the doctor finds nothing: what an earlier test did to the mesh may take a moment to end. */
export async function becomesHealthy(lab: Cluster, options: Partial<DoctorOptions> = {}): Promise<void> {
    await eventually(LIMIT, async () => {
        const { healthy, findings } = await examine(lab, options);
        // Warnings are no fault of the mesh, and a cure has to end them all the same.
        const rest = findings.filter(({ severity }) => severity !== "info");
        return (healthy && rest.length === 0) || rest.map(({ id, got }) => `${id}: ${got}`).join("; ") || "not proven";
    });
}

/** Sets a field of the live mesh configuration: of its tracing provider, else of the configuration itself. */
export function changeMesh(lab: Cluster, field: string, value: unknown): void {
    const config = meshConfig(lab);
    const [provider] = config.extensionProviders;
    const settings = provider?.["opentelemetry"] as Record<string, unknown> | undefined;
    const holder = [settings, provider].find((candidate) => candidate !== undefined && field in candidate);
    Object.assign(holder ?? (field === "http" ? settings : config) ?? config, { [field]: value });
    setMesh(lab, stringify(config, { lineWidth: 0, compat: "yaml-1.1" }));
}

/** The live mesh configuration. */
export function meshConfig(lab: Cluster): MeshConfig {
    return parse(meshText(lab)) as MeshConfig;
}

/** Changes the text of the live mesh configuration, to whatever. */
export function editMeshText(lab: Cluster, edit: (text: string) => string): void {
    setMesh(lab, edit(meshText(lab)));
}

function meshText(lab: Cluster): string {
    return kubectl(lab, "get", "configmap", "istio", "-n", "istio-system", "-o", "jsonpath={.data.mesh}");
}

function setMesh(lab: Cluster, mesh: string): void {
    const data = JSON.stringify({ data: { mesh } });
    kubectl(lab, "patch", "configmap", "istio", "-n", "istio-system", "--type=merge", "-p", data);
}

/** Applies a JSON patch to an object. */
export function patch(lab: Cluster, namespace: string, object: string, ...operations: unknown[]): void {
    kubectl(lab, "patch", object, "-n", namespace, "--type=json", "-p", JSON.stringify(operations));
}

/** Creates objects. */
export function apply(lab: Cluster, ...objects: unknown[]): void {
    for (const object of objects) shell(lab, `kubectl apply -f - <<'EOF'\n${JSON.stringify(object)}\nEOF`);
}
