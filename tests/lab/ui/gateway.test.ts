import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Browser } from "playwright-core";
import { JaegerClient } from "../../../shared/jaeger/client";
import { whyNotJoined } from "../../../shared/jaeger/joined";
import type { Cluster } from "../../../lab/cluster";
import { ensureBrowser } from "../../../lab/images/browser";
import { externalSettings, SESSION, startAuthorizer } from "./authorizer";
import { container, node, removeStrangePods, strangePod, tryEntrances, type Origin } from "./entrances";
import { jaegerPod } from "../support/jaegerPod";
import { freshContext, requests } from "../support/mesh";
import { eventually, kubectl, labWithProgram, program } from "../support/sharedLab";
import {
    askGateway,
    askOverGrpc,
    basic,
    BASE_PATH,
    createCertificate,
    CREDENTIAL,
    curlGateway,
    forward,
    gatewayAddress,
    HOST,
    UI_SETTINGS,
    type Forward,
} from "./gateway";

const ARTIFACTS = join(__dirname, "../../.artifacts");
const AUTHORIZATION = basic(CREDENTIAL);
const FRONTEND = "frontend.demo";
const BACKEND = "backend.demo";

describe("the Jaeger UI behind its gateway", () => {
    let lab: Cluster;
    const forwards: Forward[] = [];
    let gateway: Forward;
    let jaeger: JaegerClient;
    before(async () => {
        lab = await labWithProgram();
        createCertificate(lab);
        const result = await program(lab, "up", UI_SETTINGS);
        assert.equal(result.failed, undefined);
        assert.equal(result.outputs["jaegerUiUrl"], `https://${HOST}${BASE_PATH}`);
        gateway = await forward(lab, "istio-ingress", "jaeger-gateway", 443);
        const query = await forward(lab, "istio-system", "jaeger-query", 16686);
        forwards.push(gateway, query);
        const { username, password } = CREDENTIAL;
        jaeger = new JaegerClient(`http://${username}:${password}@127.0.0.1:${String(query.port)}${BASE_PATH}`);
    });
    after(async () => {
        for (const { stop } of forwards) await stop();
        removeStrangePods(lab, ["default", "istio-system"]);
        assert.equal((await program(lab, "up")).failed, undefined);
        kubectl(lab, "delete", "namespace", "istio-ingress", "--wait=false");
    });

    it("refuses whoever has no password or a wrong one, and says how to log in", async () => {
        for (const authorization of [undefined, basic({ ...CREDENTIAL, password: "wrong-horse-99" })]) {
            for (const path of ["/", "/api/services", "/api/traces?service=frontend.demo", "/api/v3/services"]) {
                const answer = await askGateway(gateway, BASE_PATH + path, authorization ? { authorization } : {});
                assert.equal(answer.status, 401, path);
                assert.match(String(answer.headers["www-authenticate"]), /^Basic realm=/);
            }
        }
    });

    it("lets whoever has the password to the page and the query API, below the base path alone", async () => {
        const ask = (path: string): ReturnType<typeof askGateway> =>
            askGateway(gateway, path, { authorization: AUTHORIZATION });
        const page = await ask(`${BASE_PATH}/`);
        assert.equal(page.status, 200);
        assert.match(page.body, /<base href="\/jaeger\/"/);
        await eventually(15, async () => {
            const { body } = await ask(`${BASE_PATH}/api/services`);
            return body.includes(FRONTEND) || body;
        });
        for (const path of ["/", "/api/services", "/jaegerx/"]) assert.equal((await ask(path)).status, 404, path);
    });

    it("knows no other host, and leads from http to https", () => {
        const ip = gatewayAddress(lab);
        assert.equal(
            curlGateway(lab, `-k -w '%{http_code}' https://${ip}${BASE_PATH}/`),
            "000",
            "the connection is reset",
        );
        const plain = curlGateway(lab, `-w '%{http_code} %{redirect_url}' http://${HOST}${BASE_PATH}/`);
        assert.equal(plain, `301 https://${HOST}${BASE_PATH}/`);
    });

    it("asks for the password over gRPC as well", () => {
        assert.equal(askOverGrpc(lab), "200 16", "16 is gRPC's UNAUTHENTICATED");
        assert.equal(askOverGrpc(lab, `-u ${CREDENTIAL.username}:wrong-horse-99`), "200 16");
        assert.match(askOverGrpc(lab, `-u ${CREDENTIAL.username}:${CREDENTIAL.password}`), /^200( 0)?$/);
    });

    it("can be opened in a browser, which asks for the password", async () => {
        const found = await ensureBrowser(() => undefined);
        const browser = await chromium.launch({
            executablePath: found.executablePath,
            env: { ...process.env, ...found.env },
            args: ["--no-sandbox", `--host-resolver-rules=MAP ${HOST}:443 127.0.0.1:${String(gateway.port)}`],
        });
        try {
            await assert.rejects(open(browser, {}), /ERR_CERT_AUTHORITY_INVALID/);
            const refused = await open(browser, { ignoreHTTPSErrors: true });
            assert.equal(refused.status, 401);
            const { username, password } = CREDENTIAL;
            const shown = await open(browser, { ignoreHTTPSErrors: true, httpCredentials: { username, password } });
            assert.equal(shown.status, 200);
        } finally {
            await browser.close();
        }
    });

    it("refuses every other way to Jaeger, by plain text and by a certificate of the mesh alike", () => {
        const address = jaegerPod(lab).status.podIP;
        const strangers: Origin[] = [node(lab), strangePod(lab, "default"), strangePod(lab, "istio-system")];
        for (const origin of strangers) {
            for (const [entrance, answer] of Object.entries(tryEntrances(origin, address))) {
                assert.match(answer, /^(none|403.*|200 grpc 7)$/, `${entrance} from ${origin.name}`);
            }
        }
        const workload = tryEntrances(
            container(lab, "demo", "deploy/frontend", "frontend"),
            "jaeger-query.istio-system",
        );
        for (const entrance of Object.keys(workload).filter((name) => name.startsWith("166"))) {
            assert.match(workload[entrance] ?? "", /^(403.*|200 grpc 7)$/, `${entrance} from a workload of the mesh`);
        }
    });

    it("takes spans from the mesh under strict mutual TLS without losing one", async () => {
        assert.equal((await program(lab, "up", { ...UI_SETTINGS, "istio.mtlsMode": "STRICT" })).failed, undefined);
        const contexts = Array.from({ length: 40 }, freshContext);
        assert.deepEqual(
            requests(lab, contexts),
            contexts.map(() => "200"),
        );
        for (const { traceId } of contexts) {
            await eventually(15, async () => {
                const trace = await jaeger.trace(traceId);
                return trace === undefined ? `no ${traceId}` : (whyNotJoined(trace, FRONTEND, BACKEND) ?? true);
            });
        }
    });

    it("traces neither its own gateway nor its own intake", async () => {
        const services = await jaeger.services();
        assert.deepEqual(
            services.filter((name) => name.includes("jaeger") && name !== "jaeger"),
            [],
        );
    });

    it("asks an authorizer of the user's instead of Jaeger, and lets nobody in when it is gone", async () => {
        const authorizer = await startAuthorizer(lab);
        try {
            assert.equal((await program(lab, "up", externalSettings(lab))).failed, undefined);
            const asked = await forward(lab, "istio-ingress", "jaeger-gateway", 443);
            forwards.push(asked);
            const api = async (cookie?: string): Promise<string> => {
                const { status, body } = await askGateway(asked, `${BASE_PATH}/api/services`, cookie ? { cookie } : {});
                return `${String(status)} ${body.includes(FRONTEND) ? "traces" : "nothing"}`;
            };
            // A refusal ends the call before its message is read; now and then curl sees that end alone and no answer.
            const grpc = async (cookie = "session=nobody"): Promise<string> => {
                const answered = await eventually(10, () => {
                    const answer = askOverGrpc(lab, `-H 'cookie: ${cookie}'`);
                    return Promise.resolve(answer === "000" ? "no answer" : { answer });
                });
                return answered.answer;
            };
            await eventually(30, async () => ((await api(SESSION)) === "200 traces" ? true : api(SESSION)));
            assert.match(await grpc(SESSION), /^200( 0)?$/);
            const refused = async (cookie?: string): Promise<void> => {
                assert.equal(await api(cookie), "403 nothing");
                assert.equal(await grpc(cookie), "200 7", "7 is gRPC's PERMISSION_DENIED");
            };
            await refused();
            authorizer.kill();
            await once(authorizer, "exit");
            await refused(SESSION);
            await refused();
        } finally {
            authorizer.kill();
        }
    });

    async function open(
        browser: Browser,
        options: Parameters<Browser["newContext"]>[0],
    ): Promise<{ status: number | undefined }> {
        const context = await browser.newContext(options);
        try {
            const page = await context.newPage();
            const answer = await page.goto(`https://${HOST}${BASE_PATH}/`);
            mkdirSync(ARTIFACTS, { recursive: true });
            await page.screenshot({ path: join(ARTIFACTS, `jaeger-ui-${String(answer?.status())}.png`) });
            return { status: answer?.status() };
        } finally {
            await context.close();
        }
    }
});
