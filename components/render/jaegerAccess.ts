import { JAEGER_PORTS, RECEIVER_PORTS } from "../../shared/names/ports";
import type { BasicCredential } from "../ui";
import type { PlainObject } from "../../shared/values/plainObjects";

/** A service account of the mesh. */
export interface MeshIdentity {
    namespace: string;
    serviceAccount: string;
}

/** The line of an htpasswd file. A password that is not a hash appears as text. */
export function renderUsersFile({ username, password }: BasicCredential): string {
    return `${username}:${password}\n`;
}

/**
 * Spec of the AuthorizationPolicy on Jaeger: spans from every workload of the mesh, queries only from the gateway and the
 * doctor in the cluster, and nothing else from outside the pod. Plain text has no identity and is rejected at every port.
 *
 * Source: https://istio.io/latest/docs/reference/config/security/authorization-policy/
 */
export function renderAuthorizationSpec(selector: Record<string, string>, queries: MeshIdentity[]): PlainObject {
    const rule = (principal: string, ports: number[]): PlainObject => ({
        from: [{ source: { principals: [principal] } }],
        to: [{ operation: { ports: ports.map(String) } }],
    });
    const intake = rule("*", Object.values(RECEIVER_PORTS));
    // The trust domain cluster.local matches the mesh's own trust domain, under any name.
    const principals = queries.map(
        ({ namespace, serviceAccount }) => `cluster.local/ns/${namespace}/sa/${serviceAccount}`,
    );
    const query = principals.map((principal) => rule(principal, [JAEGER_PORTS.queryHttp, JAEGER_PORTS.queryGrpc]));
    return { selector: { matchLabels: selector }, action: "ALLOW", rules: [intake, ...query] };
}

/**
 * Spec of the Telemetry for workloads that transport traces. Spans about their own requests would create more spans
 * endlessly.
 */
export function renderUntracedSpec(selector: Record<string, string>): PlainObject {
    return { selector: { matchLabels: selector }, tracing: [{ disableSpanReporting: true }] };
}
