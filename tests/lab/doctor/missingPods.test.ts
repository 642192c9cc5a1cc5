import type { Cluster } from "../../../lab/cluster";
import { apply, describeFaults, patch, type Fault } from "./faults";
import { eventually, kubectl } from "../support/sharedLab";

const SYSTEM = "istio-system";
const JAEGER = "deployment/jaeger";
const CONTAINER = "/spec/template/spec/containers/0";

/** Creates an object that keeps pods away, and removes Jaeger's own. */
function keepAway(lab: Cluster, ...objects: object[]): void {
    apply(lab, ...objects);
    kubectl(lab, "delete", "pods", "-n", SYSTEM, "-l", "app=jaeger", "--wait=true", "--timeout=60s");
}

/** Deletes an object that kept pods away. A new ReplicaSet is not slowed down by former failures. */
function letIn(lab: Cluster, object: string): void {
    kubectl(lab, "delete", object, "-n", SYSTEM, "--ignore-not-found");
    restarted(lab);
}

function restarted(lab: Cluster): void {
    kubectl(lab, "rollout", "restart", JAEGER, "-n", SYSTEM);
    kubectl(lab, "rollout", "status", JAEGER, "-n", SYSTEM, "--timeout=120s");
}

/** A Jaeger whose pods stop first, as with one volume, so that none of them serves on. */
function recreated(lab: Cluster, ...operations: object[]): void {
    const strategy = { op: "replace", path: "/spec/strategy", value: { type: "Recreate" } };
    patch(lab, SYSTEM, JAEGER, strategy, ...operations);
}

/** Until a container of Jaeger has ended once: before, it only does not answer yet. */
async function hasCrashed(lab: Cluster): Promise<void> {
    const path = "{.items[*].status.containerStatuses[*]..terminated.exitCode}";
    await eventually(60, () => {
        const codes = kubectl(lab, "get", "pods", "-n", SYSTEM, "-l", "app=jaeger", "-o", `jsonpath=${path}`);
        return Promise.resolve(codes.split(" ").includes("1") || `exit codes: ${codes}`);
    });
}

const broken = (fault: Pick<Fault, "what" | "id" | "got">, ...operations: object[]): Fault => ({
    ...fault,
    segment: "export",
    inject: (lab) => {
        recreated(lab, ...operations);
    },
    mend: (lab) => {
        kubectl(lab, "rollout", "undo", JAEGER, "-n", SYSTEM);
        kubectl(lab, "rollout", "status", JAEGER, "-n", SYSTEM, "--timeout=120s");
    },
    full: true,
});

