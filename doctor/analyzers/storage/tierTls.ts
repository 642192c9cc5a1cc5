import { at, mapAt, textAt } from "../../../shared/values/plainObjects";
import { grownBy, type TierEvidence } from "../../evidence/tiers";
import { kindOf, nameOfFile, pipelinesOf, type CollectorFile } from "../../inventory/collectorPipelines";
import { BALANCING } from "../../inventory/nextTier";
import { editFile } from "../../remediation/collectorFile";
import { exportersIn, nameOf, type Cause } from "./tierParts";

/** Exporters of OTLP/gRPC, which use TLS unless `insecure` is true. */
const GRPC = ["otlp", "otlp_grpc"];

/**
 * TLS on one side of the way between two tiers alone, so that no connection succeeds.
 *
 * Source: https://github.com/open-telemetry/opentelemetry-collector/blob/v0.161.0/config/configtls/README.md
 */
export function tlsOnOneSide(tier: TierEvidence, next: TierEvidence | undefined): Cause[] {
    if (next === undefined || next.files.length === 0 || grownBy(next, "accepted") > 0) return [];
    const taken = next.files.some(takesTls);
    return exportersIn(tier, [...BALANCING, ...GRPC])
        .filter(({ file, name }) => usesTls(file, name) !== taken)
        .slice(0, 1)
        .map(({ file, name }) => (taken ? withoutTls(file, name, tier, next) : withTls(file, name, tier, next)));
}

function withTls(file: CollectorFile, name: string, tier: TierEvidence, next: TierEvidence): Cause {
    const keys = keysOf(name);
    const written = at(file.config, ...keys);
    const is = written === undefined ? "is not set, which means TLS" : `is ${JSON.stringify(written)}`;
    return {
        ...faultOf(tier, next),
        got: `${keys.join(".")} of ${nameOfFile(file)} ${is}, but the OTLP/gRPC receiver of ${nameOf(next)} has no TLS`,
        cure: `Set ${keys.join(".")} to true, or give the receiver a certificate (receivers.otlp.protocols.grpc.tls) and the exporter its authority (ca_file).`,
        commands: editFile(file, [{ keys, value: true }], tier.pods),
    };
}

function withoutTls(file: CollectorFile, name: string, tier: TierEvidence, next: TierEvidence): Cause {
    const keys = keysOf(name);
    return {
        ...faultOf(tier, next),
        got:
            `${keys.join(".")} of ${nameOfFile(file)} is true, but the OTLP/gRPC receiver of ${nameOf(next)} accepts ` +
            "only TLS",
        cure: `Remove ${keys.join(".")}, and name the authority of the receiver's certificate in ca_file next to it.`,
    };
}

function faultOf(tier: TierEvidence, next: TierEvidence): Pick<Cause, "id" | "resource" | "expected" | "standing"> {
    const expected = `TLS on both sides of the way to ${nameOf(next)}, or on none`;
    return { id: "tier-tls", resource: nameOf(tier), expected, standing: true };
}

function keysOf(name: string): string[] {
    const way = BALANCING.includes(kindOf(name)) ? ["protocol", "otlp"] : [];
    return ["exporters", name, ...way, "tls", "insecure"];
}

function usesTls({ config }: CollectorFile, name: string): boolean {
    const scheme = /^(https?):/.exec(textAt(config, "exporters", name, "endpoint") ?? "")?.[1];
    return scheme === undefined ? at(config, ...keysOf(name)) !== true : scheme === "https";
}

/** True if the OTLP/gRPC receiver of a configuration has a certificate. */
function takesTls({ config }: CollectorFile): boolean {
    return pipelinesOf(config)
        .flatMap(({ receivers }) => receivers)
        .filter((name) => kindOf(name) === "otlp")
        .some((name) => Object.keys(mapAt(config, "receivers", name, "protocols", "grpc", "tls")).length > 0);
}
