import assert from "node:assert/strict";
import {
    checkSearchServer,
    checkWritable,
    type ServerAnswer,
    type WantedServer,
} from "../../../../checks/jaeger/searchServer";

const WANTED: WantedServer = { type: "opensearch", url: "https://search:9200", username: "jaeger", loggedIn: true };
const server = (number: string, distribution?: string): ServerAnswer => ({
    status: 200,
    body: { version: { number, ...(distribution !== undefined && { distribution }) } },
});
const found = (answer: ServerAnswer, wanted = WANTED): string[] =>
    checkSearchServer(wanted, answer).map(({ id, severity, got }) => `${severity} ${id}: ${got}`);

describe("the server of Jaeger's storage", () => {
    it("is fine in every version that Jaeger takes", () => {
        for (const version of ["1.3.0", "2.19.6", "3.1.0"]) assert.deepEqual(found(server(version, "opensearch")), []);
        for (const version of ["7.17.28", "8.1.0", "9.0.0"]) assert.deepEqual(found(server(version)), []);
    });

    it("is refused in another version, and so is another kind of server", () => {
        assert.deepEqual(found(server("6.8.0")), ["error storage-version: elasticsearch 6.8.0"]);
        assert.deepEqual(found(server("4.0.0", "opensearch")), ["error storage-version: opensearch 4.0.0"]);
        assert.deepEqual(found({ status: 200, body: undefined }), [
            "error storage-server: an answer without a version",
        ]);
        assert.deepEqual(found({ status: 502, body: undefined }), ["error storage-server: HTTP 502"]);
    });

    it("says whether it refuses the login, if one was tried", () => {
        for (const status of [401, 403]) {
            const refused = { status, body: undefined };
            assert.deepEqual(found(refused), [`error storage-login: HTTP ${String(status)}`]);
            assert.deepEqual(found(refused, { ...WANTED, loggedIn: false }), []);
        }
    });

    it("has another certificate than the settings trust", () => {
        const untrusted = "unable to verify the first certificate";
        assert.deepEqual(found({ untrusted }), [`error storage-certificate: ${untrusted}`]);
    });

    it("may be out of reach from here alone, which is a warning", () => {
        assert.deepEqual(found({ unreachable: "getaddrinfo ENOTFOUND search" }), [
            "warning storage-reachable: getaddrinfo ENOTFOUND search, from this machine",
        ]);
    });

    it("writes nothing more into indices when its disk is full, and says how many, with the command", () => {
        const index = (settings: object): object => ({ settings });
        const full = index({ "index.blocks.read_only_allow_delete": "true" });
        const blocked = {
            "jaeger-span-2026-01-02": full,
            "jaeger-service-2026-01-02": full,
            "jaeger-span-1": index({}),
        };
        const [only, ...others] = checkWritable(WANTED, blocked);
        assert.deepEqual([only?.id, only?.severity, others.length], ["storage-read-only", "error", 0]);
        assert.match(only?.got ?? "", /^2 that are read-only, such as jaeger-service-2026-01-02/);
        assert.match(
            only?.cure ?? "",
            /curl -X PUT https:\/\/search:9200\/jaeger-service-2026-01-02,jaeger-span-2026-01-02\/_settings/,
        );
        for (const body of [undefined, {}, { error: "no" }]) assert.deepEqual(checkWritable(WANTED, body), []);
    });
});
