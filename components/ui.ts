/** Where the gateway and what belongs to it live, unless the settings say otherwise. */
export const DEFAULT_GATEWAY_NAMESPACE = "istio-ingress";

/** Path below which the UI is served, unless somebody says so: all of the host. */
export const DEFAULT_BASE_PATH = "/";

/** Where a cert-manager that the program installs lives, unless the settings say otherwise. */
export const DEFAULT_CERT_MANAGER_NAMESPACE = "cert-manager";

/** Who signs the certificate of the UI: https://cert-manager.io/docs/configuration/issuers/ */
export type UiIssuer =
    | { type: "selfSigned" }
    | {
          type: "ca";
          /** Secret of the gateway's namespace with certificate and key of the authority. */
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
}

/** How browsers know the UI by its certificate. */
export type UiTls =
    | {
          mode: "certManager";
          issuer: UiIssuer;
          /** @default cert-manager is in the cluster already */
          install?: CertManagerInstall;
      }
    | {
          mode: "secret";
          /** Secret of type kubernetes.io/tls in the gateway's namespace, which is there already. */
          secretName: string;
      }
    | { mode: "plainHttp" };

/** Who checks that a person may see traces. */
export type UiAuthentication =
    | { mode: "basic" }
    | {
          mode: "external";
          /** Extension provider of the mesh configuration that is asked about every request. */
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

/** The Jaeger UI behind a gateway of its own. */
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
     * @default as the cluster has it
     */
    service?: GatewayService | undefined;
    authentication: UiAuthentication;
    tls: UiTls;
}

/** How people get at the Jaeger UI. */
export type Ui = { mode: "none" } | UiGateway;

/** One name and its password, or the bcrypt hash of that. */
export interface BasicCredential {
    username: string;
    /** As text, or as a bcrypt hash that starts with `$2`. */
    password: string;
}

/** Address that a person opens in a browser. */
export function uiUrl({ host, basePath, tls }: UiGateway): string {
    return `${tls.mode === "plainHttp" ? "http" : "https"}://${host}${basePath === "/" ? "" : basePath}`;
}

/** True when the gateway's namespace holds a Secret of the user's, and so is there before the first `up`. */
export function isInExistingNamespace({ tls }: UiGateway): boolean {
    return tls.mode === "secret" || (tls.mode === "certManager" && tls.issuer.type === "ca");
}

/** True when the certificate's authority calls back on port 80 of the gateway, which then may not redirect. */
export function answersHttpChallenge({ tls }: UiGateway): boolean {
    return tls.mode === "certManager" && tls.issuer.type === "acme" && tls.issuer.solvers === undefined;
}
