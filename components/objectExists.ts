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
 * Whether an object is there, asked before anything is done with it. `get` of its kind ends the whole run instead when
 * there is none.
 *
 * Undefined where nobody can tell: with a Pulumi CLI that has no such question yet, without rights to read, and where a
 * provider is made in the same run.
 */
export function objectExists(type: string, id: string, parent?: pulumi.Resource): pulumi.Output<boolean | undefined> {
    const provider = parent?.getProvider(type);
    const options = { ...(parent !== undefined && { parent }), ...(provider !== undefined && { provider }) };
    return pulumi.output(ask(type, id, options));
}

/** Whether a namespace is there; true also where nobody can tell. */
export function namespaceExists(name: string, parent: pulumi.Resource): pulumi.Output<boolean> {
    return objectExists(NAMESPACE, name, parent).apply((exists) => exists ?? true);
}

async function ask(type: string, id: string, options: pulumi.CustomResourceOptions): Promise<boolean | undefined> {
    const answer = pulumi.runtime.existsResource(type, id, {}, { ...options, version: getVersion() });
    const { promise, isKnown, isSecret } = answer as unknown as Parts;
    // Each part of an answer fails by itself, and one whose failure nobody takes ends the program.
    const [exists, known] = await Promise.allSettled([promise.call(answer), isKnown, isSecret]);
    const isTold = exists.status === "fulfilled" && known.status === "fulfilled" && known.value;
    return isTold ? exists.value : undefined;
}
