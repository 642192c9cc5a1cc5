import type { z } from "zod";
import {
    DEFAULT_BASE_PATH,
    DEFAULT_CERT_MANAGER_NAMESPACE,
    DEFAULT_GATEWAY_NAMESPACE,
    type BasicCredential,
    type Ui,
    type UiAuthentication,
    type UiGateway,
    type UiIssuer,
    type UiRoute,
    type UiTls,
} from "../ui";
import type { CertManagerChart } from "../charts";
import * as versions from "../versions";
import type { UI_FIELDS } from "./uiFields";

/** The setting `ui` as its schema returns it. */
export type UiValues = z.output<(typeof UI_FIELDS)["ui"]["schema"]>;

/** The setting `uiBasicAuth` as its schema returns it. */
export type BasicAuthValues = z.output<(typeof UI_FIELDS)["uiBasicAuth"]["schema"]>;

/** Who may reach Jaeger inside of the cluster. */
export type JaegerAccess = "mesh" | "cluster";

/** Completes the setting `ui`. What {@link findUiProblems} refuses becomes something that nobody sees. */
export function resolveUi(values: UiValues): Ui {
    if (values.mode === "httpRoute" || values.mode === "ingress") return resolveRoute(values.mode, values);
    if (values.mode !== "gateway") return { mode: "none" };
    return {
        mode: "gateway",
        host: values.host ?? "",
        basePath: values.basePath ?? DEFAULT_BASE_PATH,
        namespace: values.gatewayNamespace ?? DEFAULT_GATEWAY_NAMESPACE,
        serviceType: values.serviceType ?? "LoadBalancer",
        ...(values.service !== undefined && { service: values.service }),
        authentication: authentication(values),
        tls: tls(values.tls ?? {}),
    };
}

function resolveRoute(mode: UiRoute["mode"], values: UiValues): UiRoute {
    const { namespace, serviceAccount } = values.from ?? {};
    const { className, annotations } = values.ingress ?? {};
    const { name = "", namespace: home = "", section } = values.parentGateway ?? {};
    const common = {
        host: values.host ?? "",
        basePath: values.basePath ?? DEFAULT_BASE_PATH,
        authentication: { mode: values.authentication ?? "basic" },
        ...(namespace !== undefined && {
            from: { namespace, ...(serviceAccount !== undefined && { serviceAccount }) },
        }),
    };
    const isPlain = values.tls?.mode === "plainHttp";
    if (mode === "httpRoute") {
        const parent = { namespace: home, name, ...(section !== undefined && { section }) };
        return { mode, ...common, parent, tls: { mode: isPlain ? "plainHttp" : "external" } };
    }
    const secretName = values.tls?.mode === "secret" ? values.tls.secretName : undefined;
    return {
        ...{ mode, ...common },
        ...(className !== undefined && { className }),
        ...(annotations !== undefined && { annotations }),
        tls: secretName === undefined ? { mode: isPlain ? "plainHttp" : "external" } : { mode: "secret", secretName },
    };
}

/** The setting `ui` that says the same as a route or an Ingress: what {@link resolveUi} turns back into it. */
export function uiValuesOfRoute({ authentication: asks, ...route }: UiRoute): UiValues {
    const { mode, host, basePath, tls: known, from } = route;
    const common = { mode, host, basePath, authentication: asks.mode, tls: { ...known }, ...(from && { from }) };
    if (route.mode === "httpRoute") return { ...common, parentGateway: route.parent };
    const { className, annotations } = route;
    return className === undefined && annotations === undefined
        ? common
        : { ...common, ingress: { className, annotations } };
}

/** The setting `ui` that says the same as a gateway: what {@link resolveUi} turns back into it. */
export function uiValuesOf({ namespace, authentication: asks, tls: known, ...rest }: UiGateway): UiValues {
    const { mode, ...authorizer } = asks;
    return {
        ...rest,
        gatewayNamespace: namespace,
        authentication: mode,
        ...("provider" in authorizer && { externalAuthorizer: authorizer.provider }),
        tls: tlsValuesOf(known),
    };
}

function tlsValuesOf(known: UiTls): UiValues["tls"] {
    if (known.mode !== "certManager") return { ...known };
    const { install, ...rest } = known;
    return {
        ...rest,
        ...(install !== undefined && {
            certManager: "install",
            certManagerNamespace: install.namespace,
            certManagerVersion: install.version,
            ...(install.chart && { certManagerChart: { source: install.chart.source, ...install.chart.access } }),
        }),
    };
}

/** Who may reach Jaeger when the setting says nothing: nobody may go round the gateway. */
export function resolveJaegerAccess({ mode, jaegerAccess }: UiValues): JaegerAccess {
    return jaegerAccess ?? (mode === "gateway" ? "mesh" : "cluster");
}

/** The credential of basic authentication, where one is set. */
export function resolveCredential({ username, password }: BasicAuthValues): BasicCredential | undefined {
    return username === undefined || password === undefined ? undefined : { username, password };
}

function authentication({ authentication: mode = "basic", externalAuthorizer }: UiValues): UiAuthentication {
    return mode === "external" ? { mode, provider: externalAuthorizer ?? "" } : { mode };
}

function tls(values: NonNullable<UiValues["tls"]>): UiTls {
    const { mode, secretName = "", certManager, certManagerNamespace, certManagerVersion, certManagerChart } = values;
    if (mode === "secret") return { mode, secretName };
    if (mode !== "certManager") return { mode: "plainHttp" };
    const install = {
        namespace: certManagerNamespace ?? DEFAULT_CERT_MANAGER_NAMESPACE,
        version: certManagerVersion ?? versions.CERT_MANAGER_VERSION,
        ...(certManagerChart && { chart: certManagerChartOf(certManagerChart) }),
    };
    return { mode, issuer: resolveIssuer(values.issuer ?? {}), ...(certManager === "install" && { install }) };
}

/** Where the chart of cert-manager comes from, with what the repository asks for but the password. */
function certManagerChartOf({
    source = versions.CERT_MANAGER_CHART_SOURCE,
    ...access
}: NonNullable<NonNullable<UiValues["tls"]>["certManagerChart"]>): CertManagerChart {
    return { source, ...(Object.keys(access).length > 0 && { access }) };
}

/** Completes the issuer of a certificate. */
export function resolveIssuer(values: NonNullable<NonNullable<UiValues["tls"]>["issuer"]>): UiIssuer {
    const { type, secretName = "", email = "", server = versions.ACME_SERVER, solvers } = values;
    if (type === "ca") return { type, secretName };
    if (type === "acme") return { type, email, server, ...(solvers !== undefined && { solvers }) };
    return { type: "selfSigned" };
}
