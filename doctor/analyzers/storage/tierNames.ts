import { itemsOf } from "../../../shared/cluster/facts";
import type { ServiceObject } from "../../../shared/kubernetes/objects";
import { textAt } from "../../../shared/values/plainObjects";
import type { TierEvidence } from "../../evidence/tiers";
import { nameOfFile, type CollectorFile } from "../../inventory/collectorPipelines";
import { fullName } from "../../inventory/mesh";
import { BALANCING, serviceAt } from "../../inventory/nextTier";
import type { Discovery } from "../../inventory/objects";
import { editFile } from "../../remediation/collectorFile";
import { exportersIn, nameOf, type Cause } from "./tierParts";

type Names = Pick<Discovery, "services" | "namespaces">;

/** A name in a configuration that is that of a Service which does not exist, and what it is perhaps meant to be. */
export interface Misnamed {
    keys: string[];
    /** The sentence about it, for people. */
    says: string;
    /** The same with the only Service of that name in another namespace; undefined if there is not exactly one. */
    right: string | undefined;
}

/** A resolver of load_balancing that names a Service which does not exist. */
export function unknownSamplers(tier: TierEvidence, discovery: Names): Cause[] {
    return exportersIn(tier, BALANCING).flatMap(({ file, name }): Cause[] => {
        const [wrong] = [
            ["k8s", "service"],
            ["dns", "hostname"],
        ].flatMap((way) => misnamed(file, ["exporters", name, "resolver", ...way], discovery) ?? []);
        if (wrong === undefined) return [];
        const others = headlessBeside(tier, discovery);
        const near = others.length === 0 ? "" : ` The headless Services of its namespace are ${others.join(", ")}.`;
        return [
            {
                ...{ id: "tier-without-samplers", resource: nameOf(tier), standing: true },
                expected: "a resolver that names the samplers' Service",
                got: wrong.says,
                cure:
                    wrong.right === undefined
                        ? `Name the samplers' Service in ${wrong.keys.join(".")}, and restart the routers.${near}`
                        : `Set ${wrong.keys.join(".")} to ${wrong.right}, and restart the routers.`,
                commands:
                    wrong.right === undefined
                        ? []
                        : editFile(file, [{ keys: wrong.keys, value: wrong.right }], tier.pods),
            },
        ];
    });
}

/** The value at these keys if it is a Service's name and there is no such Service. */
export function misnamed(file: CollectorFile, keys: string[], discovery: Names): Misnamed | undefined {
    const written = textAt(file.config, ...keys);
    const home = file.configMap.metadata.namespace ?? "";
    if (written === undefined || "failure" in discovery.services || !isServiceName(written, keys, discovery))
        return undefined;
    if (serviceAt(written, home, discovery) !== undefined) return undefined;
    const [, scheme = "", host = "", rest = ""] = /^(\w+:\/\/\/?)?([^/:]*)(.*)$/s.exec(written) ?? [];
    const [name = "", , ...suffix] = host.split(".");
    const same = itemsOf(discovery.services).filter(({ metadata }) => metadata.name === name);
    const [only, another] = same;
    const right = only === undefined || another !== undefined ? undefined : only.metadata.namespace;
    return {
        keys,
        says: `${keys.join(".")} of ${nameOfFile(file)} is ${written}, and there is no such Service`,
        right: right === undefined ? undefined : `${scheme}${[name, right, ...suffix].join(".")}${rest}`,
    };
}

/** True for a name below `svc`, and for a short one. The resolver k8s takes no other, and `example.com` is none. */
function isServiceName(written: string, keys: string[], { namespaces }: Names): boolean {
    if (written.includes("$")) return false;
    if (keys.includes("k8s")) return true;
    const host = written.replace(/^\w+:\/\/\/?/, "").replace(/[:/].*$/s, "");
    if (host === "" || host === "localhost") return false;
    const [, namespace, svc] = host.split(".");
    if (svc !== undefined) return svc === "svc";
    return namespace === undefined || itemsOf(namespaces).some(({ metadata }) => metadata.name === namespace);
}

function headlessBeside({ service }: TierEvidence, discovery: Names): string[] {
    const beside = ({ metadata, spec }: ServiceObject): boolean =>
        metadata.namespace === service?.metadata.namespace && spec?.clusterIP === "None";
    return itemsOf(discovery.services).filter(beside).map(fullName);
}
