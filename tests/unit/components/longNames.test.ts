import assert from "node:assert/strict";
import { manifestsOf, planProgram } from "../../../plan";
import { isPlainObject, mapAt } from "../../../shared/values/plainObjects";

const long = (letter: string): string => letter.repeat(63);
/** A DNS name of the greatest length: three labels of 63 and one of 61. */
const LONGEST_HOST = [long("h"), long("o"), long("s"), "t".repeat(61)].join(".");

/** Objects whose name is a label of a DNS name; all others may be as long as a whole one. */
const SHORT_NAMES = ["Service", "Namespace"];

/** Every map of labels in an object: of itself, of pods that it makes, and those by which something is selected. */
function labelsIn(value: unknown): Record<string, unknown>[] {
    if (Array.isArray(value)) return value.flatMap(labelsIn);
    if (!isPlainObject(value)) return [];
    return Object.entries(value).flatMap(([key, part]) => [
        ...(["labels", "matchLabels", "selector"].includes(key) && isPlainObject(part) ? [part] : []),
        ...labelsIn(part),
    ]);
}

describe("a stack whose names are as long as Kubernetes takes them", () => {
    const config = {
        istio: JSON.stringify({ namespace: long("i"), revision: "v".repeat(56), revisionTags: ["t".repeat(43)] }),
        demo: JSON.stringify({ namespace: long("d") }),
        namespaces: JSON.stringify({ [long("n")]: { samplingPercent: 5, injection: long("r") } }),
        ui: JSON.stringify({
            mode: "gateway",
            host: LONGEST_HOST,
            gatewayNamespace: long("g"),
            tls: {
                mode: "certManager",
                certManager: "install",
                certManagerNamespace: long("c"),
                issuer: { type: "selfSigned" },
            },
        }),
        uiBasicAuth: JSON.stringify({ username: "u".repeat(64), password: "correct-horse-9" }),
        clusterDomain: "c.".repeat(83) + "cc",
    };

    it("is planned with names and labels that the API server takes", async function () {
        this.timeout(60_000);
        const manifests = manifestsOf(await planProgram(config));
        assert.ok(manifests.length > 20);
        for (const manifest of manifests) {
            const { name } = mapAt(manifest, "metadata");
            const kind = String(manifest["kind"]);
            assert.ok(
                typeof name === "string" && name.length <= (SHORT_NAMES.includes(kind) ? 63 : 253),
                `${kind} ${String(name)}`,
            );
            for (const labels of labelsIn(manifest))
                for (const [key, text] of Object.entries(labels))
                    if (typeof text === "string")
                        assert.match(
                            text,
                            /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/,
                            `${kind} ${name} ${key}`,
                        );
        }
    });

    it("sends spans to a name of at most 253 characters", async () => {
        const { outputs } = await planProgram(config);
        const [host = ""] = String(outputs["collectorAddress"]).split(":");
        assert.ok(host.length <= 253 && host.startsWith(`jaeger-collector.${long("i")}.svc.c.c.`), host);
    });
});
