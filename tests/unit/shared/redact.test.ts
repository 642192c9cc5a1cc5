import assert from "node:assert/strict";
import { redact } from "../../../shared/values/redact";

describe("a text for people", () => {
    it("has no password of a URL, wherever the URL stands", () => {
        for (const [text, shown] of [
            ["https://user:geheim@charts.example.com/istio", "https://***@charts.example.com/istio"],
            ['got "oci://user:ge/he@im@registry.example.com/x"', 'got "oci://***@registry.example.com/x"'],
            ["https://geheim@example.com", "https://***@example.com"],
            [
                "https://user:geheim@a.example, https://user:geheim@b.example",
                "https://***@a.example, https://***@b.example",
            ],
        ] as const)
            assert.equal(redact(text), shown);
    });

    it("has none of an address without a scheme either", () => {
        for (const [text, shown] of [
            ["user:geheim@otel.example.com:4317", "***@otel.example.com:4317"],
            ['"user:geheim@registry.example.com/istio"', '"***@registry.example.com/istio"'],
            ["got user:geheim@[2001:db8::1]:4317", "got ***@[2001:db8::1]:4317"],
        ] as const)
            assert.equal(redact(text), shown);
    });

    it("has no token of a URL's query", () => {
        assert.equal(redact("https://a.example/x?access_token=geheim&v=1"), "https://a.example/x?access_token=***&v=1");
        assert.equal(redact("https://a.example/x?sig=geheim#top"), "https://a.example/x?sig=***#top");
    });

    it("is otherwise as it was: images, ports, e-mail addresses, packages", () => {
        for (const text of [
            "docker.io/jaegertracing/jaeger:2.13.0@sha256:abcdef",
            "https://charts.example.com:8080/a@b",
            "Issuer: anna@example.com",
            "at run (file:///tmp/node_modules/@pulumi/pulumi/index.js:12:3)",
            "jaeger-collector.istio-system.svc.cluster.local:4317",
            "https://blob.istio.io/istio-release/charts",
        ])
            assert.equal(redact(text), text);
    });
});
