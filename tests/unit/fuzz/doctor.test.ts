import assert from "node:assert/strict";
import { mock } from "node:test";
import type { Access } from "../../../doctor/connection/access";
import { diagnose } from "../../../doctor/diagnose";
import { collectEvidence } from "../../../doctor/evidence/collect";
import { formatHtml } from "../../../doctor/report/html";
import { formatJson } from "../../../doctor/report/json";
import { formatJunit } from "../../../doctor/report/junit";
import { formatText } from "../../../doctor/report/text";
import { CannotLook } from "../../../shared/cluster/target";
import { UserError } from "../../../shared/terminal/errors";
import { fakeMesh, MESH, type FakeMeshSpec } from "../doctor/fakeMesh";
import { fuzzRuns, mutate, mutateText, MUTATION, type Mutation } from "./mutate";
import { OBJECTS } from "./recorded";
import fc from "fast-check";

/** Meshes with a fault each, so that every judge has something to say. */
const MESHES: Partial<FakeMeshSpec>[] = [
    {},
    { lost: true },
    { lost: true, envoy: { traced: false } },
    { lost: true, envoy: { refused: "Tracing: random_sampling" } },
    { envoy: { percent: 25 } },
    { mesh: `${MESH}\t`, inUse: "{}", lost: true },
    { mesh: MESH.replace("opentelemetry: {", "envoyFileAccessLog: {"), lost: true, envoy: { traced: false } },
    { status: 503, lost: true },
    { status: 403, lost: true, envoy: { exported: () => 0 } },
];

/** The same access, of whose answers one is changed; which one is counted from the beginning. */
function changing(access: Access, changes: { at: number; mutation: Mutation; fails: boolean }[]): Access {
    let count = 0;
    const next = <T>(answer: Promise<T>, change: (value: unknown, mutation: Mutation) => unknown): Promise<T> => {
        const found = changes.find(({ at }) => at === count);
        count++;
        if (found === undefined) return answer;
        if (found.fails) return Promise.resolve({ failure: { kind: "forbidden", reason: "no" } } as T);
        return answer.then((fact) => ({ value: change((fact as { value: unknown }).value, found.mutation) }) as T);
    };
    const inOutput = (value: unknown, mutation: Mutation): unknown => {
        const result = value as { stdout: string };
        return { ...result, stdout: mutateText(result.stdout, mutation) };
    };
    return {
        ...access,
        get: <T>(path: string) => next(access.get<T>(path), mutate),
        text: (path) => next(access.text(path), (value, mutation) => mutateText(String(value), mutation)),
        exec: (...call) => next(access.exec(...call), inOutput),
    };
}

describe("the doctor, whatever it reads", () => {
    beforeEach(() => {
        // What it waits for is over at once.
        let now = 0;
        mock.method(performance, "now", () => (now += 500));
        mock.method(globalThis, "setTimeout", (task: () => void) => setImmediate(task) as unknown as NodeJS.Timeout);
    });
    afterEach(() => {
        mock.restoreAll();
    });

    it("comes to a diagnosis that every report can show, or says in words why it cannot look", async function () {
        this.timeout(600_000);
        const change = fc.record({ at: fc.nat({ max: 75 }), mutation: MUTATION, fails: fc.boolean() });
        let diagnosed = 0;
        await fc.assert(
            fc.asyncProperty(
                fc.constantFrom(...MESHES),
                fc.array(change, { minLength: 1, maxLength: 6 }),
                async (mesh, changes) => {
                    const { access } = fakeMesh({
                        bystanders: 2,
                        backends: 2,
                        answering: 0,
                        objects: OBJECTS,
                        ...mesh,
                    });
                    const rarely = changes.map((one, index) => ({ ...one, fails: one.fails && index === 0 }));
                    try {
                        const options = { requests: 20, patienceSeconds: 0 };
                        const evidence = await collectEvidence(changing(access, rarely), options, () => undefined);
                        const diagnosis = diagnose(evidence);
                        for (const format of [formatText, formatHtml, formatJson, formatJunit])
                            assert.ok(format(diagnosis).length > 0);
                        diagnosed++;
                    } catch (error) {
                        if (!(error instanceof UserError || error instanceof CannotLook)) throw error;
                    }
                },
            ),
            { numRuns: fuzzRuns(250), seed: 14 },
        );
        assert.ok(diagnosed > 50);
    });
});
