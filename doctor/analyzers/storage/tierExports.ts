import { RECEIVER_PORTS } from "../../../shared/names/ports";
import { at, textAt } from "../../../shared/values/plainObjects";
import type { Evidence } from "../../evidence";
import { grownBy, type TierEvidence } from "../../evidence/tiers";
import { kindOf, nameOfFile, type CollectorFile } from "../../inventory/collectorPipelines";
import { BALANCING, FORWARDING } from "../../inventory/nextTier";
import { editFile } from "../../remediation/collectorFile";
import { misnamed } from "./tierNames";
import { exportersIn, nameOf, numberIn, type Cause } from "./tierParts";

/** Items or requests of a queue that is too small for one batch. */
const SMALL_QUEUE = 1000;
const ROOM = 50_000;

/** Ports that speak one protocol, with the one that each kind of exporter speaks. */
const GRPC = ["otlp", "otlp_grpc"];
const SPOKEN: Partial<Record<number, string>> = {
    [RECEIVER_PORTS["otlp-grpc"]]: "OTLP/gRPC",
    [RECEIVER_PORTS["otlp-http"]]: "OTLP/HTTP",
};

/** Spans that a full queue of a tier drops. */
export function overflowing(tier: TierEvidence): Cause[] {
    const lost = grownBy(tier, "overflowed");
    if (lost === 0) return [];
    const small = exportersIn(tier, [...FORWARDING, ...BALANCING]).find(({ file, name }) => {
        const size = numberIn(file, "exporters", name, "sending_queue", "queue_size");
        return size !== undefined && size < SMALL_QUEUE && sizer(file, name) !== "requests";
    });
    const got = `${String(lost)} spans that the full queue dropped`;
    const fault = { id: "tier-queue-full", resource: nameOf(tier), expected: "a sending queue with room" };
    if (small === undefined)
        return [
            {
                ...{ ...fault, got },
                cure: "The receiver to which it sends is too slow or down: check its pods and their log. A larger sending_queue helps only for a short time.",
            },
        ];
    const queue = ["exporters", small.name, "sending_queue"];
    const size = String(at(small.file.config, ...queue, "queue_size"));
    return [
        {
            ...fault,
            got: `${got}; ${queue.join(".")}.queue_size of ${nameOfFile(small.file)} is ${size} ${sizer(small.file, small.name)}, less than one batch`,
            cure: `Set ${queue.join(".")}.queue_size to ${String(ROOM)}.`,
            commands: editFile(small.file, [{ keys: [...queue, "queue_size"], value: ROOM }], tier.pods),
        },
    ];
}

function sizer({ config }: CollectorFile, name: string): string {
    return textAt(config, "exporters", name, "sending_queue", "sizer") ?? "requests";
}

/** Spans that a tier cannot pass on: they wait in its queue, or are given up. */
export function stuck(tier: TierEvidence, discovery: Evidence["discovery"]): Cause[] {
    const failed = grownBy(tier, "sendFailed");
    const waiting = tier.after.queued ?? 0;
    if (failed === 0 && (waiting === 0 || grownBy(tier, "sent") > 0)) return [];
    const got = `${String(failed)} spans that it dropped, and ${String(waiting)} that wait to be sent`;
    const [wrong] = exportersIn(tier, [...GRPC, "otlphttp", "otlp_http"]).flatMap(({ file, name }) => [
        ...unknownBackend(file, name, discovery),
        ...otherProtocol(file, name),
    ]);
    const fault = {
        ...{ id: "tier-cannot-send", resource: nameOf(tier) },
        expected: "a back end that accepts what the tier sends",
    };
    if (wrong === undefined)
        return [
            {
                ...{ ...fault, got },
                cure: "Check the log of its pods for the exporter's errors, and whether the back end answers at that address with that protocol.",
            },
        ];
    return [
        {
            ...fault,
            got: `${got}; ${wrong.says}`,
            cure: wrong.cure,
            commands:
                wrong.endpoint === undefined
                    ? []
                    : editFile(wrong.file, [{ keys: wrong.keys, value: wrong.endpoint }], tier.pods),
        },
    ];
}

/** An exporter's endpoint that sends spans nowhere, and the right one if it is known. */
interface WrongEndpoint {
    file: CollectorFile;
    keys: string[];
    endpoint: string | undefined;
    says: string;
    cure: string;
}

function endpointKeys({ config }: CollectorFile, name: string): string[] {
    const key = textAt(config, "exporters", name, "endpoint") === undefined ? "traces_endpoint" : "endpoint";
    return ["exporters", name, key];
}

/** An exporter that names a Service which does not exist. */
function unknownBackend(file: CollectorFile, name: string, discovery: Evidence["discovery"]): WrongEndpoint[] {
    const wrong = misnamed(file, endpointKeys(file, name), discovery);
    if (wrong === undefined) return [];
    const { keys, says, right } = wrong;
    const cure = `Set ${keys.join(".")} to ${right ?? "the Service of the back end"}.`;
    return [{ file, keys, endpoint: right, says, cure }];
}

/** An exporter whose endpoint has the usual port of another protocol than its own. */
function otherProtocol(file: CollectorFile, name: string): WrongEndpoint[] {
    const keys = endpointKeys(file, name);
    const endpoint = textAt(file.config, ...keys) ?? "";
    const found = /:(\d+)(?=\/|$)/.exec(endpoint)?.[1] ?? "";
    const right = RECEIVER_PORTS[GRPC.includes(kindOf(name)) ? "otlp-grpc" : "otlp-http"];
    const [spoken, own] = [SPOKEN[Number(found)], SPOKEN[right]];
    if (spoken === undefined || own === undefined || spoken === own) return [];
    return [
        {
            ...{ file, keys, endpoint: endpoint.replace(`:${found}`, `:${String(right)}`) },
            says: `${keys.join(".")} of ${nameOfFile(file)} is ${endpoint}, where ${spoken} is usual, but the exporter uses ${own}`,
            cure: `Set its port to ${String(right)}, or use the exporter for ${spoken}.`,
        },
    ];
}
