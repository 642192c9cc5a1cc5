import assert from "node:assert/strict";
import { checkPrometheusOperator } from "../../../../checks/cluster/prometheusOperator";

const ALL = ["Prometheus", "ServiceMonitor", "PodMonitor", "PrometheusRule"];

describe("a cluster's Prometheus operator", () => {
    it("is nothing to talk about where the stack uses it, or where neither has anything to do with it", () => {
        assert.deepEqual(checkPrometheusOperator("mesh", ALL, true), []);
        assert.deepEqual(checkPrometheusOperator("jaeger", ["ServiceMonitor", "PrometheusRule"], true), []);
        assert.deepEqual(checkPrometheusOperator("none", [], true), []);
        assert.deepEqual(checkPrometheusOperator("none", ALL, false), []);
    });

    it("is asked for by a stack whose objects it does not know, with the CRDs that lack and the way out", () => {
        const [finding] = checkPrometheusOperator("mesh", ["ServiceMonitor", "PrometheusRule"], true);
        assert.equal(finding?.severity, "error");
        assert.match(finding.expected, /CRDs podmonitors\.monitoring\.coreos\.com, because it is mesh$/);
        assert.match(finding.cure, /pulumi config rm --path metrics\.operator$/);
        assert.match(checkPrometheusOperator("jaeger", [], false)[0]?.got ?? "", /none of its CRDs/);
    });

    it("is named with the setting that fits where a stack has metrics and does not hand them to it", () => {
        const [finding] = checkPrometheusOperator("none", ALL, true);
        assert.equal(finding?.severity, "info");
        assert.match(finding.cure, /pulumi config set --path metrics\.operator jaeger/);
    });
});
