/** Where a path of the API server's proxy leads. */
export type DirectTarget = { rest: string } & (
    | { service: string; pod?: undefined }
    | { service?: undefined; namespace: string; pod: string; port: string }
);

const POD = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/:]+):(\d+)\/proxy(\/.*)?$/;
const SERVICE = /^\/api\/v1\/namespaces\/([^/]+)\/services\/http:([^/:]+):(\d+)\/proxy(\/.*)?$/;

/**
 * Where a path of the API server's proxy leads, to ask there directly; undefined for any other path.
 *
 * @param path such as `/api/v1/namespaces/istio-system/services/http:jaeger-query:16686/proxy/api/services`
 */
export function directUrl(path: string): DirectTarget | undefined {
    const [, home = "", pod, podPort = "", podRest = "/"] = POD.exec(path) ?? [];
    if (pod !== undefined) return { namespace: home, pod, port: podPort, rest: podRest };
    const [, namespace = "", service, port = "", rest = "/"] = SERVICE.exec(path) ?? [];
    return service === undefined ? undefined : { service: `${service}.${namespace}.svc:${port}`, rest };
}
