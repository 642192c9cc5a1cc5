import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { z } from "zod";
import { isLocalChartSource, type CertManagerChart, type ChartAccess } from "../charts";
import type { Ui } from "../ui";
import * as versions from "../versions";
import { isHostName } from "./field";
import { showSetting, type SettingsProblem } from "./problems";

const USERNAME = "a name of 1 to 255 printable ASCII characters without a colon and without blanks at the ends";
const CA_FILE = "the path of a file, as text";

/** What a repository of charts asks for, but for the password, which is a setting of its own. */
export const CHART_ACCESS_SCHEMA = z.strictObject({
    username: z
        .string({ error: USERNAME })
        .regex(/^[!-9;-~]([ -9;-~]{0,253}[!-9;-~])?$/, { error: USERNAME })
        .optional()
        .describe("user of the repository (https://); the password is a separate setting"),
    caFile: z
        .string({ error: CA_FILE })
        .min(1, { error: CA_FILE })
        .optional()
        .describe(
            "PEM file with the authorities that signed the repository's certificate, relative to the folder of " +
                "Pulumi.yaml; default: the authorities that the machine trusts",
        ),
});

/** The password of a repository of charts; registries of clouds have tokens and whole keys. */
export const CHART_PASSWORD = {
    expected: "1 to 16384 characters of text, without blanks or line breaks at the start and the end",
    schema: z.string().refine((text) => text.length <= 16_384 && text.trim() === text && !text.includes("\0")),
};

/** The address of charts that anybody may read in the state: a password belongs into a setting of its own. */
export function isChartAddress(text: string): boolean {
    if (!URL.canParse(text) || /\s/.test(text)) return false;
    const { protocol, hostname, username, password, search, hash } = new URL(text);
    const known = ["https:", "http:", "oci:"].includes(protocol) && (isHostName(hostname) || isIP(hostname) !== 0);
    return known && [username, password, search, hash].every((part) => part === "");
}

/** A source of charts, what it asks for, and the settings that say so. */
export interface ComparedCharts {
    source: string;
    access: { username?: string | undefined; caFile?: string | undefined };
    hasPassword: boolean;
    keys: { source: string; access: string; password: string };
}

/** The settings of the source of Istio's charts, compared with each other. */
export function findIstioChartProblems(settings: {
    istio: { chartSource: string; chartAccess: ComparedCharts["access"] };
    istioChartPassword: string;
}): SettingsProblem[] {
    const { chartSource, chartAccess } = settings.istio;
    const password = settings.istioChartPassword === "" ? undefined : settings.istioChartPassword;
    return findAccessProblems(chartSource, { ...chartAccess, password });
}

/** The same of a component's arguments. */
export function findAccessProblems(source: string, { password, ...access }: ChartAccess): SettingsProblem[] {
    const keys = { source: "istio.chartSource", access: "istio.chartAccess", password: "istioChartPassword" };
    return findChartAccessProblems({ source, access, hasPassword: password !== undefined, keys });
}

/** The same of the chart of a cert-manager that is installed. */
export function findCertManagerChartProblems(settings: {
    ui: Ui;
    certManagerChartPassword: string;
}): SettingsProblem[] {
    const { ui, certManagerChartPassword } = settings;
    const install = ui.mode === "gateway" && ui.tls.mode === "certManager" ? ui.tls.install : undefined;
    const hasPassword = certManagerChartPassword !== "";
    const key = "certManagerChartPassword";
    if (install === undefined) return hasPassword ? [unused(key, "the stack installs no cert-manager")] : [];
    return certManagerAccessProblems(install.chart, hasPassword, {
        source: "ui.tls.certManagerChart.source",
        access: "ui.tls.certManagerChart",
        password: key,
    });
}

/** The same under other names, where no chart is given for cert-manager's own repository. */
export function certManagerAccessProblems(
    chart: CertManagerChart | undefined,
    hasPassword: boolean,
    keys: ComparedCharts["keys"],
): SettingsProblem[] {
    const { source = versions.CERT_MANAGER_CHART_SOURCE, access = {} } = chart ?? {};
    return findChartAccessProblems({ source, access, hasPassword, keys });
}

/** What a source of charts cannot use, or lacks. */
export function findChartAccessProblems(compared: ComparedCharts): SettingsProblem[] {
    const { source, access, hasPassword, keys } = compared;
    const { username, caFile } = access;
    const given = [
        ...(username === undefined ? [] : [`${keys.access}.username`]),
        ...(caFile === undefined ? [] : [`${keys.access}.caFile`]),
        ...(hasPassword ? [keys.password] : []),
    ];
    if (isLocalChartSource(source)) return given.map((key) => unused(key, `${keys.source} is a folder`));
    if (source.startsWith("oci://")) return given.map((key) => unreadForRegistry(key, source, compared));
    if (source.startsWith("http://") && given.length > 0) {
        return [
            {
                key: keys.source,
                expected: `https://, since ${given.join(" and ")} ${given.length === 1 ? "is" : "are"} set`,
                got: showSetting(source),
                next: "write https://; otherwise, the password would be sent in plain text",
            },
        ];
    }
    return [...loginProblems(compared), ...(caFile === undefined ? [] : caFileProblems(caFile, compared))];
}

function loginProblems({ access: { username }, hasPassword, keys }: ComparedCharts): SettingsProblem[] {
    if ((username !== undefined) === hasPassword) return [];
    if (hasPassword) {
        const key = `${keys.access}.username`;
        const next = `set ${key}, or remove ${keys.password}`;
        return [{ key, expected: `the user to whom ${keys.password} belongs`, got: "nothing", next }];
    }
    return [
        {
            key: keys.password,
            expected: `the password of the user that ${keys.access}.username names`,
            got: "nothing",
            next: `set it with: pulumi config set --secret ${keys.password}`,
        },
    ];
}

function caFileProblems(caFile: string, { keys }: ComparedCharts): SettingsProblem[] {
    const key = `${keys.access}.caFile`;
    const fault = pemFault(caFile);
    if (fault === undefined) return [];
    const next = "write the path from the folder of Pulumi.yaml, or an absolute one";
    return [{ key, expected: "a file with certificates in PEM form", got: `${showSetting(caFile)}, ${fault}`, next }];
}

function pemFault(file: string): string | undefined {
    try {
        return readFileSync(file, "utf8").includes("-----BEGIN CERTIFICATE-----") ? undefined : "which has none";
    } catch (error) {
        return `which cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`;
    }
}

/** The provider resolves charts of registries by Helm's own login file and the machine's authorities alone. */
function unreadForRegistry(key: string, source: string, { keys }: ComparedCharts): SettingsProblem {
    const host = URL.canParse(source) ? new URL(source).host : "HOST";
    const instead = key.endsWith(".caFile")
        ? "set SSL_CERT_FILE in the environment of pulumi up"
        : `log in on the machine that runs pulumi up: helm registry login ${host}`;
    return {
        key,
        expected: `nothing, since ${keys.source} is a registry (oci://), for which Pulumi's Kubernetes provider ignores it`,
        got: "a value that nothing reads",
        next: `remove ${key}, and ${instead}`,
    };
}

function unused(key: string, because: string): SettingsProblem {
    const got = "a value that nothing reads";
    return { key, expected: `nothing, since ${because}`, got, next: `remove ${key}` };
}
