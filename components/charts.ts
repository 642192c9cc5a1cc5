import * as pulumi from "@pulumi/pulumi";

/** What a repository of charts requires before it serves a chart. */
export interface ChartAccess {
    /**
     * User of the repository, or of the login to the registry.
     * @default the repository requires no login
     */
    username?: string | undefined;
    /** The user's password. Always kept as a Pulumi secret. */
    password?: pulumi.Input<string> | undefined;
    /**
     * PEM file with the authorities that signed the repository's certificate, relative to the project's folder. It must
     * exist on each machine that runs the program.
     * @default the authorities that the machine trusts
     */
    caFile?: string | undefined;
}

/** Where the chart of cert-manager comes from. */
export interface CertManagerChart {
    /** Helm repository (`https://`) or OCI registry and folder (`oci://`). */
    source: string;
    /** @default the repository requires nothing */
    access?: ChartAccess | undefined;
}

/** A chart as a Helm Release takes it. */
export interface ChartInputs {
    chart: string;
    version?: string;
    repositoryOpts?: ChartAccess & { repo?: string };
}

/** True when the chart source is a folder of this machine. */
export function isLocalChartSource(source: string): boolean {
    return !/^(https?|oci):\/\//.test(source);
}

/** A chart of a source: a repository, a registry, or a folder, whose charts have the versions that they have. */
export function chartInputs(source: string, chart: string, version: string, access: ChartAccess): ChartInputs {
    const path = `${source.replace(/\/+$/, "")}/${chart}`;
    if (isLocalChartSource(source)) return { chart: path };
    const asked = secretAccess(access);
    if (!source.startsWith("oci://")) return { chart, version, repositoryOpts: { repo: source, ...asked } };
    return { chart: path, version, ...(Object.keys(asked).length > 0 && { repositoryOpts: asked }) };
}

/** The same without what is undefined, and with the password as a secret. */
export function secretAccess({ username, password, caFile }: ChartAccess): ChartAccess {
    return {
        ...(username !== undefined && { username }),
        ...(password !== undefined && { password: pulumi.secret(password) }),
        ...(caFile !== undefined && { caFile }),
    };
}
