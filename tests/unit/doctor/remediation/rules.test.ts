import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
    isNamespaceWide,
    type MeshConfigObject,
    type TelemetryObject,
    type TracingBlock,
} from "../../../../checks/mesh/objects";
import { isGrpcPort } from "../../../../checks/mesh/servicePorts";
import { addTargetToCommands } from "../../../../doctor/remediation/targetCluster";
import { diagnose } from "../../../../doctor/diagnose";
import type { Evidence } from "../../../../doctor/evidence";
import type { DoctorFinding } from "../../../../doctor/segments";
import type { Command } from "../../../../doctor/remediation/commands";
import { foreignObjects } from "../../../../doctor/remediation/owners";
import { protocolTaken } from "../../../../doctor/analyzers/export/protocol";
import { itemsOf } from "../../../../shared/cluster/facts";
import { at, isPlainObject } from "../../../../shared/values/plainObjects";
import { evidenceWith, SCENARIOS } from "./scenarios";
import { evidenceOf } from "../patient";

/** Their commands are those of `sidecar-missing`, or none. */
const ELSEWHERE = ["sidecars-missing"];
const KUBECTL = "kubectl --kubeconfig=/tmp/other --context=prod";

/** Rates anywhere in what a command writes. */
function rates(value: unknown): number[] {
    if (Array.isArray(value)) return value.flatMap(rates);
    if (!isPlainObject(value)) return [];
    return Object.entries(value).flatMap(([key, inner]) =>
        /sampling(Percentage)?$/i.test(key) && typeof inner === "number" ? [inner] : rates(inner),
    );
}

/** What a command writes, by the paths of a patch as keys. */
function written(step: Command): unknown {
    if (step.verb === "patch") return step.patch.map(({ path, value }) => ({ [path.split("/").pop() ?? ""]: value }));
    if (step.verb === "setMesh") return step.after;
    return "patch" in step ? step.patch : step.verb === "apply" ? step.object : [];
}

const RULES: Record<string, (step: Command, evidence: Evidence, finding: DoctorFinding) => boolean> = {
    "raises no sampling rate": (step, { sampling, mesh }) => {
        const before = step.verb === "setMesh" ? rates(step.before) : [];
        const most = Math.max(
            sampling.source.client.percent,
            mesh.pilotTraceSampling === 150 ? 1 : (mesh.pilotTraceSampling ?? 1),
            ...before,
        );
        return rates(written(step)).every((rate) => rate <= most);
    },
    "adds no second tracing entry to a Telemetry": (step, { discovery }) => {
        if (step.verb === "patch")
            return step.patch.every(({ op, path }) => op !== "add" || !/^\/spec\/tracing\/(-|[1-9])/.test(path));
        if (step.verb !== "apply" || at(step.object, "kind") !== "Telemetry") return true;
        const namespace = at(step.object, "metadata", "namespace");
        const there = itemsOf<TelemetryObject>(discovery.telemetries);
        return !there.some((one) => one.metadata.namespace === namespace && isNamespaceWide(one));
    },
    "creates nothing over what is there": (step, { discovery, relatedObjects, tiers = [] }) => {
        if (step.verb !== "apply") return true;
        const kind = String(at(step.object, "kind"));
        const rights = tiers.flatMap((tier) => itemsOf(tier.rights?.objects ?? { value: [] }));
        const lists = {
            ...{ ...discovery, networkPolicies: relatedObjects?.networkPolicies },
            ...{ roles: { value: rights }, bindings: { value: rights } },
        };
        const kinds: Record<string, keyof typeof lists> = {
            ...{ NetworkPolicy: "networkPolicies", Role: "roles", RoleBinding: "bindings" },
            ...{ Telemetry: "telemetries", Service: "services", ServiceEntry: "serviceEntries" },
            ...{ DestinationRule: "destinationRules", AuthorizationPolicy: "authorizationPolicies" },
        };
        const list = kinds[kind];
        assert.ok(list !== undefined, kind);
        const [name, namespace] = [at(step.object, "metadata", "name"), at(step.object, "metadata", "namespace")];
        const same = itemsOf<{ metadata: { name: string; namespace?: string } }>(lists[list] as never).some(
            ({ metadata }) => metadata.name === name && metadata.namespace === namespace,
        );
        // A Service that was deleted just before is made anew.
        return !same || kind === "Service";
    },
    "marks for gRPC only what is known to take it, and says otherwise": (step, evidence) => {
        const { collector } = evidence;
        if (step.verb !== "patch" || collector === undefined) return true;
        return step.patch.every(({ path, value }) => {
            const index = /^\/spec\/ports\/(\d+)\/appProtocol$/.exec(path)?.[1];
            if (index === undefined || value !== "grpc") return true;
            const service = step.object as NonNullable<typeof collector.service>;
            const served = service.spec?.ports?.[Number(index)];
            if (served === undefined || isGrpcPort(served)) return false;
            return (
                protocolTaken({ ...evidence, receivers: [] }, { ...collector, service, port: served.port })
                    ?.protocol === "otlp-grpc"
            );
        });
    },
    "changes one provider of the mesh configuration, or one field": (step) => {
        if (step.verb !== "setMesh") return true;
        const others = ({ extensionProviders = [] }: MeshConfigObject): string[] =>
            extensionProviders.map(({ name }) => name);
        assert.deepEqual(others(step.after), others(step.before));
        const keys = Object.keys({ ...step.before, ...step.after }) as (keyof MeshConfigObject)[];
        return keys.filter((key) => JSON.stringify(step.before[key]) !== JSON.stringify(step.after[key])).length === 1;
    },
    "says whose object it changes": (step, evidence, { cure }) =>
        foreignObjects([step], evidence).every(({ object }) =>
            cure.includes(`${object.metadata.namespace ?? ""}/${object.metadata.name}`),
        ),
    "takes from a Telemetry nothing but what is at fault": (step) => {
        if (step.verb !== "patch" || step.kind !== "telemetry") return true;
        const fields =
            /^\/spec\/tracing\/0\/(match|useRequestIdForTraceSampling|disableContextPropagation|customTags(\/.+)?)$/;
        const block = at(step.object, "spec", "tracing") as TracingBlock[] | undefined;
        assert.ok((block ?? []).length <= 1);
        return step.patch.every(({ op, path }) => op !== "remove" || fields.test(path));
    },
};

