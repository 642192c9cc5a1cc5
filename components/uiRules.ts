import { isPlainObject } from "../shared/values/plainObjects";
import { CHART_ACCESS_SCHEMA } from "./settings/chartAccess";
import {
    inArguments,
    objectRule,
    optional,
    preset,
    schemaRule,
    withoutOutputs,
    type Reading,
    type Rule,
} from "./resolve";
import { showSetting, type SettingsProblem } from "./settings/problems";
import { findSchemaProblems, wordsFor } from "./settings/schemaProblems";
import { resolveIssuer, resolveUi, uiValuesOf, uiValuesOfRoute, type UiValues } from "./settings/ui";
import { findIssuerProblems, findUiProblems } from "./settings/uiContradictions";
import { UI_FIELDS } from "./settings/uiFields";
import {
    DEFAULT_CERT_MANAGER_NAMESPACE,
    type CertManagerInstall,
    type UiGateway,
    type UiIssuer,
    type UiRoute,
} from "./ui";
import * as versions from "./versions";

const { shape } = UI_FIELDS.ui.schema;
const tls = shape.tls.unwrap().shape;

const GATEWAY_ADVICE = {
    expected: "an object with mode, host, basePath, namespace, serviceType, authentication and tls",
    next:
        'write it like { mode: "gateway", host: "traces.example.com", basePath: "/", namespace: "istio-ingress", ' +
        'serviceType: "LoadBalancer", authentication: { mode: "basic" }, tls: { mode: "secret", secretName: "traces-tls" } }',
};

/** The gateway of the Jaeger UI, with the fields and the rules of the setting `ui`. */
export const GATEWAY: Rule<UiGateway> = {
    ...GATEWAY_ADVICE,
    read: (key, given): Reading<UiGateway> => {
        const refused = (problems: SettingsProblem[]): Reading<UiGateway> => ({
            problems: inArguments(problems, { ui: key }),
        });
        const isGateway = isPlainObject(given) && isPlainObject(given["tls"]) && isPlainObject(given["authentication"]);
        if (!isGateway || given["mode"] !== "gateway") {
            return { problems: [{ key, ...GATEWAY_ADVICE, got: showSetting(withoutOutputs(given)) }] };
        }
        const values = withoutUndefined(withoutOutputs(uiValuesOf(given as unknown as UiGateway)));
        const parsed = UI_FIELDS.ui.schema.safeParse(values, { error: wordsFor(UI_FIELDS.ui) });
        if (!parsed.success) return refused(findSchemaProblems("ui", UI_FIELDS.ui, values, parsed.error.issues));
        const problems = findProblems(parsed.data);
        return problems.length > 0 ? refused(problems) : { value: resolveUi(parsed.data) as UiGateway };
    },
};

const ROUTE_ADVICE = {
    expected: "an object with mode httpRoute or ingress, host, basePath, authentication and tls",
    next:
        'write it like { mode: "ingress", host: "traces.example.com", basePath: "/", className: "nginx", ' +
        'authentication: { mode: "basic" }, tls: { mode: "external" } }',
};

/** A route or an Ingress for the Jaeger UI, with the fields and the rules of the setting `ui`. */
export const ROUTE: Rule<UiRoute> = {
    ...ROUTE_ADVICE,
    read: (key, given): Reading<UiRoute> => {
        const isOne = isPlainObject(given) && isPlainObject(given["tls"]) && isPlainObject(given["authentication"]);
        if (!isOne || !["httpRoute", "ingress"].includes(String(given["mode"])))
            return { problems: [{ key, ...ROUTE_ADVICE, got: showSetting(withoutOutputs(given)) }] };
        const values = withoutUndefined(withoutOutputs(uiValuesOfRoute(given as unknown as UiRoute)));
        const parsed = UI_FIELDS.ui.schema.safeParse(values, { error: wordsFor(UI_FIELDS.ui) });
        const problems = parsed.success
            ? findProblems(withIdentity(parsed.data))
            : findSchemaProblems("ui", UI_FIELDS.ui, values, parsed.error.issues);
        if (problems.length > 0 || !parsed.success) return { problems: inArguments(problems, { ui: key }) };
        return { value: resolveUi(parsed.data) as UiRoute };
    },
};

/** A service account is of use to a sidecar of Jaeger's, of which a route knows nothing. */
function withIdentity(ui: UiValues): UiValues {
    return ui.from?.serviceAccount === undefined ? ui : { ...ui, jaegerAccess: "mesh" };
}

/** The contradictions within a gateway's or a route's arguments. The caller adds the argument's name. */
function findProblems(ui: UiValues): SettingsProblem[] {
    return findUiProblems({
        ui,
        uiBasicAuth: ui.authentication === "basic" ? { username: "-", password: "-" } : {},
        hasJaeger: true,
        namespaces: {},
        extensionProviders: ui.externalAuthorizer === undefined ? [] : [ui.externalAuthorizer],
    });
}

/** DNS name of a certificate. */
export const HOST = schemaRule(
    { expected: "a DNS name", next: "write it like traces.example.com" },
    shape.host.unwrap(),
);

const ISSUER_ADVICE = {
    expected: "an issuer of type selfSigned, ca or acme",
    next: 'write it like { type: "selfSigned" }',
};

/** Who signs a certificate. */
export const ISSUER: Rule<UiIssuer> = {
    ...ISSUER_ADVICE,
    read: (key, given): Reading<UiIssuer> => {
        const reading = schemaRule(ISSUER_ADVICE, tls.issuer.unwrap()).read(key, withoutUndefined(given));
        if ("problems" in reading) return reading;
        const problems = findIssuerProblems(reading.value);
        if (problems.length > 0) return { problems: inArguments(problems, { "ui.tls.issuer": key }) };
        return { value: resolveIssuer(reading.value) };
    },
};

const CHART_ADVICE = {
    expected: "an object with source and, if the repository requires it, access with username and caFile",
    next: 'write it like { source: "https://charts.example.com/mirror" }',
};

/** A cert-manager that is installed. */
export const CERT_MANAGER: Rule<CertManagerInstall> = objectRule(
    { expected: "an object with namespace, version and chart", next: "omit it if cert-manager is already installed" },
    {
        namespace: preset(
            schemaRule(
                { expected: "a separate namespace", next: `write it like ${DEFAULT_CERT_MANAGER_NAMESPACE}` },
                tls.certManagerNamespace.unwrap(),
            ),
            DEFAULT_CERT_MANAGER_NAMESPACE,
        ),
        version: preset(
            schemaRule(
                { expected: "a release of cert-manager", next: `write it like ${versions.CERT_MANAGER_VERSION}` },
                tls.certManagerVersion.unwrap(),
            ),
            versions.CERT_MANAGER_VERSION,
        ),
        chart: optional(
            objectRule(CHART_ADVICE, {
                source: schemaRule(CHART_ADVICE, tls.certManagerChart.unwrap().shape.source.unwrap()),
                access: optional(schemaRule(CHART_ADVICE, CHART_ACCESS_SCHEMA)),
            }),
        ),
    },
);

function withoutUndefined(value: unknown): unknown {
    if (!isPlainObject(value)) return value;
    return Object.fromEntries(
        Object.entries(value).flatMap(([key, part]) => (part === undefined ? [] : [[key, withoutUndefined(part)]])),
    );
}
