import { isIP } from "node:net";
import { z } from "zod";
import { isQualifiedName } from "../../shared/kubernetes/nameForms";
import { annotations } from "./labelFields";

const CLASS =
    "a class of load balancers, such as service.k8s.aws/nlb: a name of 1 to 63 characters, optionally after a DNS " +
    "name and /";
const ADDRESS = "an IP address, such as 10.1.2.3, without brackets and zone";
const RANGE = "a range of addresses as ADDRESS/BITS, such as 10.0.0.0/8";
const RANGES = "a list of one or more ranges of addresses, each once";

/** How the gateway's Service gets its address, and who may reach it there. */
export const GATEWAY_SERVICE_SCHEMA = z.strictObject({
    annotations: annotations(
        "of the Service; they tell clouds which load balancer to create, such as an internal one",
        (key) => ["helm.sh", "meta.helm.sh", "pulumi.com"].includes(key.split("/")[0] ?? ""),
    ).optional(),
    loadBalancerClass: text(CLASS, isQualifiedName)
        .optional()
        .describe("with LoadBalancer: who provides the load balancer; immutable in Kubernetes"),
    loadBalancerIP: text(ADDRESS, isAddress)
        .optional()
        .describe("with LoadBalancer: a fixed address, on clouds that still read this field"),
    sourceRanges: z
        .array(text(RANGE, isRange), { error: RANGES })
        .min(1, { error: RANGES })
        .refine((ranges) => new Set(ranges).size === ranges.length, { error: RANGES })
        .optional()
        .describe("with LoadBalancer: who may reach it; default: everybody that the network admits"),
});

function text(expected: string, isRight: (value: string) => boolean) {
    return z.string({ error: expected }).refine(isRight, { error: expected });
}

function isAddress(value: string): boolean {
    return isIP(value) !== 0 && !value.includes("%");
}

function isRange(value: string): boolean {
    const [address = "", bits = "", ...more] = value.split("/");
    if (more.length > 0 || !isAddress(address) || !/^(0|[1-9]\d{0,2})$/.test(bits)) return false;
    return Number(bits) <= (isIP(address) === 4 ? 32 : 128);
}
