import assert from "node:assert/strict";
import type { Access } from "../../../../doctor/connection/access";
import { discover, unread } from "../../../../doctor/inventory/discovery";
import { itemsOf } from "../../../../shared/cluster/facts";

/** A cluster of 1200 pods, whose Telemetries nobody may list. */
function largeCluster(asked: string[]): Access {
    const get = (path: string): Promise<unknown> => {
        asked.push(path);
        if (path.includes("telemetries")) return Promise.resolve({ failure: { kind: "forbidden", reason: "not you" } });
        if (!path.startsWith("/api/v1/pods")) return Promise.resolve({ value: { items: [], metadata: {} } });
        const page = Number(/continue=(\d)/.exec(path)?.[1] ?? 0);
        const items = Array.from({ length: page === 2 ? 200 : 500 }, () => ({ metadata: { name: "p" } }));
        const metadata = page === 2 ? {} : { continue: String(page + 1) };
        return Promise.resolve({ value: { items, metadata } });
    };
    return { get } as unknown as Access;
}

describe("what the doctor reads of a cluster", () => {
    it("is a few lists, however many pods there are", async () => {
        const asked: string[] = [];
        const discovery = await discover(largeCluster(asked));
        assert.equal(itemsOf(discovery.pods).length, 1200);
        assert.equal(asked.filter((path) => path.startsWith("/api/v1/pods?")).length, 3);
        assert.ok(asked.length < 20, asked.join("\n"));
    });

    it("is less with fewer rights, and says so", async () => {
        const discovery = await discover(largeCluster([]));
        assert.deepEqual(unread(discovery), [{ what: "telemetries", reason: "not you" }]);
        assert.deepEqual(itemsOf(discovery.telemetries), []);
    });
});
