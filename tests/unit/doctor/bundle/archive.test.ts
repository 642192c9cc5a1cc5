import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { gunzipSync } from "node:zlib";
import { extract } from "tar-stream";
import { startBundle } from "../../../../doctor/bundle";
import type { Access } from "../../../../doctor/connection/access";
import { diagnose } from "../../../../doctor/diagnose";
import { collectEvidence } from "../../../../doctor/evidence/collect";
import type { Fact } from "../../../../shared/cluster/facts";
import { fakeMesh, MESH } from "../fakeMesh";

/** Each secret has a number, so that a failure tells which one is left. */
const secret = (number: number): string => `S3cr3t-${String(number)}-Zq9`;
const PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQ0000Zq9PEMBODY\n-----END PRIVATE KEY-----";

/** The files of an archive by name. */
async function unpack(archive: Buffer): Promise<Map<string, string>> {
    const files = new Map<string, string>();
    const reader = extract();
    reader.on("entry", (header, stream, next) => {
        let text = "";
        stream.on("data", (chunk) => (text += (chunk as Buffer).toString("utf8")));
        stream.on("end", () => {
            files.set(header.name, text);
            next();
        });
    });
    await new Promise((resolve, reject) => {
        reader.on("finish", () => {
            resolve(undefined);
        });
        reader.on("error", reject);
        Readable.from([gunzipSync(archive)]).pipe(reader);
    });
    return files;
}

/** A mesh with a secret wherever the doctor reads something. */
function leakyMesh(): Access {
    const mesh = `${MESH}
accessLogFormat: "token=${secret(1)}"
password: ${secret(2)}
certificates: [{ pem: "${PEM.replaceAll("\n", "\\n")}" }]
`.replace(
        "extensionProviders: [",
        `extensionProviders: [{ name: other, opentelemetry: { service: a.b.svc, port: 1, http: { path: /v1, headers: [{ name: x-tenant, value: ${secret(3)} }] } } }, `,
    );
    const objects = {
        "/apis/networking.istio.io/v1alpha3/envoyfilters": [
            {
                metadata: {
                    ...{ name: "lua", namespace: "istio-system" },
                    annotations: {
                        "kubectl.kubernetes.io/last-applied-configuration": `{"password":"${secret(4)}"}`,
                        "team.example.com/note": secret(5),
                    },
                },
                spec: {
                    configPatches: [
                        {
                            applyTo: "HTTP_FILTER",
                            patch: {
                                value: {
                                    typed_config: {
                                        inline_code: `local apiKey = "${secret(6)}"\nheaders:add("authorization", "Bearer ${secret(7)}")`,
                                        client_secret: { secret: { inline_string: secret(8) } },
                                        request_headers_to_add: [{ header: { key: "x-team", value: secret(9) } }],
                                    },
                                },
                            },
                        },
                    ],
                },
            },
        ],
        "/apis/networking.istio.io/v1/virtualservices": [
            {
                metadata: { name: "v", namespace: "demo" },
                spec: {
                    http: [
                        {
                            headers: { request: { set: { "x-anything": secret(10) } } },
                            redirect: { uri: `https://anna:${secret(11)}@host/a?sig=${secret(12)}` },
                            match: [{ queryParams: { token: { exact: secret(13) } } }],
                        },
                    ],
                },
            },
        ],
        "/apis/networking.istio.io/v1/serviceentries": [
            {
                metadata: { name: "s", namespace: "demo", labels: { jwt: `eyJhbGciOi.${secret(14)}.x` } },
                spec: { hosts: [`ghp_${secret(15).replaceAll("-", "")}`], location: PEM },
            },
        ],
    };
    const { access } = fakeMesh({ bystanders: 1, backends: 1, answering: 0, mesh, objects });
    return {
        ...access,
        get: async <T>(path: string, accept?: string): Promise<Fact<T | undefined>> => {
            const fact = await access.get<T>(path, accept);
            if ("value" in fact && path.startsWith("/api/v1/pods?")) {
                const { items } = fact.value as { items: LeakyPod[] };
                for (const { spec } of items)
                    spec.containers = spec.containers.map((container) => ({
                        ...container,
                        args: [`--password=${secret(16)}`, "--api-token", secret(17)],
                        env: [
                            { name: "DB_URL", value: `postgres://u:${secret(18)}@db/x` },
                            { name: "COLOR", value: secret(19) },
                        ],
                    }));
            }
            if ("value" in fact && path.includes("/proxy/api/traces")) {
                const { data } = fact.value as { data: { spans: { tags: unknown[] }[] }[] };
                for (const { spans } of data)
                    for (const { tags } of spans)
                        tags.push(
                            { key: "http.url", value: `http://backend/?code=${secret(20)}` },
                            { key: "tenant", value: secret(21) },
                        );
            }
            return fact;
        },
        exec: async (where, command, ...limit) => {
            const fact = await access.exec(where, command, ...limit);
            if ("failure" in fact || command[0] !== "pilot-agent") return fact;
            const leaky = { authorization: secret(22), private_key: { inline_bytes: secret(23) }, note: PEM };
            const { stdout } = fact.value;
            const more = stdout.startsWith("{")
                ? JSON.stringify({ ...(JSON.parse(stdout) as object), leaky })
                : `${stdout}\nset-cookie: ${secret(24)}`;
            return { value: { ...fact.value, stdout: more } };
        },
        text: async (path) => {
            const fact = await access.text(path);
            if ("failure" in fact) return fact;
            const logged = (fact.value ?? "").replace("GET / HTTP", `GET /?access_token=${secret(25)} HTTP`);
            return { value: `${logged}\nx{url="http://u:${secret(26)}@h/"} 1\nlogin ${secret(27)}\n` };
        },
    };
}

