import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const head = 'import * as pulumi from "@pulumi/pulumi";\nimport * as k8s from "@pulumi/kubernetes";\n';

/** A Pulumi project of one file, in a folder of its own. */
export class SmallProgram {
    public readonly folder = mkdtempSync(join(tmpdir(), "program-"));
    public readonly stateFile = join(this.folder, "state", "dev.json");

    constructor() {
        this.write("Pulumi.yaml", "name: small\nruntime: nodejs\n");
        this.write("package.json", '{ "name": "small", "main": "index.ts" }');
        const compilerOptions = { module: "commonjs", moduleResolution: "bundler", noCheck: true };
        this.write("tsconfig.json", JSON.stringify({ compilerOptions }));
        symlinkSync(join(__dirname, "../../node_modules"), join(this.folder, "node_modules"));
    }

    write(name: string, content: string): void {
        writeFileSync(join(this.folder, name), content);
    }

    /** The program's lines; `pulumi` and `k8s` are there. */
    source(lines: string): void {
        this.write("index.ts", head + lines);
    }

    remove(): void {
        rmSync(this.folder, { recursive: true, force: true });
    }
}
