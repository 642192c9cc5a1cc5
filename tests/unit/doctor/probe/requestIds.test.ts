import assert from "node:assert/strict";
import { requestIdsOf } from "../../../../doctor/evidence/accessLog";
import { shapeOf } from "../../../../doctor/probe/requestIds";

const OWN = "a98f9fba-54bf-99d9-8fd3-4c5ab9aa45bd";
const HEX = "27290d28d5c38da315a78399d71fc20b";

describe("the request ids in an access log", () => {
    const formats: Record<string, (id: string) => string> = {
        "of this program": (id) => `[now] "GET /a b HTTP/1.1" 200 - duration_ms=1 request_id=${id} upstream_host=-`,
        "of Istio's default": (id) =>
            `[now] "GET / HTTP/1.1" 200 - via_upstream - "-" 0 2 "curl" "${id}" "backend" "-"`,
        "in JSON": (id) => JSON.stringify({ path: "/", request_id: id === "-" ? null : id, duration: 3 }),
    };
    for (const [format, line] of Object.entries(formats)) {
        it(`stand in a log ${format} where a probe's does`, () => {
            const log = ["Envoy proxy is ready", line(HEX), line(OWN), line("-"), line("order 4711".slice(6))];
            assert.deepEqual(requestIdsOf(log, [{ requestId: OWN }]), [HEX, OWN, "4711"]);
        });
    }

    it("are unknown where no line tells of a probe", () => {
        assert.deepEqual(requestIdsOf([`request_id=${HEX}`], [{ requestId: OWN }]), []);
    });
});

describe("the shape of a request id", () => {
    const shapes: [string, string | undefined][] = [
        [OWN, undefined],
        [OWN.toUpperCase(), undefined],
        [HEX, "hexadecimal"],
        ["27290d28", "hexadecimal"],
        ["27290d2", "text"],
        ["01ARZ3NDEKTSV4RRFFQ69G5FAV", "text"],
        ["Root=1-67891233-abcdef012345678912345678", "text"],
        ["order-1", "text"],
        ["istio-tracing-doctor-4711", undefined],
    ];
    for (const [id, shape] of shapes) {
        it(`is ${shape ?? "none"} for ${id}`, () => {
            assert.equal(shapeOf(id), shape);
        });
    }
});
