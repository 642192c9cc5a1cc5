import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { nestedFields } from "../../../../cli/docs/fields";
import type { Field } from "../../../../components/settings/field";
import { FIELDS, OBJECT_KEYS, type SettingKey } from "../../../../components/settings/fields";
import { JUDGED_VALUES } from "../../../../components/settings/istiodValues";
import { planProgram } from "../../../../plan";
import { createAuthority } from "../../../../shared/certificates/x509";
import { setPaths } from "../../../../shared/stacks/settingPaths";
import { loadStackConfig, ownSettings } from "../../../../shared/stacks/stackConfig";
import { at, isPlainObject } from "../../../../shared/values/plainObjects";

const ROOT = join(__dirname, "../../../..");
const STACKS = join(ROOT, "tests/lab/lifecycle/stacks");
const FILES = readdirSync(STACKS);

/** What the lab has no images and no component plugin of: the program's own cert-manager. */
const WITHOUT_A_LAB = [
    ...["username", "caFile", "source"].map((field) => `ui.tls.certManagerChart.${field}`),
    ...["pods.certManager", "ownNamespaces.certManager"],
];
/** How a cluster is, and what its platform team asks for; each of these with all that is in it. */
const ABOUT_CLUSTERS =
    /^(istio\.(chartAccess|cni|revision|revisionTags)|ownNamespaces|pods|collector\.path|ui\.(service|parentGateway|ingress|from|tls\.certManagerChart))\b/;

/** Every setting about clusters, with the path of each value in it, as docs/settings.md lists them. */
function documented(): string[] {
    const all = (Object.keys(FIELDS) as SettingKey[]).flatMap((key) => {
        const field: Field = FIELDS[key];
        const nested = OBJECT_KEYS.includes(key) ? nestedFields(field.schema) : [];
        return nested.length === 0
            ? [key]
            : nested.map(({ path }) => (path.startsWith("[") ? `${key}${path}` : `${key}.${path}`));
    });
    return [
        ...all.filter((path) => ABOUT_CLUSTERS.test(path) && !WITHOUT_A_LAB.includes(path)),
        ...Object.keys(JUDGED_VALUES).map((value) => `istio.values.${value}`),
        ...["gateway", "httpRoute", "ingress"].map((mode) => `ui.mode=${mode}`),
        ...["install", "installed"].map((mode) => `istio.cni.mode=${mode}`),
    ];
}

/** The configuration of a stack file, nested. */
function settingsIn(file: string): unknown {
    const { config } = parse(readFileSync(join(STACKS, file), "utf8")) as { config: Record<string, unknown> };
    return Object.fromEntries(
        Object.entries(config).map(([key, value]) => [key.replace(/^istio-tracing:/, ""), value]),
    );
}

/** True if a configuration sets a value at a path, in one of the items where the path goes through a list. */
function sets(config: unknown, [part = "", ...rest]: string[]): boolean {
    const [name = "", wanted] = part.split("=");
    const list = name.endsWith("[]");
    const value = at(config, list ? name.slice(0, -2) : name);
    if (value === undefined) return false;
    if (rest.length === 0) return wanted === undefined || value === wanted;
    return list
        ? Array.isArray(value) && value.some((item) => sets(item, rest))
        : isPlainObject(value) && sets(value, rest);
}

const missingIn = (configs: unknown[]): string[] =>
    documented().filter((path) => !configs.some((config) => sets(config, path.split("."))));

describe("the stack files of clusters as people have them", () => {
    it("set every setting about clusters, of those that can run in the lab", () => {
        assert.equal(FILES.length, 3);
        assert.ok(documented().length > 40);
        assert.deepEqual(missingIn(FILES.map(settingsIn)), []);
    });

    it("are each needed for that, since choices exclude each other", () => {
        for (const file of FILES)
            assert.notDeepEqual(missingIn(FILES.filter((one) => one !== file).map(settingsIn)), []);
    });

    let folder: string;
    let caFile: string;
    before(() => {
        folder = mkdtempSync(join(tmpdir(), "cluster-stacks-"));
        caFile = join(folder, "ca.pem");
        writeFileSync(caFile, createAuthority("company").certificatePem);
    });
    after(() => {
        rmSync(folder, { recursive: true });
    });

    for (const file of FILES) {
        it(`are accepted and planned: ${file}`, async () => {
            const { values, project } = loadStackConfig(ROOT, "clusters", undefined, join(STACKS, file));
            const raw = setPaths(ownSettings({ values, project, overlaid: [] }), {
                uiBasicAuth: '{"username":"anna","password":"correct-horse-9"}',
                ...(file.includes("platform") && {
                    ...{ istioChartPassword: "geheim", "istio.chartAccess.caFile": caFile },
                }),
            });
            const { resources } = await planProgram(raw);
            assert.ok(resources.length > 10);
        });
    }
});
