import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { aksHolder, sailHolder, type HolderKind } from "../../cli/adopt/meshHolder";
import type { Change, MeshHolder } from "../../cli/adopt/addedProvider";

const FOLDER = join(__dirname, "adopted");
const REGENERATE = process.env["UPDATE_GOLDEN"] === "1";
const PROVIDER = {
    name: "tracing",
    opentelemetry: { service: "jaeger-collector.istio-system.svc.cluster.local", port: 4317 },
};

/** Objects that hold a mesh configuration. Neither the Sail operator nor AKS is to be had for tests, so these are records. */
const HOLDERS: [file: string, kind: HolderKind][] = [
    ["sail-istio", sailHolder("default")],
    ["aks-shared-configmap", aksHolder("aks-istio-system", "asm-1-27")],
];

describe("npm run adopt", () => {
    for (const [file, kind] of HOLDERS) {
        const before = parse(readFileSync(join(FOLDER, `${file}.yaml`), "utf8")) as MeshHolder;

        it(`writes ${kind.name} as it is on record, and gives it back as it was`, () => {
            const adopted = changed(kind.add(before, PROVIDER));
            const text = stringify(adopted, { lineWidth: 0 });
            const record = join(FOLDER, `${file}.adopted.yaml`);
            if (REGENERATE) writeFileSync(record, text);
            assert.ok(existsSync(record), `no record of ${file}: run "npm run golden" and read what it writes`);
            assert.equal(text, readFileSync(record, "utf8"), `${file} ("npm run golden" records)`);
            assert.deepEqual(changed(kind.remove(adopted)), before);
        });
    }
});

function changed(change: Change): MeshHolder {
    assert.ok("object" in change, JSON.stringify(change));
    return change.object;
}
