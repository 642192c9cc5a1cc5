import assert from "node:assert/strict";
import { findRetentionProblems } from "../../../../components/settings/retentionProblems";
import type { SearchStorage } from "../../../../components/storage";

const STORAGE: SearchStorage = { type: "opensearch", serverUrls: ["https://a:9200"], retentionHours: 168 };
const WITHOUT: SearchStorage = { type: "opensearch", serverUrls: STORAGE.serverUrls };
const keys = (opensearch: object, storage: SearchStorage = STORAGE): string[] =>
    findRetentionProblems(storage, { extensions: { jaeger_storage: { backends: { main: { opensearch } } } } }).map(
        ({ key }) => key.replace("jaeger.config.extensions.jaeger_storage.backends.main.opensearch.", ""),
    );

describe("a retention and further configuration of a search engine", () => {
    it("go together where the job finds the indices", () => {
        assert.deepEqual(keys({}), []);
        assert.deepEqual(keys({ use_ilm: false, use_aliases: false, bulk_processing: { workers: 2 } }), []);
        assert.deepEqual(keys({ indices: { spans: { date_layout: "2006-01-02-15" } } }), []);
        const prefixed = { ...STORAGE, indexPrefix: "prod" };
        assert.deepEqual(keys({ indices: { index_prefix: "prod" } }, prefixed), []);
    });

    it("do not go together where it would find none, and end without an error", () => {
        assert.deepEqual(keys({ use_ilm: true, use_aliases: true }), ["use_ilm", "use_aliases"]);
        const layouts = { services: { date_layout: "2006.01.02" }, sampling: { date_layout: 5 } };
        assert.deepEqual(keys({ indices: layouts }), ["indices.services.date_layout", "indices.sampling.date_layout"]);
        assert.deepEqual(keys({ indices: { index_prefix: "prod" } }), ["indices.index_prefix"]);
    });

    it("leave a lifecycle policy alone without a retention", () => {
        assert.deepEqual(keys({ use_ilm: true, use_aliases: true }, WITHOUT), []);
    });
});
