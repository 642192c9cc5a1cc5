import assert from "node:assert/strict";
import { join } from "node:path";
import { judgeStack, type Judgement } from "../../cli/policy/index";
import { violationsOf } from "../../cli/policy/report";
import { stackNames } from "../../cli/stackConfig";

const PROJECT = join(__dirname, "../..");
const rulesOf = (judgement: Judgement): string[] => violationsOf(judgement).map(({ rule }) => rule);

describe("the stacks of the project", () => {
    for (const stack of stackNames(PROJECT)) {
        it(`include ${stack}, which no rule has anything against`, async () => {
            const judgement = await judgeStack(PROJECT, stack, {});
            assert.equal(judgement.environment, stack);
            assert.deepEqual(violationsOf(judgement), []);
            assert.ok(judgement.objects >= 8);
        });
    }
});

describe("settings that are valid and have no place in production", () => {
    const refused = async (overrides: Record<string, string>): Promise<string[]> =>
        rulesOf(await judgeStack(PROJECT, "ci", { environment: "prod", overrides }));

    const cases: { what: string; overrides: Record<string, string>; rule: string }[] = [
        { what: "a sampling of 100", overrides: { samplingPercent: "100" }, rule: "sampling-cap" },
        { what: "traces in memory", overrides: { jaegerMaxTraces: "1000" }, rule: "jaeger-storage-durable" },
        {
            ...{ what: "an image latest", rule: "image-pinned" },
            overrides: { images: '{"jaeger":"docker.io/jaegertracing/jaeger:latest"}' },
        },
    ];
    for (const { what, overrides, rule } of cases) {
        it(`${what} is refused by ${rule}`, async () => {
            assert.ok((await refused(overrides)).includes(rule));
        });
    }

    it("a sampling of 1 is not refused", async () => {
        assert.ok(!(await refused({ samplingPercent: "1" })).includes("sampling-cap"));
    });
});

describe("a stack that is judged", () => {
    it("has its charts rendered, or says that it judged their values alone", async () => {
        const { notes, objects } = await judgeStack(PROJECT, "ci", {});
        const releases = 2;
        assert.ok(notes.length === releases ? notes.every((note) => /not rendered: /.test(note)) : objects > 30);
    });

    it("has the rules read what stands in a chart's values", async () => {
        const overrides = {
            istiodValues:
                '{"meshConfig":{"defaultConfig":{"tracing":{"customTags":{"who":{"header":{"name":"authorization"}}}}}}}',
        };
        await assert.rejects(judgeStack(PROJECT, "ci", { overrides }), /istiodValues/);
        const provider =
            '{"meshConfig":{"extensionProviders":[{"name":"second","zipkin":{"service":"zipkin","port":9411}}]}}';
        const judged = await judgeStack(PROJECT, "ci", { overrides: { istiodValues: provider } });
        const found = violationsOf(judged).find(({ rule }) => rule === "collector-fqdn");
        assert.equal(found?.got, "zipkin");
        assert.equal(found.source, "stack ci");
    });
});
