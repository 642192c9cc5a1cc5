import assert from "node:assert/strict";
import { isStrict } from "../../../../checks/mesh/strictMtls";
import type { Manifest } from "../../../../shared/kubernetes/manifest";

const PODS = { labels: { app: "jaeger" }, namespace: "tracing", rootNamespace: "istio-system" };

function rule(namespace: string, spec: Manifest): Manifest {
    const metadata = { name: "rule", namespace };
    return { apiVersion: "security.istio.io/v1", kind: "PeerAuthentication", metadata, spec };
}

const mode = (mtls: string): Manifest => ({ mtls: { mode: mtls } });
const own = (spec: Manifest): Manifest => rule("tracing", { selector: { matchLabels: PODS.labels }, ...spec });

describe("whether pods refuse plain text", () => {
    const cases: [string, Manifest[], boolean][] = [
        ["not without a rule", [], false],
        ["by the mesh's rule", [rule("istio-system", mode("STRICT"))], true],
        [
            "by the namespace's before the mesh's",
            [rule("istio-system", mode("STRICT")), rule("tracing", mode("PERMISSIVE"))],
            false,
        ],
        [
            "by that for their labels before the namespace's",
            [rule("tracing", mode("PERMISSIVE")), own(mode("STRICT"))],
            true,
        ],
        [
            "by what is said of the port",
            [own({ ...mode("STRICT"), portLevelMtls: { 4317: { mode: "DISABLE" } } })],
            false,
        ],
        [
            "by the mesh's where their own leaves it open",
            [rule("istio-system", mode("STRICT")), own(mode("UNSET"))],
            true,
        ],
        [
            "not by a rule for other pods",
            [rule("tracing", { selector: { matchLabels: { app: "other" } }, ...mode("STRICT") })],
            false,
        ],
        ["not by that of another namespace", [rule("demo", mode("STRICT"))], false],
    ];
    for (const [what, rules, strict] of cases) {
        it(`is decided ${what}`, () => {
            assert.equal(isStrict(rules, PODS, 4317), strict);
        });
    }
});
