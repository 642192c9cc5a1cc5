import assert from "node:assert/strict";
import type { DoctorFinding } from "../../../../../doctor/segments";
import type { ContainerStatus, WorkloadObject } from "../../../../../shared/kubernetes/objects";
import { diagnosisOf, findingOf, foundIn } from "../../patient";
import type { Patient } from "../../patientModel";
import { relatedObjects, warning } from "../../relatedObjects";
import { deployment, gone, rejected, without } from "./podlessCollector";

describe("a collector whose pods are rejected", () => {
    it("names the ResourceQuota, what is used and what is requested", () => {
        const message =
            'pods "jaeger-5d-x" is forbidden: exceeded quota: team, requested: pods=1, used: pods=2, limited: pods=2';
        const { id, resource, got, cure } = without(gone, rejected(message));
        assert.deepEqual([id, resource], ["pods-not-created", "ResourceQuota istio-system/team"]);
        assert.match(
            got,
            /^requested pods=1, used pods=2, limited to pods=2, so Deployment istio-system\/jaeger creates no pod$/,
        );
        assert.match(cure, /^Raise these limits to at least what is used plus what is requested/);
    });

    it("names Pod Security, a LimitRange, and webhooks, of Istio and of others", () => {
        const said = (message: string): string => {
            const { resource, cure } = without(gone, rejected(message));
            return `${resource}: ${cure}`;
        };
        assert.match(
            said(
                'pods "a" is forbidden: violates PodSecurity "baseline:latest": non-default capabilities (container "istio-init" must not include "NET_ADMIN")',
            ),
            /^Namespace istio-system: Use Istio's CNI plugin .*istio\.cni\.mode/,
        );
        assert.match(
            said('pods "a" is forbidden: maximum memory usage per Container is 100Mi, but limit is 512Mi'),
            /^Deployment istio-system\/jaeger: .*kubectl get limitranges -n istio-system/,
        );
        assert.match(
            said('Internal error occurred: failed calling webhook "namespace.sidecar-injector.istio.io": refused'),
            /^admission webhook namespace\.sidecar-injector\.istio\.io: .*istiod\. If it is ready, .* allow TCP port 15017/,
        );
        assert.match(
            said('Internal error occurred: failed calling webhook "validate.kyverno.svc": refused'),
            /^admission webhook validate\.kyverno\.svc: Start the pods behind the webhook/,
        );
        assert.match(said('admission webhook "p" denied the request: no'), /^admission webhook p: Change the pods/);
    });

    const MESSAGE =
        'create Pod jaeger-0 failed error: pods "jaeger-0" is forbidden: exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0';
    const withEvents = (workload: WorkloadObject): DoctorFinding =>
        without((patient) => {
            patient.jaegers = [];
            const events = [
                warning(workload.kind, "jaeger", "FailedCreate", MESSAGE),
                warning(workload.kind, "other", "FailedCreate", "of another workload"),
            ];
            patient.evidence.relatedObjects = relatedObjects({ events });
        }, workload);

    it("reads the events of a StatefulSet and of a DaemonSet, which have no condition for that", () => {
        for (const kind of ["StatefulSet", "DaemonSet"] as const)
            assert.equal(withEvents(deployment({ kind })).resource, "ResourceQuota istio-system/q");
    });

    it("is not blamed for events of the past, where the workload wants no pod", () => {
        const { id, steps } = withEvents(deployment({ kind: "StatefulSet" }, { replicas: 0 }));
        assert.deepEqual([id, steps[0]?.verb], ["collector-endpoints-ready", "scale"]);
        const { cure } = withEvents(deployment());
        assert.match(cure, /^Deployment jaeger creates no pod\. Find the reason/);
    });
});

