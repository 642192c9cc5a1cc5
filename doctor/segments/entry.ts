import type { Evidence } from "../evidence";
import { fullName, isInjectionOn, sidecarOf } from "../mesh";
import { known } from "../discover";
import type { DoctorFinding, Judgement } from "../model";
import type { PodObject } from "../objects";
import { restartCommands, rollableOf, waitCommands } from "../workload";
import { draftFor, type Draft } from "./make";

/** Whether the request leaves the application into a sidecar of its own. */
export function judgeEntry(evidence: Evidence): Judgement {
    const { path, probes } = evidence;
    const values = {
        source: `Pod ${fullName(path.source)}`,
        request: `${evidence.client} ${path.url}`,
        answers: probes
            .map(({ answer }) => (answer.status === 0 ? answer.error || "none" : String(answer.status)))
            .join(", "),
    };
    const make = draftFor("entry");
    if (sidecarOf(path.source) === undefined) {
        return { state: "broken", values, findings: [make(missingSidecar(path.source, evidence, values))] };
    }
    const unresolved = probes.every(({ answer }) => /resolve host|bad address/i.test(answer.error));
    if (unresolved) {
        const finding: DoctorFinding = make({
            id: "name-unresolved",
            resource: path.url,
            expected: "a host name that the source's pod can resolve",
            got: probes[0]?.answer.error ?? "",
            cure: "Correct --to, or create the Service of that name.",
            values,
        });
        return { state: "broken", values, findings: [finding] };
    }
    return { state: "ok", values, findings: [] };
}

/** A pod that has no sidecar, and why. */
export function missingSidecar(pod: PodObject, { discovery, mesh }: Evidence, values: Record<string, string>): Draft {
    const { name: podName, namespace = "", labels, annotations } = pod.metadata;
    const home = known(discovery.namespaces).find(({ metadata }) => metadata.name === namespace);
    const refused = (labels ?? {})["sidecar.istio.io/inject"] ?? (annotations ?? {})["sidecar.istio.io/inject"];
    const workload = rollableOf(pod);
    const restart = restartCommands(pod);
    // Some pods only their owner can make anew.
    const again = workload === undefined ? "have its pod made anew." : "restart the workload.";
    const label =
        mesh.revision === "default"
            ? `kubectl label namespace ${namespace} istio-injection=enabled --overwrite`
            : `kubectl label namespace ${namespace} istio.io/rev=${mesh.revision} istio-injection- --overwrite`;
    const allow =
        workload === undefined
            ? []
            : [
                  `kubectl patch ${workload} -n ${namespace} --type=merge -p ` +
                      `'{"spec":{"template":{"metadata":{"labels":{"sidecar.istio.io/inject":"true"},"annotations":{"sidecar.istio.io/inject":null}}}}}'`,
                  ...waitCommands(pod),
              ];
    const [got, cure, commands] =
        pod.spec?.hostNetwork === true
            ? [
                  "none: it uses the node's network, where no sidecar can be",
                  "Take hostNetwork out of its pod template.",
                  [],
              ]
            : refused === "false"
              ? ['none: sidecar.istio.io/inject is "false"', "Let it have one, by its pod template.", allow]
              : isInjectionOn(home)
                ? [
                      "none, though its namespace is injected: it is older than the label, or the webhook did not answer",
                      `Nothing else is amiss: ${again}`,
                      restart,
                  ]
                : [
                      `none: the namespace ${namespace} has no label that asks for sidecars`,
                      `Label the namespace, then ${again}`,
                      [label, ...restart],
                  ];
    return {
        id: "sidecar-missing",
        resource: `Pod ${namespace}/${podName}`,
        expected: "a container istio-proxy, among its containers or its init containers",
        got,
        cure,
        commands,
        values,
    };
}
