import { DEFAULT_CERT_MANAGER_NAMESPACE, DEFAULT_GATEWAY_NAMESPACE } from "../ui";
import { showSetting, type SettingsProblem } from "./problems";
import type { BasicAuthValues, UiValues } from "./ui";
import { missing, unused } from "./uiFieldProblems";
import { findRouteProblems } from "./uiRouteContradictions";

/** What {@link findUiProblems} compares. */
export interface ComparedUi {
    ui: UiValues;
    uiBasicAuth: BasicAuthValues;
    hasJaeger: boolean;
    /** Namespaces of the program, by the setting that names each. */
    namespaces: Readonly<Record<string, string>>;
    /**
     * Names of the extension providers that the user adds to the mesh configuration; undefined if that is somebody
     * else's, which is only known in the cluster.
     */
    extensionProviders: readonly string[] | undefined;
}

type TlsValues = NonNullable<UiValues["tls"]>;

/** Which fields of `ui` are right by themselves and wrong, or missing, together. */
export function findUiProblems(settings: ComparedUi): SettingsProblem[] {
    const { ui, uiBasicAuth } = settings;
    if (ui.mode === "httpRoute" || ui.mode === "ingress") {
        return [...jaegerProblems(settings), ...authenticationProblems(settings), ...findRouteProblems(ui, ui.mode)];
    }
    if (ui.mode !== "gateway") {
        const fields = Object.keys(ui).filter((field) => !["mode", "jaegerAccess"].includes(field));
        const given = Object.keys(uiBasicAuth).length > 0 ? ["uiBasicAuth"] : [];
        return [...fields.map((field) => `ui.${field}`), ...given].map((key) => ({
            key,
            expected: "nothing unless ui.mode is gateway, httpRoute or ingress",
            got: `a value, while ui.mode is ${showSetting(ui.mode ?? "none")}`,
            next: `set ui.mode to gateway, httpRoute or ingress, or remove ${key}`,
        }));
    }
    return [
        ...missing(ui, "ui", { host: "the DNS name of the gateway" }),
        ...jaegerProblems(settings),
        ...authenticationProblems(settings),
        ...unused(pick(ui, ["parentGateway", "ingress", "from"]), "ui", [], "ui.mode is gateway"),
        ...serviceProblems(ui),
        ...tlsProblems(ui.tls ?? {}),
        ...namespaceProblems(settings),
    ];
}

function jaegerProblems({ ui, hasJaeger }: ComparedUi): SettingsProblem[] {
    if (hasJaeger) return [];
    return [
        {
            key: "ui.mode",
            expected: "none, because jaeger.deploy is false and there is no Jaeger to show",
            got: showSetting(ui.mode),
            next: "set ui.mode to none, or jaeger.deploy to true",
        },
    ];
}

function authenticationProblems({ ui, uiBasicAuth, extensionProviders }: ComparedUi): SettingsProblem[] {
    const mode = ui.authentication ?? "basic";
    const credential = Object.keys(uiBasicAuth).length > 0;
    if (mode === "basic" && !credential) {
        return [
            {
                key: "uiBasicAuth",
                expected: "username and password, because ui.authentication is basic",
                got: "nothing",
                next:
                    "set pulumi config set --path uiBasicAuth.username NAME, and pulumi config set --secret --path " +
                    "uiBasicAuth.password PASSWORD; or set ui.authentication to external, or to open to let " +
                    "everybody in",
            },
        ];
    }
    const foreign = mode === "basic" ? [] : unused(uiBasicAuth, "uiBasicAuth", [], `ui.authentication is ${mode}`);
    // Of a route, the gateway that somebody else runs authenticates, and findRouteProblems refuses an authorizer.
    if (ui.mode !== "gateway") return foreign;
    if (mode !== "external") return [...foreign, ...unusedAuthorizer(ui, mode)];
    const isKnown = extensionProviders?.includes(ui.externalAuthorizer ?? "") ?? ui.externalAuthorizer !== undefined;
    if (isKnown) return foreign;
    return [
        ...foreign,
        {
            key: "ui.externalAuthorizer",
            expected: "the name of a provider in istio.values.meshConfig.extensionProviders",
            got: showSetting(ui.externalAuthorizer),
            next: "add a provider of kind envoyExtAuthzHttp or envoyExtAuthzGrpc there, and name it here",
        },
    ];
}

