import assert from "node:assert/strict";
import { resolveCertificates, type CertificatesArgs } from "../../../components/certificates";
import { resolveJaegerUi, type JaegerUiArgs } from "../../../components/jaegerUi";
import type { UiGateway } from "../../../components/ui";
import { assertRefused, refusalsOf } from "./refusals";

const GATEWAY: UiGateway = {
    mode: "gateway",
    host: "traces.example.com",
    basePath: "/jaeger",
    namespace: "istio-ingress",
    serviceType: "LoadBalancer",
    authentication: { mode: "basic" },
    tls: { mode: "secret", secretName: "traces-tls" },
};
const LEAST: JaegerUiArgs = {
    gateway: GATEWAY,
    queryHost: "jaeger-query.istio-system.svc.cluster.local",
    sidecarHash: "abc",
};
const install = { namespace: "cert-manager", version: "v1.19.4" };

describe("JaegerUi", () => {
    it("takes every gateway that the setting ui can say", () => {
        const issuers = [
            { type: "selfSigned" },
            { type: "ca", secretName: "company-ca" },
            { type: "acme", email: "ops@example.com", server: "https://acme.example.com/directory" },
        ] as const;
        const gateways: UiGateway[] = [
            GATEWAY,
            { ...GATEWAY, tls: { mode: "plainHttp" }, authentication: { mode: "external", provider: "oauth2-proxy" } },
            ...issuers.map((issuer): UiGateway => ({ ...GATEWAY, tls: { mode: "certManager", issuer } })),
            { ...GATEWAY, authentication: { mode: "open" }, tls: { mode: "certManager", issuer: issuers[0], install } },
        ];
        for (const gateway of gateways) {
            assert.deepEqual(resolveJaegerUi("x", { ...LEAST, gateway }).gateway, gateway);
        }
    });

    it("refuses what is empty, out of range or of another type", () => {
        assertRefused(resolveJaegerUi, LEAST, {
            queryHost: ["", "jaeger query", "http://jaeger-query", 5],
            sidecarHash: ["", null],
            imagePullPolicy: ["Sometimes"],
            resources: [{}, { requests: { cpu: "2" }, limits: { cpu: "1" } }],
            chartSource: ["", "/no/such/folder"],
            version: ["latest"],
            readyTimeoutSeconds: [1, "300"],
            helmAtomic: ["yes"],
        });
    });

    it("refuses a gateway that is incomplete, wrong in itself or of another type", () => {
        const tls = (values: object): object => ({ ...GATEWAY, tls: values });
        assertRefused(resolveJaegerUi, LEAST, {
            gateway: [
                {},
                "gateway",
                null,
                { ...GATEWAY, mode: "none" },
                { ...GATEWAY, host: undefined },
                { ...GATEWAY, host: "https://traces.example.com" },
                { ...GATEWAY, basePath: "/jaeger/" },
                { ...GATEWAY, namespace: "default" },
                { ...GATEWAY, serviceType: "ExternalName" },
                { ...GATEWAY, authentication: { mode: "external" } },
                { ...GATEWAY, authentication: { mode: "basic", provider: "oauth2-proxy" } },
                { ...GATEWAY, port: 443 },
                tls({}),
                tls({ mode: "secret" }),
                tls({ mode: "plainHttp", secretName: "traces-tls" }),
                tls({ mode: "certManager" }),
                tls({ mode: "certManager", issuer: { type: "acme" } }),
                tls({ mode: "certManager", issuer: { type: "selfSigned" }, install: { ...install, version: "1.19" } }),
                tls({
                    mode: "certManager",
                    issuer: { type: "selfSigned" },
                    install: { ...install, namespace: GATEWAY.namespace },
                }),
            ],
        });
    });

    it("names both its argument and the setting that has the same rule", () => {
        const [problem] = refusalsOf(() => resolveJaegerUi("x", { ...LEAST, gateway: { ...GATEWAY, host: "A b" } }));
        assert.deepEqual([problem?.key, problem?.got], ["gateway.host (setting ui.host)", '"A b"']);
    });
});

describe("Certificates", () => {
    const least: CertificatesArgs = {
        namespace: "istio-ingress",
        host: "traces.example.com",
        issuer: { type: "selfSigned" },
    };

    it("take a cert-manager that is there when nothing is said", () => {
        assert.equal(resolveCertificates("x", least).install, undefined);
        const some = { ...least, install: {} } as unknown as CertificatesArgs;
        assert.deepEqual(resolveCertificates("x", some).install, { ...install, chart: undefined });
    });

    it("refuse what is empty, incomplete or of another type", () => {
        assertRefused(resolveCertificates, least, {
            namespace: ["", 5],
            host: ["", "https://traces.example.com", "traces.example.com:443", 5],
            issuer: [
                {},
                "selfSigned",
                { type: "vault" },
                { type: "ca" },
                { type: "ca", secretName: "a", email: "ops@example.com" },
                { type: "acme", email: "ops" },
                { type: "acme", email: "ops@example.com", solvers: [] },
            ],
            install: ["cert-manager", { ...install, namespace: "kube-system" }, { ...install, version: "latest" }],
            readyTimeoutSeconds: [1, NaN],
        });
    });
});
