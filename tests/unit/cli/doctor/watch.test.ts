import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { toLines } from "../../../../cli/doctor/watch";
import type { Change, SeenFinding } from "../../../../doctor/watch/sight";

function finding(id: string, resource = "Service a/b"): SeenFinding {
    return { id, severity: "error", segment: "export", resource, expected: "one", got: "none", cure: "Add it." };
}

function linesOf(given: Partial<Change["now"]>, appeared: SeenFinding[] = [], gone: SeenFinding[] = []): string[] {
    const now = { state: "healthy", sentence: "All is well.", findings: [], failed: false, exitCode: 0, ...given };
    const change = { timeMs: Date.UTC(2026, 0, 2, 3, 4, 5), now, appeared, gone } as Change;
    return toLines(change).map((line) => stripVTControlCharacters(line));
}

describe("a line of --watch", () => {
    it("has the time and the state, then what appeared or is gone", () => {
        assert.deepEqual(linesOf({}), ["2026-01-02T03:04:05Z healthy: All is well."]);
        assert.deepEqual(linesOf({ state: "faulty" }, [finding("x")], [finding("y")]), [
            "2026-01-02T03:04:05Z not healthy: + error x in export: Service a/b: expected one, got none",
            "2026-01-02T03:04:05Z not healthy: - error y: Service a/b",
        ]);
    });

    it("says why nothing is proven, also where something else is gone", () => {
        assert.deepEqual(linesOf({ state: "unproven", sentence: "No answer." }, [], [finding("y")]), [
            "2026-01-02T03:04:05Z not proven: No answer.",
            "2026-01-02T03:04:05Z not proven: - error y: Service a/b",
        ]);
    });

    it("stays one line whatever the cluster's names contain", () => {
        const [line = "", ...more] = linesOf({ state: "faulty" }, [finding("x", "Service a\n\x1b[2J\r")]);
        assert.deepEqual(more, []);
        assert.doesNotMatch(line, /[\x00-\x1f]/);
    });
});