describe("a collector that no node takes", () => {
    const pending = (message: string, volume?: string): DoctorFinding =>
        without((_, jaeger) => {
            const conditions = [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message }];
            jaeger.status = { phase: "Pending", conditions };
            if (volume !== undefined && jaeger.spec !== undefined)
                jaeger.spec.volumes = [{ persistentVolumeClaim: { claimName: volume } }];
        });
    const cases: [string, RegExp][] = [
        ["0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available.", /Lower the requests/],
        ["0/3 nodes are available: 3 node(s) had untolerated taint {dedicated: db}.", /^Tolerate that taint/],
        ["0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.", /^Correct nodeSelector/],
        ["0/1 nodes are available: 1 node(s) were unschedulable.", /kubectl uncordon/],
        ["something new", /^Look at the nodes/],
    ];
    for (const [message, right] of cases) {
        it(`says what to change: ${message}`, () => {
            const { id, resource, got, cure } = pending(message);
            assert.deepEqual([id, resource], ["pods-not-scheduled", "Deployment istio-system/jaeger"]);
            assert.match(got, /^Pod istio-system\/jaeger-7f9-abc is Pending, because no node accepts it: /);
            assert.doesNotMatch(got, /preemption/);
            assert.match(cure, right);
        });
    }

    it("names the claim of a volume that is not bound", () => {
        for (const message of [
            "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.",
            '0/1 nodes are available: persistentvolumeclaim "traces" not found.',
        ]) {
            const { resource, cure } = pending(message, "traces");
            assert.equal(resource, "PersistentVolumeClaim istio-system/traces");
            assert.match(cure, /kubectl describe persistentvolumeclaim traces -n istio-system$/);
        }
    });
});

