import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProblems, parseCall, save } from "../../../../cli/doctor/options";

describe("the doctor's options", () => {
    let folder: string;
    before(() => {
        folder = mkdtempSync(join(tmpdir(), "doctor-options-"));
    });
    after(() => {
        rmSync(folder, { recursive: true });
    });

    it("rejects options that contradict each other, each with the reason, before it asks or writes anything", () => {
        const bundle = join(folder, "old.tar.gz");
        writeFileSync(bundle, "mine");
        const cases: [string[], RegExp][] = [
            [["--watch", "--during", "true"], /--watch without --during/],
            [["--watch", "--html", join(folder, "a.html"), "--probe-pod"], /--watch without --html, --probe-pod/],
            [["--during", "true", "--context", "a", "--context", "b"], /--during without several --context/],
            [
                ["--during", "true", "--github", "--bundle", join(folder, "a.tar.gz")],
                /--during without --github, --bundle/,
            ],
            [["--during", " "], /--during to be a command, got an empty text/],
            [["--json", "--github"], /--json or --github, got both/],
            [["--context", "a", "--context", "a"], /each --context once, got a several times/],
            [["--context", "a", "--context", "b", "--bundle", join(folder, "a.tar.gz")], /--bundle with one --context/],
            [["--interval", "60"], /--interval together with --watch or --during/],
            [["--watch", "--interval", "5"], /--interval to be a whole number of seconds from 10 to 3600.*got "5"/],
            [["--watch", "--interval", "1e9"], /--interval .*got "1e9"/],
            [
                ["--during", "true", "--interval", "0.1"],
                /--interval to be a number of seconds from 0\.2 to 60.*got "0\.1"/,
            ],
            [["--during", "true", "--interval", "NaN"], /--interval .*got "NaN"/],
            [["--bundle", bundle], /--bundle to name a new file, got .*, which exists/],
            [["--bundle", join(folder, "report.zip")], /--bundle to name a file that ends with \.tar\.gz/],
            [["--bundle", join(folder, "none", "a.tar.gz")], /--bundle to name a file, got .*there is no folder/],
            [["--html", join(folder, "x"), "--junit", join(folder, "x")], /different files for/],
        ];
        for (const [args, sentence] of cases)
            assert.match(findProblems(parseCall(args, ""), undefined).join("\n"), sentence);
        assert.equal(readFileSync(bundle, "utf8"), "mine");
        assert.throws(() => {
            save(bundle, "other", true);
        }, /could not write .*name another file/);
        assert.equal(readFileSync(bundle, "utf8"), "mine");
    });

    it("are all right where each is used with what it belongs to", () => {
        const calls = [
            ["--watch", "--interval", "10", "--json", "--requests", "10", "--fail-on", "warning"],
            ["--during", "kubectl apply -f x", "--interval", "0.2", "--timeout", "3600"],
            ["--context", "a", "--context", "b", "--github", "--html", join(folder, "a.html")],
            ["--bundle", join(folder, "a.tgz"), "--json", "--probe-pod"],
        ];
        for (const call of calls) assert.deepEqual(findProblems(parseCall(call, ""), undefined), []);
    });
});
