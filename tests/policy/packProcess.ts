import { credentials, type ServiceError } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { PlannedResource } from "../../plan";

const PROJECT = join(__dirname, "../..");

/** A resource as the CLI tells it. */
export type Asked = Pick<PlannedResource, "type" | "name" | "inputs">;

/** What the pack has against a resource or a stack. */
export interface Diagnostic {
    rule: string;
    message: string;
    level: proto.EnforcementLevel;
}

/** The policy pack, started and asked as the Pulumi CLI does. */
export class PackProcess {
    private readonly client: AnalyzerClient;
    private readonly child: ChildProcess;

    private constructor(child: ChildProcess, client: AnalyzerClient) {
        this.child = child;
        this.client = client;
    }

    /** @param config the stack's configuration, with full keys. */
    static async start(stack: string, config: Record<string, string> = {}): Promise<PackProcess> {
        const program = join(PROJECT, "node_modules/@pulumi/pulumi/cmd/run-policy-pack/index.js");
        const child = spawn(process.execPath, [program, "127.0.0.1:1", "."], {
            cwd: join(PROJECT, "policy"),
            env: {
                ...process.env,
                ...{ PULUMI_NODEJS_PROJECT: "istio-tracing", PULUMI_NODEJS_STACK: stack },
                PULUMI_CONFIG: JSON.stringify(config),
            },
            stdio: ["ignore", "pipe", "inherit"],
        });
        const [port] = (await once(createInterface(child.stdout), "line")) as [string];
        return new PackProcess(child, new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure()));
    }

    /** Level of every rule by its name. */
    async levels(): Promise<Map<string, proto.EnforcementLevel>> {
        const info = await answer<proto.AnalyzerInfo>((done) => this.client.getAnalyzerInfo(new Empty(), done));
        return new Map(info.getPoliciesList().map((rule) => [rule.getName(), rule.getEnforcementlevel()]));
    }

    /** Asks about one resource, as before it is written. */
    async analyze(resource: Asked): Promise<Diagnostic[]> {
        const request = told(new proto.AnalyzeRequest(), resource);
        return diagnostics(await answer((done) => this.client.analyze(request, done)));
    }

    /** Asks about a whole stack, as at the end of a preview. */
    async analyzeStack(resources: Asked[]): Promise<Diagnostic[]> {
        const request = new proto.AnalyzeStackRequest();
        request.setResourcesList(resources.map((resource) => told(new proto.AnalyzerResource(), resource)));
        return diagnostics(await answer((done) => this.client.analyzeStack(request, done)));
    }

    async stop(): Promise<void> {
        this.client.close();
        this.child.kill();
        await once(this.child, "exit");
    }
}

function told<T extends proto.AnalyzeRequest | proto.AnalyzerResource>(message: T, { type, name, inputs }: Asked): T {
    message.setType(type);
    message.setName(name);
    message.setUrn(`urn:pulumi:dev::istio-tracing::${type}::${name}`);
    message.setOptions(new proto.AnalyzerResourceOptions());
    message.setProperties(Struct.fromJavaScript(inputs as Record<string, JavaScriptValue>));
    return message;
}

function answer<T>(call: (done: (error: ServiceError | null, response: T) => void) => unknown): Promise<T> {
    return new Promise((resolve, reject) => {
        call((error, response) => {
            if (error === null) resolve(response);
            else reject(error);
        });
    });
}

function diagnostics(response: proto.AnalyzeResponse): Diagnostic[] {
    return response.getDiagnosticsList().map((found) => ({
        ...{ rule: found.getPolicyname(), message: found.getMessage(), level: found.getEnforcementlevel() },
    }));
}