describeFaults("what keeps the collector's pods away", [
    {
        what: "a ResourceQuota without room",
        inject: (lab) => {
            keepAway(lab, {
                apiVersion: "v1",
                kind: "ResourceQuota",
                metadata: { name: "full", namespace: SYSTEM },
                spec: { hard: { pods: "0" } },
            });
        },
        id: "pods-not-created",
        segment: "export",
        got: /^requested pods=1, used pods=\d+, limited to pods=0, so Deployment istio-system\/jaeger creates no pod$/,
        mend: (lab) => {
            letIn(lab, "resourcequota/full");
        },
        full: true,
    },
    {
        what: "a LimitRange for smaller pods",
        inject: (lab) => {
            keepAway(lab, {
                apiVersion: "v1",
                kind: "LimitRange",
                metadata: { name: "small", namespace: SYSTEM },
                spec: { limits: [{ type: "Container", max: { memory: "1Mi" } }] },
            });
        },
        id: "pods-not-created",
        segment: "export",
        got: /^a LimitRange of the namespace istio-system rejects its pods: .*maximum memory usage per Container is 1Mi/,
        mend: (lab) => {
            letIn(lab, "limitrange/small");
        },
        full: true,
    },
    {
        what: "an admission webhook that does not answer",
        inject: (lab) => {
            const rule = { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] };
            keepAway(lab, {
                apiVersion: "admissionregistration.k8s.io/v1",
                kind: "ValidatingWebhookConfiguration",
                metadata: { name: "broken" },
                webhooks: [
                    {
                        ...{ name: "check.example.com", admissionReviewVersions: ["v1"], sideEffects: "None" },
                        ...{ rules: [rule], failurePolicy: "Fail", timeoutSeconds: 2 },
                        clientConfig: { service: { name: "nobody", namespace: SYSTEM } },
                        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": SYSTEM } },
                    },
                ],
            });
        },
        id: "pods-not-created",
        segment: "export",
        got: /^the API server cannot call it: .*nobody/,
        mend: (lab) => {
            kubectl(lab, "delete", "validatingwebhookconfiguration", "broken", "--ignore-not-found");
            restarted(lab);
        },
        full: true,
    },
    broken(
        {
            what: "a label that no node has",
            id: "pods-not-scheduled",
            got: /is Pending, because no node accepts it: 0\/1 nodes are available: 1 node\(s\) didn't match Pod's node affinity\/selector/,
        },
        { op: "add", path: "/spec/template/spec/nodeSelector", value: { disk: "ssd" } },
    ),
    broken(
        {
            what: "a request that no node can meet",
            id: "pods-not-scheduled",
            got: /Insufficient cpu/,
        },
        { op: "add", path: `${CONTAINER}/resources`, value: { requests: { cpu: "900" } } },
    ),
    broken(
        {
            what: "a claim of a volume that does not exist",
            id: "pods-not-scheduled",
            got: /persistentvolumeclaim "traces" not found/,
        },
        {
            op: "add",
            path: "/spec/template/spec/volumes/-",
            value: { name: "traces", persistentVolumeClaim: { claimName: "traces" } },
        },
    ),
    broken(
        {
            what: "an image that is nowhere",
            id: "pods-not-started",
            got: /^container jaeger of Pod .* is in (?:ErrImage|ImagePull|ErrImageNeverPull)\w* for the image example\.invalid\/jaeger:9/,
        },
        { op: "replace", path: `${CONTAINER}/image`, value: "example.invalid/jaeger:9" },
    ),
    {
        ...broken(
            {
                what: "a configuration with which it crashes",
                id: "pods-not-started",
                got: /^container jaeger of Pod .* (?:is in CrashLoopBackOff|ends)(?: after \d+ restarts?)?, last Error, exit code 1: .*nosuch/,
            },
            { op: "add", path: `${CONTAINER}/args/-`, value: "--set=receivers.nosuch.x=1" },
        ),
        develops: hasCrashed,
    },
    {
        what: "a Jaeger that is scaled to nothing beside an autoscaler",
        inject: (lab) => {
            apply(lab, {
                apiVersion: "autoscaling/v2",
                kind: "HorizontalPodAutoscaler",
                metadata: { name: "jaeger", namespace: SYSTEM },
                spec: {
                    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "jaeger" },
                    ...{ minReplicas: 1, maxReplicas: 1 },
                },
            });
            kubectl(lab, "scale", JAEGER, "-n", SYSTEM, "--replicas=0");
            kubectl(lab, "wait", "--for=delete", "pod", "-n", SYSTEM, "-l", "app=jaeger", "--timeout=60s");
        },
        id: "collector-endpoints-ready",
        segment: "export",
        got: /^Deployment istio-system\/jaeger scaled to 0 pods, so the HorizontalPodAutoscaler does nothing$/,
        cleanUp: (lab) => {
            kubectl(lab, "delete", "horizontalpodautoscaler", "jaeger", "-n", SYSTEM, "--ignore-not-found");
        },
        full: true,
    },
    {
        what: "a Deployment that somebody has paused",
        inject: (lab) => {
            kubectl(lab, "rollout", "pause", JAEGER, "-n", SYSTEM);
        },
        id: "rollout-paused",
        segment: "reception",
        got: /^spec\.paused is true, /,
        full: true,
    },
]);
