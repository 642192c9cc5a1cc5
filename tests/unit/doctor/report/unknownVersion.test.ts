import assert from "node:assert/strict";
import { diagnose } from "../../../../doctor/diagnose";
import { collectEvidence } from "../../../../doctor/evidence/collect";
import { formatHtml } from "../../../../doctor/report/html";
import { formatText } from "../../../../doctor/report/text";
import { fakeMesh } from "../fakeMesh";

describe("a mesh whose istiod does not say its version", () => {
    it("is looked at as any other, and reported so", async () => {
        const { access } = fakeMesh({ bystanders: 0, backends: 1, answering: 0 });
        const diagnosis = diagnose(await collectEvidence(access, { requests: 50 }, () => undefined));
        assert.equal(diagnosis.healthy, true);
        assert.match(formatText(diagnosis), /^Doctor for Istio of unknown version \(revision default/);
        assert.match(formatHtml(diagnosis), /Istio of unknown version, revision default/);
    });
});
