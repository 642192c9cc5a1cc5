import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { approver, terminalOf, type Ask } from "../../../../cli/doctor/approve";
import { collectEvidence } from "../../../../doctor/evidence/collect";
import type { RequestPlan } from "../../../../doctor/probe/plan";
import { UserError } from "../../../../shared/terminal/errors";
import { fakeMesh } from "../fakeMesh";

const PLAN: RequestPlan = {
    source: "Pod shop/web-1",
    target: "Service shop/delete-all",
    url: "http://delete-all",
    requests: 30,
    demo: false,
};
const UNASKED = { yes: false, named: false, lab: false };

describe("before the doctor sends requests", () => {
    const refusal = async (ask: Ask, consent = UNASKED, plan = PLAN): Promise<string> => {
        try {
            await approver(consent, ask)(plan);
            return "sent";
        } catch (error) {
            assert.ok(error instanceof UserError);
            assert.equal(error.exitCode, 2);
            return error.message;
        }
    };

    it("it wants --yes or the path where nobody can be asked, and says what it would send", async () => {
        const said = await refusal(undefined);
        assert.match(
            said,
            /up to 30 GET requests from Pod shop\/web-1 to http:\/\/delete-all \(Service shop\/delete-all, path \/\)/,
        );
        assert.match(said, /--yes, or a path in --from and --to/);
    });

    it("it asks on a terminal, and takes nothing but a yes for one", async () => {
        const questions: string[] = [];
        const answering =
            (answer: string): Ask =>
            (question) => {
                questions.push(question);
                return Promise.resolve(answer);
            };
        for (const answer of ["y", "yes", " Y "]) assert.equal(await refusal(answering(answer)), "sent");
        for (const answer of ["", "n", "yesterday", "delete-all"])
            assert.match(await refusal(answering(answer)), /^nothing was sent/);
        assert.match(questions[0] ?? "", /Service shop\/delete-all, path \/\)\. Send them\? \[y\/N\] $/);
    });

    it("it asks nobody with --yes, with a path that was named, in the lab, and in the demo", async () => {
        for (const consent of ["yes", "named", "lab"])
            assert.equal(await refusal(undefined, { ...UNASKED, [consent]: true }), "sent");
        assert.equal(await refusal(undefined, UNASKED, { ...PLAN, demo: true }), "sent");
    });

    it("it shows a name that would change the terminal as its code", async () => {
        assert.doesNotMatch(await refusal(undefined, UNASKED, { ...PLAN, source: "Pod \u001b[2J" }), /\u001b/);
    });

    it("it asks on a terminal alone, and takes the end of the input for no yes", async () => {
        const stream = (isTTY: boolean): PassThrough & { isTTY: boolean } =>
            Object.assign(new PassThrough(), { isTTY });
        assert.equal(terminalOf(stream(false), stream(true)), undefined);
        assert.equal(terminalOf(stream(true), stream(false)), undefined);
        for (const [typed, answer] of [
            ["y\n", "y"],
            ["", ""],
        ] as const) {
            const input = stream(true);
            const asked = terminalOf(input, stream(true))?.("Send them? ");
            input.end(typed);
            assert.equal(await asked, answer);
        }
    });

    it("nothing has been sent, nor a pod been started, when the answer is no", async () => {
        const { access, asked } = fakeMesh({ bystanders: 0, backends: 1, answering: 0 });
        const plans: RequestPlan[] = [];
        const no = (plan: RequestPlan): Promise<void> => {
            plans.push(plan);
            return Promise.reject(new UserError("no", 2));
        };
        await assert.rejects(
            collectEvidence(access, { requests: 30, approve: no, probePod: true }, () => undefined),
            /^UserError: no$/,
        );
        const { source, target, url, requests, demo } = plans[0] ?? PLAN;
        assert.deepEqual(
            [source, target, url, requests, demo],
            ["Pod demo/frontend-0", "Service demo/backend", "http://backend", 30, false],
        );
        assert.deepEqual(
            asked.filter((one) => one.startsWith("exec") && !one.includes("--help")),
            [],
        );
    });
});
