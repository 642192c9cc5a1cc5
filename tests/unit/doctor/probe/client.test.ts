import assert from "node:assert/strict";
import type { Access } from "../../../../doctor/connection/access";
import { findClient } from "../../../../doctor/probe/requests";

const WHERE = { namespace: "demo", pod: "frontend-0", container: "frontend" };

function containerThat(answers: (program: string) => { code: number; stdout?: string }): Access {
    const exec: Access["exec"] = (_, [program = ""]) =>
        Promise.resolve({ value: { stdout: "", stderr: "", ...answers(program) } });
    return { exec } as unknown as Access;
}

describe("a container that is to send the requests", () => {
    it("is asked for curl first, then for wget", async () => {
        const busybox = containerThat((program) =>
            program === "wget" ? { code: 1, stdout: "Usage: wget" } : { code: 127 },
        );
        assert.deepEqual(await findClient(busybox, WHERE), { value: "wget" });
    });

    it("has none where neither program is there", async () => {
        assert.deepEqual(
            await findClient(
                containerThat(() => ({ code: 127 })),
                WHERE,
            ),
            { value: undefined },
        );
    });

    for (const code of [137, 143]) {
        it(`is not taken for one without a client when it ends meanwhile, with code ${String(code)}`, async () => {
            const fact = await findClient(
                containerThat(() => ({ code })),
                WHERE,
            );
            assert.match("failure" in fact ? fact.failure.reason : "", /^the container ended/);
        });
    }
});
