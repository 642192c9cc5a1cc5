import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderRelease } from "../../cli/policy/charts";

describe("a chart that helm cannot render", () => {
    it("is named with helm's reason, even when helm ends before it has read the values", async () => {
        const folder = mkdtempSync(join(tmpdir(), "charts-"));
        try {
            const helm = join(folder, "helm");
            writeFileSync(helm, "#!/bin/sh\nexec <&-\necho 'Error: no such chart' >&2\nexit 1\n");
            chmodSync(helm, 0o755);
            // More than a pipe holds, so that the writer is there when helm is gone.
            const values = { text: "x".repeat(1_000_000) };
            const release = { kind: "Release", apiVersion: "helm.sh/v3", spec: { chart: "istiod", values } };
            const rendered = await renderRelease(release, { helm, charts: undefined, fetch: true });
            assert.deepEqual(rendered, { reason: "Error: no such chart" });
        } finally {
            rmSync(folder, { recursive: true });
        }
    });
});
