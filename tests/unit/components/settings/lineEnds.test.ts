import assert from "node:assert/strict";
import { createAuthority } from "../../../../shared/certificates/x509";
import { settingsOf } from "./helpers";

describe("a certificate that was pasted with Windows line ends", () => {
    const pem = createAuthority("line ends").certificatePem.trim();
    const withEnds = (end: string): string => `${pem}\n`.replaceAll("\n", end);

    it("is that of the collector with the line ends of Linux, so that nothing differs by the machine", () => {
        const caOf = (ca: string): string | undefined =>
            settingsOf({
                collectorAddress: "otel.example.com:4317",
                "collector.tls": JSON.stringify({ ca }),
            }).collector.tls?.ca;
        for (const end of ["\r\n", "\r"]) assert.equal(caOf(withEnds(end)), caOf(withEnds("\n")), JSON.stringify(end));
        assert.doesNotMatch(caOf(withEnds("\r\n")) ?? "", /\r/);
    });

    it("is that of Jaeger's storage so as well", () => {
        const ca = withEnds("\r\n");
        const storage = { type: "elasticsearch", serverUrls: ["https://es.example.com:9200"], tls: { ca } };
        assert.doesNotMatch(
            JSON.stringify(settingsOf({ "jaeger.storage": JSON.stringify(storage) }).jaeger.storage),
            /\\r/,
        );
    });
});
