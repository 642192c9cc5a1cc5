import assert from "node:assert/strict";
import { checkCollectorHeaders, checkCollectorPort } from "../../../checks/collector/settings";
import { formatFinding } from "../../../checks/finding";
import { checkTracesWorthKeeping } from "../../../checks/jaeger/durableStorage";
import { checkTraceMemory, tracesThatFit } from "../../../checks/jaeger/traceMemory";
import { checkClientFlag } from "../../../checks/telemetry/samplingSettings";
import { checkImagePinned } from "../../../checks/workload/images";
import { checkIstioVersion, checkJaegerImage } from "../../../checks/workload/testedVersions";

describe("warnings of the preview", () => {
    it("name an Istio outside the proven line", () => {
        assert.deepEqual(checkIstioVersion("1.31.7", "1.31"), []);
        assert.equal(checkIstioVersion("1.310.0", "1.31")[0]?.id, "istio-version-proven");
        assert.equal(checkIstioVersion("1.30.4", "1.31")[0]?.got, "1.30.4");
    });

    it("name a Jaeger outside the proven line, and say nothing of a digest", () => {
        assert.deepEqual(checkJaegerImage("docker.io/jaegertracing/jaeger:2.13.2", "2.13"), []);
        assert.deepEqual(checkJaegerImage(`jaeger@sha256:${"0".repeat(64)}`, "2.13"), []);
        assert.equal(checkJaegerImage("mirror:5000/jaeger:2.20.0", "2.13")[0]?.got, "2.20.0");
    });

    it("name an image that floats", () => {
        assert.deepEqual(checkImagePinned("images.jaeger", "mirror:5000/jaeger:2.13.0"), []);
        assert.equal(checkImagePinned("images.jaeger", "jaeger:latest")[0]?.resource, "images.jaeger");
    });

    it("name a collector port that is another protocol's usual one", () => {
        const protocol = "otlp-grpc";
        assert.deepEqual(checkCollectorPort({ port: 4317, protocol }), []);
        assert.deepEqual(checkCollectorPort({ port: 14317, protocol }), []);
        assert.match(checkCollectorPort({ port: 4318, protocol })[0]?.got ?? "", /otlp-http/);
    });

    it("name more traces than Jaeger's memory holds, and nothing of the number that follows from the memory", () => {
        const limit = 512 * 1024 * 1024;
        const fit = tracesThatFit(limit);
        assert.deepEqual(checkTraceMemory(fit, limit), []);
        assert.match(
            checkTraceMemory(fit + 1, limit)[0]?.expected ?? "",
            new RegExp(`at most about ${String(fit)} traces`),
        );
        assert.deepEqual(checkTraceMemory(10_000_000, undefined), []);
    });

    it("name traces of the user's own workloads that are kept in memory", () => {
        assert.equal(checkTracesWorthKeeping("memory", true)[0]?.resource, "jaeger.storage");
        assert.deepEqual(checkTracesWorthKeeping("memory", false), []);
        assert.deepEqual(checkTracesWorthKeeping("badger", true), []);
    });

    it("name a memory limit that holds hardly a trace", () => {
        const limit = 64 * 1024 * 1024;
        assert.equal(tracesThatFit(limit), 100);
        assert.equal(checkTraceMemory(tracesThatFit(limit), limit)[0]?.id, "jaeger-traces-fit-memory");
    });

    it("name headers that leave the cluster without TLS", () => {
        assert.equal(checkCollectorHeaders(["x-key"], true, false)[0]?.id, "collector-headers-tls");
        assert.deepEqual(checkCollectorHeaders(["x-key"], true, true), []);
        assert.deepEqual(checkCollectorHeaders(["x-key"], false, false), []);
        assert.deepEqual(checkCollectorHeaders([], true, false), []);
    });

    it("name a client whose flag overrules the rate, which it does with zipkin alone", () => {
        assert.equal(checkClientFlag(5, "zipkin", true)[0]?.id, "client-flag-overrules-sampling");
        assert.deepEqual(checkClientFlag(5, "zipkin", false), []);
        assert.deepEqual(checkClientFlag(5, "otlp-grpc", true), []);
        assert.deepEqual(checkClientFlag(100, "zipkin", true), []);
        assert.deepEqual(checkClientFlag(0, "zipkin", true), []);
    });

    it("say what was expected, what was got, and the cure", () => {
        const [finding] = checkIstioVersion("1.30.4", "1.31");
        assert.ok(finding);
        assert.match(
            formatFinding(finding),
            /^istio\.version: expected .*1\.31.*, got 1\.30\.4\. .+\(istio-version-proven\)$/,
        );
    });
});
