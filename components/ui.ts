import type { CertManagerChart } from "./charts";

/** Default namespace of the gateway and its objects. */
export const DEFAULT_GATEWAY_NAMESPACE = "istio-ingress";

/** Default path below which the UI is served: the whole host. */
export const DEFAULT_BASE_PATH = "/";

/** Default namespace of a cert-manager that the program installs. */
export const DEFAULT_CERT_MANAGER_NAMESPACE = "cert-manager";

/** The issuer of the UI's certificate: https://cert-manager.io/docs/configuration/issuers/ */
export type UiIssuer =
    | { type: "selfSigned" }
    | {
          type: "ca";
          /** Secret in the gateway's namespace with the certificate and the key of the authority. */
          secretName: string;
      }
    | {
          type: "acme";
          /** Address to which the authority writes before a certificate expires. */
          email: string;
          /** URL of the authority's directory. */
          server: string;
          /**
           * Solvers as cert-manager writes them.
           * @default HTTP-01 on port 80 of the gateway
           */
          solvers?: Record<string, unknown>[];
      };

/** A cert-manager that the program installs. */
export interface CertManagerInstall {
    namespace: string;
    /** Version of the chart, which is that of cert-manager. */
    version: string;
    /** @default cert-manager's own repository */
    chart?: CertManagerChart | undefined;
}

/** The TLS settings of the UI. */
export type UiTls =
    | {
          mode: "certManager";
          issuer: UiIssuer;
          /** @default the cluster already has cert-manager */
          install?: CertManagerInstall;
      }
    | {
          mode: "secret";
          /** Existing Secret of type kubernetes.io/tls in the gateway's namespace. */
          secretName: string;
      }
    | { mode: "plainHttp" };

/** The authentication of users of the UI. */
export type UiAuthentication =
    | { mode: "basic" }
    | {
          mode: "external";
          /** Extension provider of the mesh configuration that authorizes every request. */
          provider: string;
      }
    | { mode: "open" };

/** How the gateway's Service gets its address, and who may reach it there. */
export interface GatewayService {
    /** Annotations, by which clouds learn what load balancer to make. */
    annotations?: Record<string, string> | undefined;
    /** Who makes the load balancer, such as `service.k8s.aws/nlb`. */
    loadBalancerClass?: string | undefined;
    /** A fixed address, on clouds that still read it here. */
    loadBalancerIP?: string | undefined;
    /** Ranges of addresses, such as `10.0.0.0/8`, that may reach the load balancer. */
    sourceRanges?: string[] | undefined;
}

/** The Jaeger UI behind its own gateway. */
export interface UiGateway {
    mode: "gateway";
    /** DNS name under which browsers find it. */
    host: string;
    /** Path below which it is served, `/` for all of the host. */
    basePath: string;
    /** Namespace of the gateway, its certificate and its key. */
    namespace: string;
    /** Type of the gateway's Service. */
    serviceType: "LoadBalancer" | "NodePort" | "ClusterIP";
    /**
     * Further fields of the Service.
     * @default the cluster's defaults
     */
    service?: GatewayService | undefined;
    authentication: UiAuthentication;
    tls: UiTls;
}

/** Who authenticates users of a UI behind a gateway or a controller of somebody else's. */
export interface UiRouteAuthentication {
    /** `external`: whoever runs that gateway, which the program cannot see. */
    mode: "basic" | "external" | "open";
}

/** The pods that forward requests to Jaeger. */
export interface UiSource {
    namespace: string;
    /** Their service account, if they are part of the mesh. @default they are not */
    serviceAccount?: string | undefined;
}

/** What a route and an Ingress for the Jaeger UI have in common. */
interface UiRouteBase {
    /** DNS name under which browsers find it. */
    host: string;
    /** Path below which it is served, `/` for all of the host. */
    basePath: string;
    authentication: UiRouteAuthentication;
    /** @default any pod of the cluster may query Jaeger */
    from?: UiSource | undefined;
}

/** The Jaeger UI at a gateway of the Gateway API that somebody else runs. */
export interface UiHttpRoute extends UiRouteBase {
    mode: "httpRoute";
    /** `external`: the gateway's listener has a certificate. */
    tls: { mode: "external" } | { mode: "plainHttp" };
    /** The gateway, and one of its listeners if not all. */
    parent: { namespace: string; name: string; section?: string | undefined };
}

/** The Jaeger UI by an Ingress, which a controller of somebody else's serves. */
export interface UiIngress extends UiRouteBase {
    mode: "ingress";
    /** `external`: the controller has a certificate. `secret`: it takes the one of a Secret beside the Ingress. */
    tls: { mode: "external" } | { mode: "secret"; secretName: string } | { mode: "plainHttp" };
    /** @default the cluster's default class */
    className?: string | undefined;
    annotations?: Record<string, string> | undefined;
}

/** The Jaeger UI by a gateway or controller that the program does not run. */
export type UiRoute = UiHttpRoute | UiIngress;

/** How people reach the Jaeger UI. */
export type Ui = { mode: "none" } | UiGateway | UiRoute;

/** True for a UI by a gateway or controller that the program does not run. */
export function isRoute(ui: Ui): ui is UiRoute {
    return ui.mode === "httpRoute" || ui.mode === "ingress";
}

/** A user name and its password, or the bcrypt hash of the password. */
export interface BasicCredential {
    username: string;
    /** As text, or as a bcrypt hash that starts with `$2`. */
    password: string;
}

/** Address to open in a browser. */
export function uiUrl({ host, basePath, tls }: UiGateway | UiRoute): string {
    return `${tls.mode === "plainHttp" ? "http" : "https"}://${host}${basePath === "/" ? "" : basePath}`;
}

/** True if the gateway's namespace contains a Secret of the user, and so exists before the first `up`. */
export function isInExistingNamespace({ tls }: UiGateway): boolean {
    return tls.mode === "secret" || (tls.mode === "certManager" && tls.issuer.type === "ca");
}

/** True if the certificate authority connects to port 80 of the gateway, which then must not redirect. */
export function answersHttpChallenge({ tls }: UiGateway): boolean {
    return tls.mode === "certManager" && tls.issuer.type === "acme" && tls.issuer.solvers === undefined;
}
