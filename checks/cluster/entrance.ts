import { matchesSelector, type LabelSelector } from "../../shared/kubernetes/labelSelectors";
import type { ClusterObject } from "../../shared/kubernetes/objects";
import { METADATA_SHAPE } from "../../shared/kubernetes/shapes";
import { anything, listOf, objectOf, text, type Shape } from "../../shared/values/shapes";
import type { Finding } from "../finding";

/** A listener of a Gateway of the Gateway API. */
interface Listener {
    name: string;
    protocol: string;
    hostname?: string;
    allowedRoutes?: {
        namespaces?: { from?: string; selector?: LabelSelector };
        kinds?: { group?: string; kind: string }[];
    };
}

/** A Gateway of the Gateway API, as the API server returns it. */
export interface ParentGateway extends ClusterObject {
    spec: { listeners: Listener[] };
    status?: { conditions?: { type: string; status: string; message?: string }[] };
}

/** The fields of a Gateway that the check reads. */
export const PARENT_GATEWAY: Shape<ParentGateway> = objectOf<ParentGateway>(
    {
        metadata: METADATA_SHAPE,
        spec: objectOf<ParentGateway["spec"]>(
            {
                listeners: listOf(
                    objectOf<Listener>(
                        {
                            ...{ name: text, protocol: text, hostname: text },
                            allowedRoutes: objectOf<NonNullable<Listener["allowedRoutes"]>>({
                                namespaces: objectOf<{ from?: string; selector?: LabelSelector }>({
                                    from: text,
                                    selector: anything as Shape<LabelSelector>,
                                }),
                                kinds: listOf(
                                    objectOf<{ group?: string; kind: string }>({ group: text, kind: text }, "kind"),
                                ),
                            }),
                        },
                        ...(["name", "protocol"] as const),
                    ),
                ),
            },
            "listeners",
        ),
        status: objectOf<NonNullable<ParentGateway["status"]>>({
            conditions: listOf(
                objectOf<{ type: string; status: string; message?: string }>(
                    { type: text, status: text, message: text },
                    ...(["type", "status"] as const),
                ),
            ),
        }),
    },
    ...(["metadata", "spec"] as const),
);

/** The route that the program makes, and the gateway that must let it in. */
export interface WantedRoute {
    host: string;
    tls: { mode: "external" | "plainHttp" };
    parent: { namespace: string; name: string; section?: string | undefined };
    /** Namespace of the route. */
    namespace: string;
}

const KIND = "HTTPRoute";

/** Reports a gateway that does not exist, or that would not let the route in. The UI would have no address. */
export function checkParentGateway(
    wanted: WantedRoute,
    isServed: boolean,
    gateway: ParentGateway | undefined,
    namespaceLabels: Record<string, string>,
): Finding[] {
    const { namespace, name, section } = wanted.parent;
    const resource = `Gateway ${namespace}/${name}`;
    const finding = (severity: Finding["severity"], expected: string, got: string, cure: string): Finding[] => [
        { id: "ui-parent-gateway", severity, resource, expected, got, cure },
    ];
    if (!isServed) {
        const expected = "the kind HTTPRoute of gateway.networking.k8s.io/v1, because ui.mode is httpRoute";
        const cure =
            "Install the Gateway API (https://gateway-api.sigs.k8s.io/guides/), or set ui.mode to gateway or ingress.";
        return finding("error", expected, "a cluster that does not serve it", cure);
    }
    if (gateway === undefined) {
        const cure =
            "Correct ui.parentGateway, or create the Gateway. List them: kubectl get gateways.gateway.networking.k8s.io -A";
        return finding("error", "a Gateway, which ui.parentGateway names", "no such Gateway", cure);
    }
    const { listeners } = gateway.spec;
    const candidates = listeners.filter((listener) => section === undefined || listener.name === section);
    if (candidates.length === 0) {
        const got = `the listeners ${listeners.map((listener) => listener.name).join(", ") || "(none)"}`;
        return finding("error", `a listener ${section ?? ""}`, got, "Correct ui.parentGateway.section, or omit it.");
    }
    const refusals = candidates.map((listener) => [listener.name, refusal(listener, wanted, namespaceLabels)] as const);
    if (refusals.every(([, reason]) => reason !== undefined)) {
        const got = refusals.map(([listener, reason]) => `${listener}: ${reason ?? ""}`).join("; ");
        const expected = `a listener that accepts an HTTPRoute for ${wanted.host} from the namespace ${wanted.namespace}`;
        const cure =
            "Ask the gateway's owner for allowedRoutes and a hostname that admit it, or correct ui.host, ui.tls.mode " +
            "or ui.parentGateway.";
        return finding("error", expected, got, cure);
    }
    const failed = (gateway.status?.conditions ?? []).find(
        ({ type, status }) => ["Accepted", "Programmed"].includes(type) && status !== "True",
    );
    if (failed === undefined) return [];
    const got = `${failed.type} is ${failed.status}: ${failed.message ?? "no message"}`;
    return finding(
        "warning",
        "a Gateway that works",
        got,
        `Ask its owner: kubectl describe ${resource.replace(" ", "/")}`,
    );
}

/** Why a listener does not let the route in; undefined if it does. */
function refusal(listener: Listener, wanted: WantedRoute, namespaceLabels: Record<string, string>): string | undefined {
    const protocol = wanted.tls.mode === "plainHttp" ? "HTTP" : "HTTPS";
    if (listener.protocol !== protocol) return `protocol ${listener.protocol}, not ${protocol}`;
    if (listener.hostname !== undefined && !hostFits(listener.hostname, wanted.host)) {
        return `hostname ${listener.hostname}`;
    }
    const { namespaces: { from = "Same", selector = {} } = {}, kinds } = listener.allowedRoutes ?? {};
    if (kinds !== undefined && kinds.length > 0 && !kinds.some(({ kind }) => kind === KIND)) {
        return `accepts only ${kinds.map(({ kind }) => kind).join(", ")}`;
    }
    const isAllowed =
        from === "All" ||
        (from === "Same" && wanted.parent.namespace === wanted.namespace) ||
        (from === "Selector" && matchesSelector(selector, namespaceLabels));
    return isAllowed ? undefined : `allowedRoutes.namespaces.from is ${from}`;
}

function hostFits(pattern: string, host: string): boolean {
    return pattern.startsWith("*.")
        ? host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1
        : pattern === host;
}

const DEFAULT_CLASS = "ingressclass.kubernetes.io/is-default-class";

/** Reports an Ingress that no controller would serve. Kubernetes accepts it without a word. */
export function checkIngressClass(className: string | undefined, classes: ClusterObject[]): Finding[] {
    const names = classes.map(({ metadata }) => metadata.name);
    const there = names.length === 0 ? "no IngressClass" : names.join(", ");
    const isDefault = ({ metadata }: ClusterObject): boolean => metadata.annotations?.[DEFAULT_CLASS] === "true";
    if (className === undefined ? classes.some(isDefault) : names.includes(className)) return [];
    return [
        {
            ...{ id: "ui-ingress-class", severity: "error", resource: "ui.ingress.className" },
            expected:
                className === undefined
                    ? "a default IngressClass in this cluster, because ui.ingress.className names none"
                    : "an IngressClass of this cluster",
            got: className === undefined ? there : `${className}; the cluster has ${there}`,
            cure: "Set ui.ingress.className to an existing class, or install the controller. List them: kubectl get ingressclasses",
        },
    ];
}
