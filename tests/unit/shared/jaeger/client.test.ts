import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fetchJson, NoAnswerError } from "../../../../shared/jaeger/client";

describe("a request to Jaeger's query API", () => {
    it("says which address did not answer and for how long, without the password in it", async () => {
        const silent = createServer(() => undefined).listen(0, "127.0.0.1");
        try {
            await new Promise((resolve) => silent.once("listening", resolve));
            const host = `127.0.0.1:${String((silent.address() as AddressInfo).port)}`;
            await assert.rejects(fetchJson(`http://reader:secret@${host}/api/services`, 50), (error: Error) => {
                assert.ok(error instanceof NoAnswerError);
                assert.equal(error.message, `http://${host}/api/services did not answer within 0.05 s`);
                return true;
            });
        } finally {
            silent.closeAllConnections();
            silent.close();
        }
    });
});
