import { getVersion } from "@pulumi/kubernetes/utilities";
import * as pulumi from "@pulumi/pulumi";

const NAMESPACE = "kubernetes:core/v1:Namespace";

/** What an output is made of, which the SDK keeps out of its types. */
interface Parts {
    promise: () => Promise<boolean>;
    isKnown: Promise<boolean>;
    isSecret: Promise<boolean>;
}

/**
 * Whether a namespace is there, asked before anything is done with it. `Namespace.get` ends the whole run instead when
 * there is none.
 *
 * True also where nobody can tell: with a Pulumi CLI that has no such question yet, without rights to read, and where a
 * provider is made in the same run.
 */
export function namespaceExists(name: string, parent: pulumi.Resource): pulumi.Output<boolean> {
    const provider = parent.getProvider(NAMESPACE);
    return pulumi.output(ask(name, provider === undefined ? { parent } : { parent, provider }));
}

async function ask(name: string, options: pulumi.CustomResourceOptions): Promise<boolean> {
    const answer = pulumi.runtime.existsResource(NAMESPACE, name, {}, { ...options, version: getVersion() });
    const { promise, isKnown, isSecret } = answer as unknown as Parts;
    // Each part of an answer fails by itself, and one whose failure nobody takes ends the program.
    const [exists, known] = await Promise.allSettled([promise.call(answer), isKnown, isSecret]);
    const isTold = exists.status === "fulfilled" && known.status === "fulfilled" && known.value;
    return !isTold || exists.value;
}
