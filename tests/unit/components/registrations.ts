import * as pulumi from "@pulumi/pulumi";

/** A resource that a component has registered. */
export interface Registered {
    type: string;
    name: string;
    inputs: Record<string, unknown>;
}

/** Sets Pulumi's mocks for an update of another project, and answers the list that resources are added to. */
export async function recordRegistrations(): Promise<Registered[]> {
    const registered: Registered[] = [];
    await pulumi.runtime.setMocks(
        {
            newResource: ({ type, name, inputs }) => {
                registered.push({ type, name, inputs: inputs as Record<string, unknown> });
                return { id: `${name}-id`, state: inputs as object };
            },
            call: () => ({}),
        },
        "another-project",
        "test",
        false,
    );
    return registered;
}
