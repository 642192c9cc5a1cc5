import * as pulumi from "@pulumi/pulumi";

/**
 * Keeps every further resource of the stack from being registered until a mesh is accepted. A refusal then reaches each
 * resource before its inputs do: of an input that fails, Pulumi shows a stack trace.
 *
 * @param accepted fails if the mesh is refused.
 * @param reader the component that looks at the mesh, and whose children read it.
 */
export function registerOnceAccepted(accepted: pulumi.Output<unknown>, reader?: pulumi.Resource): void {
    // No output, because of the resources behind an output each of the others would depend.
    const { promise } = accepted as unknown as { promise: () => Promise<unknown> };
    const gate = promise.call(accepted).then(() => []);
    // What is never registered takes no notice of a refusal.
    gate.catch(() => undefined);
    pulumi.runtime.registerStackTransformation(({ props, opts }) => {
        if (reader !== undefined && opts.parent === reader) return undefined;
        return { props, opts: { ...opts, dependsOn: [opts.dependsOn ?? [], gate] as unknown as pulumi.Resource[] } };
    });
}
