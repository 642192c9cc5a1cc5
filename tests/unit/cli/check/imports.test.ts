import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
    copyFileSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    rmSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { SOURCES } from "../../../../cli/check/imports";
import { importsOf, ROOMS } from "../../../../cli/check/rooms";

const PROJECT = join(__dirname, "../../../..");
const MANIFEST = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
};

/** Every file of code in the project, by its path from the root. */
function codeFiles(): string[] {
    return SOURCES.flatMap((source) => {
        if (source.includes(".")) return [source];
        const entries = readdirSync(join(PROJECT, source), { recursive: true, encoding: "utf8" });
        return entries.filter((file) => /\.[cm]?[jt]s$/.test(file)).map((file) => join(source, file));
    });
}

/** What the check of imports says of a project with these files. */
function checkProject(files: Record<string, string>): { code: number | null; output: string } {
    const folder = mkdtempSync(join(tmpdir(), "imports-"));
    try {
        for (const [file, text] of Object.entries(files)) {
            mkdirSync(dirname(join(folder, file)), { recursive: true });
            writeFileSync(join(folder, file), text);
        }
        copyFileSync(join(PROJECT, "package.json"), join(folder, "package.json"));
        writeFileSync(join(folder, "tsconfig.json"), "{}");
        symlinkSync(join(PROJECT, "node_modules"), join(folder, "node_modules"));
        const program = join(PROJECT, "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs");
        const args = [program, "--config", join(PROJECT, ".dependency-cruiser.mjs"), ...Object.keys(files)];
        const { status, stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
        return { code: status, output: stdout };
    } finally {
        rmSync(folder, { recursive: true });
    }
}

describe("the check of imports", () => {
    it("knows the room of every file, and only one", () => {
        const rooms = ROOMS.map(({ path }) => new RegExp(path));
        const homeless = codeFiles().filter((file) => rooms.filter((room) => room.test(file)).length !== 1);
        assert.deepEqual(homeless, []);
    });

    it("lists rooms from the ground up: none may import one that stands below it in the list", () => {
        const order = ROOMS.map(({ name }) => name);
        for (const [index, room] of ROOMS.entries()) {
            if (room.mayImport === "everything") continue;
            for (const name of importsOf(room))
                assert.ok(order.slice(0, index).includes(name), `${room.name}: ${name}`);
        }
    });

    describe("of a project with an import of every wrong kind", () => {
        let checked: ReturnType<typeof checkProject>;
        before(() => {
            checked = checkProject({
                "shared/values/up.ts": 'import { RULE } from "../../checks/rule";\nexport const UP = RULE;\n',
                "checks/rule.ts": "export const RULE = 1;\n",
                "doctor/around.ts": 'import type { Pack } from "../policy/pack";\nexport const AROUND: Pack = 1;\n',
                "policy/pack.ts": "export type Pack = number;\n",
                "lab/one.ts": 'import { TWO } from "./two";\nexport const ONE = (): number => TWO();\n',
                "lab/two.ts": 'import { ONE } from "./one";\nexport const TWO = (): number => ONE();\n',
                "checks/yaml.ts": 'import { load } from "js-yaml";\nexport const CHECK = load;\n',
                "cli/doctor.ts": 'import { LAB } from "./fromLab/lab";\nexport const DOCTOR = LAB;\n',
                "cli/fromLab/lab.ts": 'import { LAB } from "../../lab/lab";\nexport { LAB };\n',
                "lab/lab.ts": 'import { credentials } from "@grpc/grpc-js";\nexport const LAB = credentials;\n',
            });
            assert.notEqual(checked.code, 0);
        });

        it("refuses an import that goes up, around or in a circle", () => {
            assert.match(checked.output, /error imports of shared\/values: shared\/values\/up\.ts . checks\/rule\.ts/);
            assert.match(checked.output, /error imports of doctor: doctor\/around\.ts . policy\/pack\.ts/);
            assert.match(checked.output, /error no circle: lab\/one\.ts/);
        });

        it("refuses a package that a room may not use, and one for development where that may be missing", () => {
            assert.match(checked.output, /error packages of checks: checks\/yaml\.ts/);
            assert.match(checked.output, /error production without packages for development: cli\/doctor\.ts/);
        });
    });
});

describe("npm ci --omit=dev", () => {
    it("installs what production code imports, and nothing else", () => {
        const production = ROOMS.filter(({ development }) => development !== true).map(({ path }) => new RegExp(path));
        const imported = codeFiles()
            .filter((file) => production.some((room) => room.test(file)))
            .flatMap((file) => importedPackages(readFileSync(join(PROJECT, file), "utf8")));
        assert.deepEqual([...new Set(imported)].sort(), Object.keys(MANIFEST.dependencies).sort());
    });
});

/** Names of packages in the imports of a file, types left out. */
function importedPackages(source: string): string[] {
    const found = source.matchAll(
        /^(?:import (?!type )[^"]*?|\} from |.*\b(?:import|require)\()"((?:@[^/"]+\/)?[a-z][^/"]*)/gm,
    );
    return [...found].map(([, name = ""]) => name).filter((name) => !name.startsWith("node:"));
}
