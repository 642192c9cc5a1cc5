import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as zlib from "node:zlib";
import { networkSettings, parseSimulation, pickMirror } from "../../../../lab/images/apt";
import { configOf, writeArchive } from "../../../../lab/images/archive";
import { stampChart, stampValues } from "../../../../lab/images/charts";
import { directory, link, textFile, writeLayer } from "../../../../lab/images/layer";
import { duration } from "../../../../lab/images/report";

describe("the lab's use of apt", () => {
    it("takes the machine's Debian mirror, and neither its security archive nor other repositories", () => {
        const targets = [
            "main http://repo.example/nodesource",
            "main http://mirror.example/debian-security/",
            "contrib http://mirror.example/debian/",
            "main http://mirror.example/debian/",
        ];
        assert.equal(pickMirror(targets.join("\n")), "http://mirror.example/debian/");
        assert.equal(pickMirror("main http://archive.example/ubuntu/"), undefined);
    });

    it("takes how to reach a mirror from the machine's settings, but none of its hooks", () => {
        const dump = [
            'Acquire::http::Proxy "http://proxy.example:3128";',
            'Acquire::Check-Valid-Until "false";',
            'APT::Update::Post-Invoke:: "rm -f /var/cache/apt/archives/*.deb";',
            'Dir::State "var/lib/apt";',
        ];
        assert.deepEqual(networkSettings(dump.join("\n")), dump.slice(0, 2));
    });

    it("reads what an installation would bring", () => {
        const output =
            "NOTE: simulation\nInst libmd0 (1.0.4-2 Debian:12.1/oldstable [amd64])\nInst iproute2 (6.1.0-3 Debian [amd64])\nConf libmd0 (1.0.4-2 Debian)\n";
        assert.deepEqual(parseSimulation(output), [
            { name: "libmd0", version: "1.0.4-2" },
            { name: "iproute2", version: "6.1.0-3" },
        ]);
    });
});

describe("the stamp on Istio's charts", () => {
    it("sets version and appVersion, and refuses a chart that has none", () => {
        const stamped = stampChart("name: base\nversion: 1.0.0\nappVersion: 1.0.0\n", "1.31.1");
        assert.equal(stamped, "name: base\nversion: 1.31.1\nappVersion: 1.31.1\n");
        assert.throws(() => stampChart("name: base\n", "1.31.1"), /Istio may have changed its charts/);
    });

    it("sets hub and tag where nightly builds stand, and leaves other values alone", () => {
        const values = 'hub: ""\n  global:\n    hub: registry.istio.io/testing\n    tag: latest\n    other: latest\n';
        assert.equal(
            stampValues(values, "docker.io/istio", "1.31.1"),
            'hub: ""\n  global:\n    hub: docker.io/istio\n    tag: 1.31.1\n    other: latest\n',
        );
    });
});

describe("the lab's images", () => {
    let folder: string;
    beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "layers-"))));
    afterEach(() => {
        fs.rmSync(folder, { recursive: true });
    });

    const long = `deep/${"x".repeat(90)}/${"y".repeat(60)}`;
    const entries = [
        textFile("b/file", "hello", { mode: 0o640, uid: 100, gid: 101 }),
        directory("tmp", { mode: 0o1777 }),
        link("a", "b/file"),
        textFile(long, "long", { attributes: { "user.note": Buffer.from([0, 1, 10]) } }),
    ];

    it("have layers with the same bytes whenever they are made, whatever the order", async () => {
        const first = await writeLayer(path.join(folder, "1.tar"), entries);
        const second = await writeLayer(path.join(folder, "2.tar"), [...entries].reverse());
        assert.equal(first.digest, second.digest);
        assert.ok(fs.readFileSync(first.file).equals(fs.readFileSync(second.file)));
    });

    it("hold paths, modes, owners, links and long names that tar reads", async () => {
        const { file } = await writeLayer(path.join(folder, "layer.tar"), entries);
        const plain = path.join(folder, "plain.tar");
        fs.writeFileSync(plain, zlib.zstdDecompressSync(fs.readFileSync(file)));
        const list = execFileSync("tar", ["--numeric-owner", "--utc", "-tvf", plain], { encoding: "utf8" });
        const members = list
            .trim()
            .split("\n")
            .map((line) => line.replace(/ +\d+ 1970-01-01 00:00/, ""));
        assert.deepEqual(members, [
            "lrwxrwxrwx 0/0 a -> b/file",
            "drwxr-xr-x 0/0 b/",
            "-rw-r----- 100/101 b/file",
            "drwxr-xr-x 0/0 deep/",
            `drwxr-xr-x 0/0 deep/${"x".repeat(90)}/`,
            `-rw-r--r-- 0/0 ${long}`,
            "drwxrwxrwt 0/0 tmp/",
        ]);
    });

    it("share a layer in one archive, and name it by its content before compression", async () => {
        const layer = await writeLayer(path.join(folder, "layer.tar"), entries);
        const image = (name: string) => ({ name, config: { entrypoint: ["/run"], user: "100" }, layers: [layer] });
        const file = path.join(folder, "archive.tar");
        await writeArchive(file, [image("example/one:1"), image("example/two:1")]);
        const names = execFileSync("tar", ["-tf", file], { encoding: "utf8" }).trim().split("\n");
        assert.equal(names.filter((name) => name.startsWith(layer.digest)).length, 1);
        assert.equal(names.at(-1), "manifest.json");
        const config = configOf(image("example/one:1")) as { rootfs: { diff_ids: string[] } };
        assert.deepEqual(config.rootfs.diff_ids, [`sha256:${layer.digest}`]);
    });
});

describe("a duration", () => {
    for (const [seconds, text] of [
        [0.04, "0.0 s"],
        [9.94, "9.9 s"],
        [59, "59 s"],
        [60, "1 min"],
        [185, "3 min 5 s"],
    ] as const) {
        it(`of ${seconds} seconds reads ${text}`, () => {
            assert.equal(duration(seconds), text);
        });
    }
});