/** Kubernetes refuses these fields on other Services, or takes them and does nothing. */
function serviceProblems({ serviceType = "LoadBalancer", service = {} }: UiValues): SettingsProblem[] {
    if (serviceType === "LoadBalancer") return [];
    return unused(
        service,
        "ui.service",
        ["annotations"],
        `ui.serviceType is ${serviceType}, which has no load balancer`,
    );
}

function unusedAuthorizer({ externalAuthorizer }: UiValues, mode: string): SettingsProblem[] {
    return externalAuthorizer === undefined
        ? []
        : unused({ externalAuthorizer }, "ui", [], `ui.authentication is ${mode}`);
}

function tlsProblems(tls: TlsValues): SettingsProblem[] {
    const { mode, issuer = {} } = tls;
    const because = `ui.tls.mode is ${mode ?? "not set"}`;
    if (mode === undefined) {
        return missing(tls, "ui.tls", {
            mode: "certManager, secret or, without encryption, plainHttp, because ui.mode is gateway",
        });
    }
    if (mode === "external") {
        const expected =
            "certManager, secret or plainHttp, because ui.mode is gateway and the program runs the gateway itself";
        return [{ key: "ui.tls.mode", expected, got: showSetting(mode), next: "choose the source of its certificate" }];
    }
    if (mode === "plainHttp") return unused(tls, "ui.tls", ["mode"], because);
    if (mode === "secret") {
        const wanted = { secretName: "the Secret of type kubernetes.io/tls in the gateway's namespace" };
        return [...missing(tls, "ui.tls", wanted), ...unused(tls, "ui.tls", ["mode", "secretName"], because)];
    }
    const install = ["certManagerNamespace", "certManagerVersion", "certManagerChart"];
    const used = ["mode", "issuer", "certManager", ...(tls.certManager === "install" ? install : [])];
    return [
        ...unused(tls, "ui.tls", used, `${because} and ui.tls.certManager ${tls.certManager ?? "installed"}`),
        ...findIssuerProblems(issuer),
    ];
}

/** Which fields of an issuer are missing, or without use. */
export function findIssuerProblems(issuer: NonNullable<TlsValues["issuer"]>): SettingsProblem[] {
    const { type } = issuer;
    const key = "ui.tls.issuer";
    const because = `${key}.type is ${type ?? "not set"}`;
    if (type === undefined) return missing(issuer, key, { type: "selfSigned, ca or acme" });
    if (type === "selfSigned") return unused(issuer, key, ["type"], because);
    if (type === "ca") {
        const wanted = { secretName: "the Secret with the authority's certificate and key" };
        return [...missing(issuer, key, wanted), ...unused(issuer, key, ["type", "secretName"], because)];
    }
    const wanted = { email: "the e-mail address of the ACME account" };
    return [...missing(issuer, key, wanted), ...unused(issuer, key, ["type", "email", "server", "solvers"], because)];
}

function namespaceProblems({ ui, namespaces }: ComparedUi): SettingsProblem[] {
    const gateway = ui.gatewayNamespace ?? DEFAULT_GATEWAY_NAMESPACE;
    const certManager =
        ui.tls?.certManager === "install" ? (ui.tls.certManagerNamespace ?? DEFAULT_CERT_MANAGER_NAMESPACE) : undefined;
    const others = { ...namespaces, ...(certManager && { "ui.tls.certManagerNamespace": certManager }) };
    const problem = (key: string, got: string, taken: string): SettingsProblem => ({
        key,
        expected: `a separate namespace, not that of ${taken}`,
        got: showSetting(got),
        next: `set ${key} to another name`,
    });
    return [
        ...Object.entries(others)
            .filter(([, name]) => name === gateway)
            .map(([taken]) => problem("ui.gatewayNamespace", gateway, taken)),
        ...Object.entries(namespaces)
            .filter(([, name]) => name === certManager)
            .map(([taken, name]) => problem("ui.tls.certManagerNamespace", name, taken)),
    ];
}

function pick(ui: UiValues, fields: (keyof UiValues)[]): Partial<UiValues> {
    return Object.fromEntries(fields.map((field) => [field, ui[field]]));
}
