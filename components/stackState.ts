import * as pulumi from "@pulumi/pulumi";

/**
 * URNs of what the stack has, as its last update has left it. Undefined where nobody can tell: before the first update
 * that has ended well, and in a plan without a stack.
 */
export async function stackResources(): Promise<string[] | undefined> {
    try {
        const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
        // The CLI fails to read the resources of a stack that has no state yet.
        const outputs = await ask("pulumi:pulumi:readStackOutputs", { name });
        if (outputs === undefined || Object.keys(outputs).length === 0) return undefined;
        const resources = await ask("pulumi:pulumi:readStackResourceOutputs", { stackName: name });
        return resources && Object.keys(resources);
    } catch {
        return undefined;
    }
}

async function ask(token: string, question: object): Promise<object | undefined> {
    const { outputs } = (await pulumi.runtime.invoke(token, question)) as { outputs?: object };
    return outputs;
}
