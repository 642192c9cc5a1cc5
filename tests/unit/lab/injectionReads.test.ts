import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { labCharts } from "../../../cli/fromLab/charts";
import { ENRICHMENT, templateReads } from "../../../components/render/injectionReads";
import { INJECTION_INPUTS } from "../../../components/render/sidecarHash";

const ROOT = join(__dirname, "../../..");
const RECORD = join(__dirname, "injectionReads.json");
const RECORDS = process.env["UPDATE_GOLDEN"] === "1";
const INPUTS: readonly string[] = INJECTION_INPUTS;

/** What Istio reads when it injects a pod. */
interface Reads {
    /** Paths of values that its templates name. */
    templates: string[];
    /** Getters of the mesh configuration and of the values in its injector. */
    injector: string[];
}

/** The values behind each getter of the injector; none where it only leads to another, or reads the pod itself. */
const BEHIND: Record<string, string[]> = {
    "ep.GetOpentelemetry": [ENRICHMENT],
    "global.GetHub": ["global.hub"],
    "global.GetProxy": [],
    "global.GetProxy.GetImage": ["global.proxy.image"],
    "global.GetProxyInit": [],
    "global.GetProxyInit.GetImage": ["global.proxy_init.image"],
    "global.GetTag": ["global.tag"],
    "global.GetVariant": ["global.variant"],
    "mc.GetDefaultConfig.GetHoldApplicationUntilProxyStarts.GetValue": ["meshConfig.defaultConfig"],
    "mc.GetExtensionProviders": [ENRICHMENT],
    "mesh.GetDefaultConfig.GetStatusPort": ["meshConfig.defaultConfig"],
    "mesh.GetEnablePrometheusMerge": ["meshConfig.enablePrometheusMerge"],
    "meshConfig.GetDefaultConfig.GetStatusPort": ["meshConfig.defaultConfig"],
    "meshConfig.GetInboundTrafficPolicy.GetMode": ["meshConfig.inboundTrafficPolicy.mode"],
    "meshconfig.GetDefaultConfig": ["meshConfig.defaultConfig"],
    "otel.GetServiceAttributeEnrichment": [ENRICHMENT],
    "asStruct.GetGlobal.GetMultiCluster.GetClusterName": ["global.multiCluster.clusterName"],
    "asStruct.GetGlobal.GetNetwork": ["global.network"],
    "asStruct.GetGlobal.GetProxy.GetHoldApplicationUntilProxyStarts.GetValue": [
        "global.proxy.holdApplicationUntilProxyStarts",
    ],
    "asStruct.GetSidecarInjectorWebhook.GetRewriteAppHTTPProbe.GetValue": [
        "sidecarInjectorWebhook.rewriteAppHTTPProbe",
    ],
    "values.GetGlobal": [],
    "defaults.GetClusterName": [],
    "pc.GetClusterName": [],
    "metadata.GetAnnotations": [],
    "metadata.GetLabels": [],
    "om.GetName": [],
    "om.GetNamespace": [],
    "ObjectMeta.GetAnnotations": [],
    "injector.GetKubeClient": [],
};

/** What the templates of the lab's chart and the sources of its istiod read; undefined where the lab has not built them. */
function readSources(): Reads | undefined {
    const charts = labCharts();
    const version = /istio\.io\/istio (v\S+)/.exec(readFileSync(join(ROOT, "lab/images/go/istio/go.mod"), "utf8"))?.[1];
    const modules = process.env["GOMODCACHE"] ?? join(process.env["GOPATH"] ?? join(homedir(), "go"), "pkg/mod");
    const sources = join(modules, `istio.io/istio@${version ?? ""}`, "pkg/kube/inject");
    if (charts === undefined || !existsSync(sources)) return undefined;
    const templates = ["injection-template.yaml", "gateway-injection-template.yaml"].map((file) =>
        readFileSync(join(charts.chartsDir, "istiod/files", file), "utf8"),
    );
    const code = readdirSync(sources)
        .filter((file) => file.endsWith(".go") && !file.endsWith("_test.go"))
        .map((file) => readFileSync(join(sources, file), "utf8"))
        .join("\n");
    const getters = code.matchAll(/\b([A-Za-z]+(?:\.Get[A-Z][A-Za-z]*\(\))+)/g);
    return {
        templates: [...new Set(templates.flatMap(templateReads))].sort(),
        injector: [...new Set([...getters].map(([, chain = ""]) => chain.replaceAll("()", "")))].sort(),
    };
}

describe("the values that roll injected pods", () => {
    const now = readSources();
    if (RECORDS && now !== undefined) writeFileSync(RECORD, `${JSON.stringify(now, undefined, 4)}\n`);
    const recorded = JSON.parse(readFileSync(RECORD, "utf8")) as Reads;

    it("are on record as the lab's Istio reads them", function () {
        if (now === undefined) return this.skip();
        assert.deepEqual(now, recorded, 'read what changed: "npm run golden" records it');
    });

    it("are all that Istio's injection templates name", () => {
        assert.ok(recorded.templates.length > 40);
        assert.deepEqual(
            recorded.templates.filter((path) => !INPUTS.includes(path)),
            [],
        );
    });

    it("are all that Istio's injector reads beside them", () => {
        assert.deepEqual(
            recorded.injector.filter((getter) => BEHIND[getter] === undefined),
            [],
            "say in this test what stands behind these getters",
        );
        const read = recorded.injector.flatMap((getter) => BEHIND[getter] ?? []);
        assert.deepEqual(
            read.filter((path) => !INPUTS.includes(path)),
            [],
        );
    });

    it("are no others of the mesh configuration", () => {
        const read = [...recorded.templates, ...recorded.injector.flatMap((getter) => BEHIND[getter] ?? [])];
        const idle = INPUTS.filter((path) => path.startsWith("meshConfig.") && !read.includes(path));
        assert.deepEqual(idle, []);
    });
});
