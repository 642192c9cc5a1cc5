import type { BadConfiguration } from "./refusal";

const SOURCE = { "istio.chartSource": "https://charts.example.com/istio" };
const LOGIN = { "istio.chartAccess.username": "reader", istioChartPassword: "geheim" };

/** A cert-manager whose chart comes from elsewhere. */
function certManager(
    chart: object,
    password: Record<string, string> = {},
    further: object = {},
): Record<string, string> {
    const tls = {
        mode: "certManager",
        certManager: "install",
        issuer: { type: "selfSigned" },
        certManagerChart: chart,
    };
    const ui = { mode: "gateway", host: "traces.example.com", authentication: "open", tls: { ...tls, ...further } };
    return { ui: JSON.stringify(ui), ...password };
}

/** Logins and certificates of chart repositories that cannot be used, by themselves or together. */
export const BAD_CHARTS: BadConfiguration[] = [
    [
        "a password in the address of charts",
        { "istio.chartSource": "https://reader:geheim@charts.example.com" },
        "istio.chartSource",
        /without user name, password/,
    ],
    [
        "a user of a repository without a password",
        { ...SOURCE, "istio.chartAccess.username": "reader" },
        "istioChartPassword",
        /the user that istio\.chartAccess\.username names/,
    ],
    [
        "a password of a repository without a user",
        { ...SOURCE, istioChartPassword: "geheim" },
        "istio.chartAccess.username",
        /to whom istioChartPassword belongs/,
    ],
    [
        "a user with a colon",
        { ...SOURCE, ...LOGIN, "istio.chartAccess.username": "a:b" },
        "istio.chartAccess.username",
        /without a colon/,
    ],
    [
        "a password that ends with a line",
        { ...SOURCE, ...LOGIN, istioChartPassword: "geheim\n" },
        "istioChartPassword",
        /without blanks or line breaks/,
    ],
    [
        "a login by plain HTTP",
        { ...LOGIN, "istio.chartSource": "http://charts.example.com" },
        "istio.chartSource",
        /https:\/\/, since .*username and istioChartPassword are set/,
    ],
    [
        "a login for a folder",
        { "istio.chartSource": "./tests", "istio.chartAccess.caFile": "ca.pem" },
        "istio.chartAccess.caFile",
        /nothing, since istio\.chartSource is a folder/,
    ],
    [
        "a CA in a file that is not there",
        { ...SOURCE, "istio.chartAccess.caFile": "no/such.pem" },
        "istio.chartAccess.caFile",
        /certificates in PEM form/,
    ],
    [
        "a CA in a file of another kind",
        { ...SOURCE, "istio.chartAccess.caFile": "package.json" },
        "istio.chartAccess.caFile",
        /certificates in PEM form/,
    ],
    [
        "a user of a registry, whom Pulumi's provider does not log in",
        { "istio.chartSource": "oci://charts.example.com/istio", "istio.chartAccess.username": "reader" },
        "istio.chartAccess.username",
        /nothing, since istio\.chartSource is a registry/,
    ],
    [
        "a CA of a registry",
        { "istio.chartSource": "oci://charts.example.com/istio", "istio.chartAccess.caFile": "ca.pem" },
        "istio.chartAccess.caFile",
        /nothing, since istio\.chartSource is a registry/,
    ],
    [
        "a password of a registry",
        { "istio.chartSource": "oci://charts.example.com/istio", istioChartPassword: "geheim" },
        "istioChartPassword",
        /nothing, since istio\.chartSource is a registry/,
    ],
    [
        "a password beside the user of a repository",
        { ...SOURCE, "istio.chartAccess": '{"username":"reader","password":"geheim"}' },
        "istio.chartAccess.password",
        /username, caFile or both/,
    ],
    [
        "a folder with the chart of cert-manager",
        certManager({ source: "./charts" }),
        "ui.tls.certManagerChart.source",
        /Helm repository .* or a folder of an OCI registry/,
    ],
    [
        "a user of cert-manager's repository without a password",
        certManager({ source: "https://charts.example.com/mirror", username: "reader" }),
        "certManagerChartPassword",
        /ui\.tls\.certManagerChart\.username names/,
    ],
    [
        "a password for the chart of a cert-manager that is there already",
        certManager(
            {},
            { certManagerChartPassword: "geheim" },
            { certManager: "installed", certManagerChart: undefined },
        ),
        "certManagerChartPassword",
        /installs no cert-manager/,
    ],
    [
        "a source of the chart of a cert-manager that is there already",
        certManager({ source: "https://charts.example.com" }, {}, { certManager: "installed" }),
        "ui.tls.certManagerChart",
        /nothing, since/,
    ],
];
