import type { ClusterObject, ConfigMapObject } from "../../shared/kubernetes/objects";
import { isPlainObject, mapAt, parseJson, textAt, type PlainObject } from "../../shared/values/plainObjects";
import type { Finding } from "../finding";
import { releaseIn, versionOf } from "./controlPlane";

/** The first line whose API server serves `telemetry.istio.io/v1`: https://istio.io/latest/blog/2024/v1-apis/ */
const FIRST_LINE = 22;

/** The values of the chart that the injector's ConfigMap repeats, in the places where users write them. */
export function injectorValues(injector: ConfigMapObject | undefined): PlainObject {
    const values = parseJson(injector?.data?.["values"] ?? "");
    return isPlainObject(values) ? { ...values, ...mapAt(values, "pilot") } : {};
}

/**
 * The release of an istiod: the tag of the sidecars that it injects, or the label of its chart. Undefined if neither
 * tells.
 *
 * @param values those of {@link injectorValues}.
 * @param configMap that of its mesh configuration.
 */
export function releaseOf(values: PlainObject, configMap: ClusterObject | undefined): string | undefined {
    return releaseIn(textAt(values, "global", "tag") ?? "") ?? (configMap && releaseIn(versionOf(configMap).trim()));
}

/** Reports a release that is too old, or that the tests do not cover. */
export function checkRelease(resource: string, version: string | undefined, provenLine: string): Finding[] {
    const cure = "It may work. Look for a joined trace after the update: npm run doctor";
    const finding = (rest: Pick<Finding, "severity" | "expected" | "got" | "cure">): Finding[] => [
        { id: "istio-version-proven", resource, ...rest },
    ];
    if (version === undefined) {
        const expected = "an Istio that names its release, in the tag of its sidecars' image or the label of its chart";
        const [got, more] = ["none", "Features of newer releases are left out."];
        return finding({ severity: "warning", expected, got, cure: `${more} ${cure}` });
    }
    if (version.startsWith(`${provenLine}.`)) return [];
    if (Number(version.split(".")[1]) < FIRST_LINE)
        return finding({
            severity: "error",
            expected: `Istio 1.${String(FIRST_LINE)} or newer, which serves telemetry.istio.io/v1`,
            got: version,
            cure: "Ask its owner to upgrade Istio",
        });
    const expected = `the ${provenLine} line, which this project's tests cover`;
    return finding({ severity: "warning", expected, got: version, cure });
}
