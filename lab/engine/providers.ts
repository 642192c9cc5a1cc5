import { UserError } from "../../cli/ui/errors";
import { KubeClient } from "./client";
import { helmProvider } from "./helm";
import { kubernetesProvider } from "./kubernetes";
import { CONTEXT, type EngineOptions, type Provider, type Resource } from "./types";

/** The default Kubernetes provider: objects and Helm Releases. Anything that is not served is refused by its name. */
export class Providers {
    private readonly objects: Provider;
    private readonly releases: Provider;
    private client: KubeClient | undefined;

    constructor(options: EngineOptions) {
        const settings = Object.keys(options.config).filter((key) => key.startsWith("kubernetes:"));
        const setting = settings.find((key) => key !== CONTEXT);
        if (setting !== undefined) throw new UserError(`The lab's engine does not serve the setting ${setting}.`);
        this.objects = kubernetesProvider(() => {
            if (options.kubeconfig === undefined)
                throw new Error("There is no kubeconfig, so no cluster can be reached.");
            return (this.client ??= new KubeClient(options.kubeconfig, options.config[CONTEXT]));
        });
        this.releases = helmProvider(options);
    }

    /** Undefined for the stack and for components. */
    for({ custom, type }: Resource): Provider | undefined {
        if (!custom) return undefined;
        if (!type.startsWith("kubernetes:") || (type.endsWith("Patch") && type !== "kubernetes:core/v1:NamespacePatch"))
            throw new Error(`The lab's engine does not serve resources of type ${type}.`);
        return type === "kubernetes:helm.sh/v3:Release" ? this.releases : this.objects;
    }

    close(): void {
        this.client?.close();
    }
}
