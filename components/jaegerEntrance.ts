import type * as pulumi from "@pulumi/pulumi";
import { jaegerUiArgs } from "./arguments";
import { JaegerRoute } from "./jaegerRoute";
import { JaegerUi } from "./jaegerUi";
import type { Settings } from "./settings";
import { isRoute } from "./ui";

/** The way for browsers to the Jaeger UI that the settings ask for; undefined for none. */
export function jaegerEntrance(
    name: string,
    settings: Settings,
    { namespace, sidecarHash }: { namespace: pulumi.Input<string>; sidecarHash: pulumi.Input<string> },
    options: pulumi.ComponentResourceOptions = {},
): { url: pulumi.Output<string> } | undefined {
    const { ui, jaegerAccess, doctor } = settings;
    if (isRoute(ui)) {
        const access = { meshOnly: jaegerAccess === "mesh", doctorNamespace: doctor?.namespace };
        return new JaegerRoute(name, { namespace, route: ui, ...access }, options);
    }
    const args = jaegerUiArgs(settings);
    return args && new JaegerUi(name, { sidecarHash, ...args }, options);
}