describe("a collector whose container does not start", () => {
    const status = (one: Partial<ContainerStatus>, harm?: (patient: Patient) => void): DoctorFinding =>
        without((patient, jaeger) => {
            jaeger.status = { phase: "Running", containerStatuses: [{ name: "jaeger", ...one }] };
            for (const container of jaeger.spec?.containers ?? [])
                Object.assign(container, { image: "jaeger:2", resources: { limits: { memory: "256Mi" } } });
            harm?.(patient);
        });

    it("is told with its image, and whether it is missing, locked or out of reach", () => {
        const pulled = (reason: string, message: string): DoctorFinding =>
            status({ state: { waiting: { reason, message } } });
        const missing = pulled(
            "ImagePullBackOff",
            'Back-off pulling image "jaeger:2": ErrImagePull: jaeger:2: not found',
        );
        assert.equal(missing.id, "pods-not-started");
        assert.match(
            missing.got,
            /^container jaeger of Pod .* is in ImagePullBackOff for the image jaeger:2: ErrImagePull/,
        );
        assert.match(missing.cure, /^Correct the image's name/);
        assert.match(pulled("ErrImagePull", "401 Unauthorized").cure, /imagePullSecrets/);
        assert.match(pulled("ErrImagePull", "dial tcp: i/o timeout").cure, /whether nodes reach the registry/);
    });

    it("is told with its last line where it crashes, and with the object that it lacks", () => {
        const terminated = { reason: "Error", exitCode: 1 };
        const crash = {
            state: { waiting: { reason: "CrashLoopBackOff" } },
            lastState: { terminated },
            restartCount: 5,
        };
        const line = "Error: cannot unmarshal the configuration: 'receivers' unknown type: otlpp";
        const { got, cure } = status(crash, (patient) => {
            const crashes = [{ pod: "istio-system/jaeger-7f9-abc", container: "jaeger", line }];
            patient.evidence.relatedObjects = relatedObjects({ crashes });
        });
        assert.match(got, /is in CrashLoopBackOff after 5 restarts, last Error, exit code 1: Error: cannot unmarshal/);
        assert.match(cure, /kubectl logs jaeger-7f9-abc -n istio-system -c jaeger --previous$/);
        const lacking = status({
            state: { waiting: { reason: "CreateContainerConfigError", message: 'secret "x" not found' } },
        });
        assert.match(lacking.cure, /^Create the object that the message names/);
    });

    it("is told with how it ended while it runs once more, unless a signal ended it", () => {
        const again = (exitCode: number): string => {
            const { got } = status(
                {
                    state: {},
                    lastState: { terminated: { reason: "Error", exitCode } },
                    restartCount: 1,
                },
                (patient) => {
                    const events = [warning("Pod", "jaeger-7f9-abc", "Unhealthy", "Startup probe failed: refused")];
                    patient.evidence.relatedObjects = relatedObjects({ events });
                },
            );
            return got;
        };
        assert.match(again(1), /^container jaeger of Pod .* ends after 1 restart, last Error, exit code 1$/);
        assert.match(again(137), /is not ready, Unhealthy: Startup probe failed: refused$/);
    });

    it("gets more memory where it was killed for want of it", () => {
        const lastState = { terminated: { reason: "OOMKilled", exitCode: 137 } };
        const { got, commands } = status({
            state: { waiting: { reason: "CrashLoopBackOff" } },
            lastState,
            restartCount: 3,
        });
        assert.match(got, /after 3 restarts, last OOMKilled: it needs more than its limit of 256Mi$/);
        assert.deepEqual(commands, [
            "kubectl set resources deployment/jaeger -n istio-system -c jaeger --limits=memory=512Mi",
            "kubectl rollout status deployment/jaeger -n istio-system --timeout=120s",
        ]);
    });

    it("is told with what its volumes or probes say", () => {
        const told = (reason: string, message: string): string =>
            without((patient) => {
                const events = [warning("Pod", "jaeger-7f9-abc", reason, message)];
                patient.evidence.relatedObjects = relatedObjects({ events });
            }).got;
        assert.match(
            told("FailedMount", 'configmap "x" not found'),
            /is not ready, FailedMount: configmap "x" not found$/,
        );
        assert.match(
            told("Unhealthy", "Readiness probe failed: 503"),
            /is not ready, Unhealthy: Readiness probe failed: 503$/,
        );
        assert.equal(without(() => undefined).id, "collector-endpoints-ready");
    });
});

describe("new pods of a collector that do not start while the former ones serve", () => {
    it("are a warning that names the reason", () => {
        const diagnosis = diagnosisOf((patient) => {
            patient.evidence.workloads = {
                value: [
                    rejected(
                        'pods "a" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1',
                    ),
                ],
            };
        });
        assert.ok(diagnosis.healthy);
        assert.deepEqual(foundIn(diagnosis), ["reception: pods-not-created"]);
        assert.match(findingOf(diagnosis, "pods-not-created").got, /its ready pods keep serving/);
    });
});

describe("an application without a ready pod", () => {
    it("names what keeps its pods away", () => {
        const template = { metadata: { labels: { app: "backend" } } };
        const metadata = { name: "backend", namespace: "demo" };
        const message = 'pods "a" is forbidden: exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0';
        const found = (workload: WorkloadObject): DoctorFinding => {
            const diagnosis = diagnosisOf((patient) => {
                Object.assign(patient, { status: 503, spans: "none" });
                patient.evidence.path = {
                    ...{ source: patient.frontend, url: "http://backend/", port: 80, targets: [] },
                    service: patient.services.find((one) => one.metadata.name === "backend"),
                };
                patient.backend.metadata.labels = { app: "elsewhere" };
                patient.evidence.relatedObjects = relatedObjects({ workloads: [workload] });
            });
            assert.equal(diagnosis.brokenAt, "routing");
            const [first] = diagnosis.findings.filter(({ segment }) => segment === "routing");
            if (first === undefined) throw new Error(foundIn(diagnosis).join());
            return first;
        };
        const condition = { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message };
        const full = found({ kind: "Deployment", metadata, spec: { template }, status: { conditions: [condition] } });
        assert.deepEqual([full.id, full.resource], ["pods-not-created", "ResourceQuota demo/q"]);
        const empty = found({ kind: "Deployment", metadata, spec: { template, replicas: 0 } });
        assert.deepEqual([empty.id, empty.steps[0]?.verb], ["target-no-endpoints", "scale"]);
    });
});
