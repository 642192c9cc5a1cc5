import assert from "node:assert/strict";
import { readCreationFailure, type CreationFailure } from "../../../../doctor/inventory/podFailures";

describe("the message of a pod that the API server rejects", () => {
    const cases: [string, CreationFailure][] = [
        [
            'pods "jaeger-5d-x" is forbidden: exceeded quota: team, requested: pods=1, used: pods=0, limited: pods=0',
            { by: "quota", name: "team", requested: "pods=1", used: "pods=0", limited: "pods=0" },
        ],
        [
            'pods "a" is forbidden: exceeded quota: team, requested: limits.memory=1Gi,pods=1, used: limits.memory=3Gi,pods=4, limited: limits.memory=3Gi,pods=4',
            {
                ...{ by: "quota", name: "team", requested: "limits.memory=1Gi,pods=1" },
                ...{ used: "limits.memory=3Gi,pods=4", limited: "limits.memory=3Gi,pods=4" },
            },
        ],
        [
            'pods "a" is forbidden: failed quota: strict: must specify limits.cpu for: jaeger',
            { by: "quotaRequires", name: "strict", what: "must specify limits.cpu for: jaeger" },
        ],
        [
            'pods "a" is forbidden: maximum memory usage per Container is 100Mi, but limit is 512Mi',
            { by: "limitRange", rule: "maximum memory usage per Container is 100Mi, but limit is 512Mi" },
        ],
        [
            'pods "a" is forbidden: [minimum cpu usage per Pod is 1, but request is 100m, maximum memory usage per Pod is 1Gi, but limit is 2Gi]',
            {
                by: "limitRange",
                rule: "[minimum cpu usage per Pod is 1, but request is 100m, maximum memory usage per Pod is 1Gi, but limit is 2Gi]",
            },
        ],
        [
            'pods "a" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "jaeger" must set it)',
            {
                by: "podSecurity",
                level: "restricted:latest",
                violations: 'allowPrivilegeEscalation != false (container "jaeger" must set it)',
            },
        ],
        [
            'admission webhook "validate.kyverno.svc-fail" denied the request: \nresource Pod was blocked',
            { by: "webhookDenied", name: "validate.kyverno.svc-fail", said: "resource Pod was blocked" },
        ],
        [
            'Internal error occurred: failed calling webhook "namespace.sidecar-injector.istio.io": failed to call webhook: connection refused',
            {
                by: "webhookFailed",
                name: "namespace.sidecar-injector.istio.io",
                said: "failed to call webhook: connection refused",
            },
        ],
        [
            'pods "a-" is forbidden: error looking up service account demo/backend: serviceaccount "backend" not found',
            { by: "serviceAccount", name: "backend" },
        ],
        ['pods "a" is forbidden: no PriorityClass with name urgent was found', { by: "priorityClass", name: "urgent" }],
        ["something  else", { by: "other", said: "something else" }],
        ["", { by: "other", said: "" }],
    ];
    for (const [message, read] of cases) {
        it(`is read as ${read.by}: ${message.slice(0, 60)}`, () => {
            assert.deepEqual(readCreationFailure(message), read);
        });
    }

    it("is cut if it is very long", () => {
        const read = readCreationFailure("x".repeat(100_000));
        assert.ok(read.by === "other" && read.said.length < 500);
    });
});
