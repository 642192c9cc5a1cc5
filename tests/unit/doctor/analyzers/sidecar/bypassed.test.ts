import assert from "node:assert/strict";
import { diagnosisOf, findingOf } from "../../patient";

const NAME = "traffic.sidecar.istio.io/";

/** A backend that answers, and whose sidecar takes none of the requests. */
function bypassed(annotations: Record<string, string>): ReturnType<typeof findingOf> {
    return findingOf(
        diagnosisOf((patient) => {
            Object.assign(patient, { spans: "none", taken: 0 });
            patient.backend.metadata.annotations = { ...patient.backend.metadata.annotations, ...annotations };
        }),
        "sidecar-bypassed",
    );
}

describe("a target whose requests pass its sidecar by", () => {
    it("loses the annotations of that direction alone", () => {
        const { got, commands } = bypassed({
            [`${NAME}excludeInboundPorts`]: "8080",
            [`${NAME}excludeOutboundPorts`]: "3306",
        });
        assert.match(got, /excludeInboundPorts: "8080"/);
        assert.match(
            commands[0] ?? "",
            /^kubectl patch deployment backend -n demo --type=merge .*excludeInboundPorts":null/,
        );
        assert.doesNotMatch(commands.join(), /excludeOutboundPorts/);
        assert.match(commands[1] ?? "", /^kubectl rollout status deployment\/backend/);
    });

    it("gets no command where nothing is annotated: its user or network is the reason then", () => {
        const { commands, cure } = bypassed({});
        assert.deepEqual(commands, []);
        assert.match(cure, /^No annotation of the pod explains this\./);
    });
});
