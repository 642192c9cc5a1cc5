import assert from "node:assert/strict";
import { createRedactor } from "../../../../doctor/bundle/redact";

describe("what is removed from a bundle", () => {
    const { text, value, file } = createRedactor(["anna:letmein", "letmein"]);

    const leaking: [what: string, given: string, left: RegExp][] = [
        [
            "the doctor's own login, in any form",
            `a letmein ${Buffer.from("anna:letmein").toString("base64")}`,
            /^a \[removed\] \[removed\]$/,
        ],
        ["a header", "authorization: Bearer abc.def-ghi", /authorization: \[removed\]|Bearer \[removed\]/],
        ["an assignment", 'DB_PASSWORD="two words" next', /^DB_PASSWORD=\[removed\] next$/],
        ["a field of JSON", '{"apiKey":"abc","name":"x"}', /"name":"x"/],
        ["a JSON web token", "jwt is eyJhbGciOi.eyJzdWIi.c2ln here", /^jwt is \[removed\] here$/],
        [
            "a key of a certificate, also without its end",
            "-----BEGIN RSA PRIVATE KEY-----\nMIIabc",
            /^\[removed RSA PRIVATE KEY\]$/,
        ],
        ["a long opaque word", "got aB3dEfGhIjKlMnOpQrStUvWxYz0123456789aBcDeF here", /^got \[removed\] here$/],
        ["a query", '"GET /a?user=anna&code=1 HTTP/1.1" 200', /^"GET \/a\?\*\*\* HTTP\/1.1" 200$/],
    ];
    for (const [what, given, left] of leaking) {
        it(`is ${what}`, () => {
            assert.match(text(given), left);
            assert.doesNotMatch(text(given), /letmein|abc\.def|two words|:"abc"|eyJ|MII|aB3d|anna/);
        });
    }

    it("is not what tells a request, a workload or an image", () => {
        const lines = [
            "trace_id=4bf92f3577b34da6a3ce929d0e0e4736 request 3f2b8c1e-9a7d-9b3f-8c1e-9a7d3f2b8c1e",
            "cluster.outbound|4317||jaeger-collector.istio-system.svc.cluster.local;.upstream_rq_total: 12",
            "docker.io/istio/proxyv2@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "tracing.opentelemetry.spans_sent: 4",
            'otelcol_receiver_accepted_spans_total{receiver="otlp",transport="grpc"} 66',
        ];
        for (const line of lines) assert.equal(text(line), line);
    });

    it("is a field whose name contains that of a credential", () => {
        const names = [
            "passwordHash",
            "tokenValue",
            "CLIENT_SECRET",
            "x-api-key",
            "authToken",
            "db.password",
            "privateKeyPem",
        ];
        for (const name of names) assert.deepEqual(value({ [name]: "abc" }), { [name]: "[removed]" });
        for (const name of ["authority", "secretName", "key_file", "passthrough"])
            assert.deepEqual(value({ [name]: "abc" }), { [name]: "abc" });
    });

    it("keeps structure and references, so that one can see that there was something", () => {
        const given = {
            spec: {
                tls: { mode: "SIMPLE", credentialName: "tls" },
                env: [{ name: "PASSWORD", valueFrom: { secretKeyRef: { name: "db", key: "pw" } } }],
                auth: { user: "a", list: ["b"], on: true },
                tracing: [{ providers: [{ name: "jaeger" }], customTags: { tier: { literal: { value: "gold" } } } }],
            },
        };
        const { spec } = value(given);
        assert.deepEqual(spec.tls, given.spec.tls);
        assert.deepEqual(spec.env, given.spec.env);
        assert.deepEqual(spec.auth, { user: "[removed]", list: ["[removed]"], on: true });
        assert.deepEqual(spec.tracing, given.spec.tracing);
    });

    it("is a whole file that is neither YAML nor JSON, and nothing of one that is but its secrets", () => {
        assert.equal(file("anna:$2y$05$abcdef"), "[left out: not YAML]");
        assert.equal(
            file("endpoint: a:4317\nheaders: { x-key: abc }\n"),
            'endpoint: a:4317\nheaders:\n  x-key: "[removed]"\n',
        );
    });

    it("takes data of any shape: empty, deep, long", () => {
        assert.deepEqual(value({}), {});
        assert.equal(value(null), null);
        assert.equal(text(""), "");
        let deep: object = { password: "x" };
        for (let level = 0; level < 500; level++) deep = { level: deep };
        assert.doesNotMatch(JSON.stringify(value(deep)), /"x"/);
        // None of these takes longer than its length explains.
        text("a=".repeat(200_000));
        text("A1a".repeat(100_000));
        text("?".repeat(100_000));
        text('"'.repeat(100_000));
    });
});
