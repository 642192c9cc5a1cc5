import type { SettingsProblem } from "./problems";
import type { UiValues } from "./ui";
import { missing, unused } from "./uiFieldProblems";

const TLS_MODES = {
    httpRoute: "external or, without encryption, plainHttp",
    ingress: "external, secret or, without encryption, plainHttp",
};

/** Which fields of `ui` are missing for a gateway or controller that somebody else runs, or without use. */
export function findRouteProblems(ui: UiValues, mode: "httpRoute" | "ingress"): SettingsProblem[] {
    const because = `ui.mode is ${mode}`;
    const isRoute = mode === "httpRoute";
    const used = ["mode", "host", "basePath", "authentication", "tls", "from", "jaegerAccess"];
    return [
        ...missing(ui, "ui", { host: "the DNS name of the UI" }),
        ...unused(ui, "ui", [...used, isRoute ? "parentGateway" : "ingress"], because),
        ...(isRoute
            ? missing(ui.parentGateway ?? {}, "ui.parentGateway", {
                  namespace: "the namespace of the Gateway that admits the UI's route",
                  name: "the name of the Gateway that admits the UI's route",
              })
            : []),
        ...tlsProblems(ui.tls ?? {}, mode),
        ...sourceProblems(ui),
    ];
}

function tlsProblems(tls: NonNullable<UiValues["tls"]>, mode: "httpRoute" | "ingress"): SettingsProblem[] {
    const expected = `${TLS_MODES[mode]}, because ui.mode is ${mode}`;
    if (tls.mode === undefined) return missing(tls, "ui.tls", { mode: expected });
    const isKnown =
        tls.mode === "external" || tls.mode === "plainHttp" || (tls.mode === "secret" && mode === "ingress");
    if (!isKnown) {
        const next = "the certificate belongs to the listener or the controller: set ui.tls.mode to external";
        return [{ key: "ui.tls.mode", expected, got: tls.mode, next }];
    }
    const because = `ui.tls.mode is ${tls.mode}`;
    if (tls.mode !== "secret") return unused(tls, "ui.tls", ["mode"], because);
    const wanted = { secretName: "the Secret of type kubernetes.io/tls in the Ingress's namespace, istio.namespace" };
    return [...missing(tls, "ui.tls", wanted), ...unused(tls, "ui.tls", ["mode", "secretName"], because)];
}

/** What the program must know of the pods that forward requests, so that nobody goes round them. */
function sourceProblems({ authentication, jaegerAccess, from = {} }: UiValues): SettingsProblem[] {
    const { namespace, serviceAccount } = from;
    if (jaegerAccess === "mesh") {
        const why = "because ui.jaegerAccess is mesh: Jaeger's sidecar identifies callers by it";
        return missing(from, "ui.from", {
            namespace: `the namespace of the gateway's pods, ${why}`,
            serviceAccount: `the service account of the gateway's pods in the mesh, ${why}`,
        });
    }
    if (authentication === "external" && namespace === undefined) {
        return missing({}, "ui.from", {
            namespace:
                "the namespace of the pods that forward requests, because ui.authentication is external: whoever " +
                "bypasses them sees every trace",
        });
    }
    if (namespace === undefined && serviceAccount !== undefined)
        return missing({}, "ui.from", { namespace: "the namespace of that service account" });
    return serviceAccount === undefined ? [] : unused({ serviceAccount }, "ui.from", [], "ui.jaegerAccess is not mesh");
}
