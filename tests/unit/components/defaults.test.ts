import assert from "node:assert/strict";
import {
    backendArgs,
    frontendArgs,
    istioArgs,
    jaegerAccessArgs,
    jaegerArgs,
    meshTracingArgs,
} from "../../../components/arguments";
import { resolveBackend } from "../../../components/backend";
import { resolveFrontend } from "../../../components/frontend";
import { resolveIstio } from "../../../components/istio";
import { resolveJaeger } from "../../../components/jaeger";
import { resolveJaegerAccess } from "../../../components/jaegerAccess";
import { resolveMeshTracing } from "../../../components/meshTracing";
import { resolveTracedNamespace } from "../../../components/tracedNamespace";
import { settingsOf } from "./settings/helpers";

const namespace = "istio-system";
const injected = { namespace: "demo", sidecarHash: "abc" };
const sent = { ...injected, backendUrl: "http://backend" };

describe("a component with the least of arguments", () => {
    const settings = settingsOf({ namespaces: '{"shop":{}}' });

    it("does what the program does with a stack that sets nothing", () => {
        const pairs: [unknown, unknown][] = [
            [resolveIstio("x", { namespace }), resolveIstio("x", istioArgs(settings))],
            [resolveJaeger("x", { namespace }), resolveJaeger("x", { namespace, ...jaegerArgs(settings) })],
            [
                resolveJaegerAccess("x", { namespace }),
                resolveJaegerAccess("x", { namespace, ...jaegerAccessArgs(settings) }),
            ],
            [resolveBackend("x", injected), resolveBackend("x", { ...injected, ...backendArgs(settings) })],
            [resolveFrontend("x", sent), resolveFrontend("x", { ...sent, ...frontendArgs(settings) })],
            [
                resolveTracedNamespace("x", { namespace: "shop" }),
                resolveTracedNamespace("x", { namespace: "shop", ...settings.namespaces["shop"] }),
            ],
        ];
        for (const [least, whole] of pairs) assert.deepEqual(least, whole);
        const { collector, ...mesh } = resolveMeshTracing("x", {
            rootNamespace: namespace,
            ...meshTracingArgs(settings),
        });
        const { collector: none, ...least } = resolveMeshTracing("x", { rootNamespace: namespace });
        assert.deepEqual(least, mesh);
        // A Service of the cluster needs nothing of MeshTracing.
        assert.deepEqual([none, collector?.outsideAddress], [undefined, undefined]);
    });
});