describe("a printed cure", () => {
    for (const { id, what, harm } of SCENARIOS) {
        const name = what === undefined ? id : `${id}, ${what}`;
        it(`keeps the rules (${name})`, () => {
            const evidence = evidenceWith(harm);
            const aimed = addTargetToCommands(diagnose(evidence), KUBECTL);
            const found = aimed.findings.filter((finding) => finding.id === id);
            assert.ok(found.length > 0, aimed.findings.map((finding) => `${finding.id}: ${finding.got}`).join("\n"));
            for (const finding of found) {
                assert.ok(finding.steps.length > 0, "it prints no command");
                assert.equal(finding.commands.length, finding.steps.length);
                for (const command of finding.commands) assert.ok(command.startsWith(`${KUBECTL} `), command);
                assert.doesNotMatch(finding.cure, /\b(kubectl|istioctl) (?!--kubeconfig)[a-z]/);
                for (const step of finding.steps)
                    for (const [rule, keeps] of Object.entries(RULES))
                        assert.ok(keeps(step, evidence, finding), `${rule}: ${JSON.stringify(step)}`);
            }
        });
    }

    it("is among these for every finding that has commands", () => {
        const root = join(__dirname, "..", "..", "..", "..", "doctor");
        const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
        const withCommands = files.flatMap((file) => {
            const drafts = readFileSync(join(root, file), "utf8")
                .split(/(?=\bid: ")/)
                .slice(1);
            return drafts
                .filter((draft) => /^ +commands(?:: (?!\[\],)|,$)/m.test(draft))
                .map((draft) => /^id: "([\w-]+)"/.exec(draft)?.[1] ?? "");
        });
        assert.ok(withCommands.length > 15, withCommands.join());
        const tried = SCENARIOS.map(({ id }) => id);
        assert.deepEqual(
            [...new Set(withCommands)].filter((id) => !tried.includes(id) && !ELSEWHERE.includes(id)),
            [],
        );
    });

    it("goes to the cluster that was looked at also in the words of faults without a command", () => {
        const words = addTargetToCommands(
            diagnose(
                evidenceOf((patient) => {
                    patient.spans = "none";
                    patient.provider["opentelemetry"] = { service: "gone.istio-system.svc.cluster.local", port: 4999 };
                    patient.outbound = patient.outbound.map((chain) => ({ ...chain, tracing: undefined }));
                }),
            ),
            KUBECTL,
        ).findings.map(({ cure }) => cure);
        assert.match(words.join("\n"), /kubectl --kubeconfig=\/tmp\/other --context=prod get services/);
    });
});