interface LeakyPod {
    spec: { containers: object[] };
}

describe("the archive of --bundle", () => {
    let files: Map<string, string>;
    before(async () => {
        const witness = startBundle();
        const access = witness.attend(leakyMesh());
        const evidence = await collectEvidence(access, { requests: 20, patienceSeconds: 0 }, () => undefined);
        witness.evidence(evidence);
        const { archive } = await witness.pack(diagnose(evidence), [secret(27)]);
        files = await unpack(archive);
    });

    it("has none of the secrets that stand in objects, sidecars, logs, metrics and traces", () => {
        const left = [...files].flatMap(([name, text]) =>
            [/S3cr3t-(\d+)/, /S3cr3t(\d+)Zq9/, /PEMBODY/].flatMap((pattern) => {
                const found = pattern.exec(text);
                return found === null
                    ? []
                    : [`${name}: ${text.slice(Math.max(0, found.index - 80), found.index + 30)}`];
            }),
        );
        assert.deepEqual(left, []);
    });

    it("says what each file is, and has the report, the objects, and what sidecars and the collector answered", () => {
        const readme = files.get("README.txt") ?? "";
        for (const name of files.keys()) if (name !== "README.txt") assert.ok(readme.includes(`  ${name}: `), name);
        for (const name of [
            "report.txt",
            "report.json",
            "report.html",
            "objects/telemetries.json",
            "objects/pods.json",
        ])
            assert.ok(files.has(name), name);
        assert.match(readme, /envoy\/demo_frontend-0\/\d+\.json: request GET config_dump\?resource=dynamic_listeners/);
        assert.match(readme, /metrics\/istio-system_jaeger-0\/\d+\.txt: GET \/metrics/);
    });

    it("keeps what decides about tracing", () => {
        const telemetries = files.get("objects/telemetries.json") ?? "";
        assert.match(telemetries, /"name": "mesh-default"[\s\S]*"randomSamplingPercentage": 100/);
        assert.match(
            files.get("objects/meshConfigMaps.json") ?? "",
            /jaeger-collector\.istio-system\.svc\.cluster\.local/,
        );
        assert.match(files.get("objects/pods.json") ?? "", /flush_interval_ms/);
        const envoy = [...files].filter(([name]) => name.startsWith("envoy/")).map(([, text]) => text);
        assert.ok(envoy.some((text) => /OpenTelemetryConfig[\s\S]*outbound\|4317\|\|jaeger-collector/.test(text)));
        const metrics = [...files].find(([name]) => name.startsWith("metrics/"))?.[1] ?? "";
        assert.match(metrics, /otelcol_receiver_accepted_spans_total\{receiver="otlp"\} 66/);
        const { healthy } = JSON.parse(files.get("report.json") ?? "{}") as { healthy: boolean };
        assert.equal(healthy, true);
    });
});
