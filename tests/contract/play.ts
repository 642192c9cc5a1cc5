import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Cluster } from "../../lab/cluster";
import { sorted, tidy, type Plan, type Record_, type Result } from "./facts";
import { CHAPTERS, type Situation } from "./situations";

/** A way to run the program: the real CLI, or the lab's engine. */
export interface Player {
    plan: (situation: Situation) => Promise<Plan>;
    run: (situation: Situation) => Promise<Omit<Result, "objects">>;
    /** What the last operation told people. */
    said: () => string;
}

export type Lab = Pick<Cluster, "kubeconfig" | "artifacts">;

export function kubectl(lab: Lab, args: string[]): string {
    const env = { ...process.env, KUBECONFIG: lab.kubeconfig };
    return execFileSync(join(lab.artifacts.binDir, "kubectl"), args, {
        env,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
    });
}

/** Names of the objects in a namespace, without those that Kubernetes and Helm put there. */
function objectsIn(lab: Lab, namespace: string): string[] {
    const listed = kubectl(lab, ["-n", namespace, "get", "cm,sa,svc,secret,pvc", "-o", "name"]).split("\n");
    const foreign = /^$|kube-root-ca|istio-ca|serviceaccount\/default|sh\.helm\.release/;
    return listed.filter((name) => !foreign.test(name)).map((name) => `${namespace}/${tidy(name) as string}`);
}

/** Plays one situation, and tells what came of it. */
export async function play(lab: Lab, chapter: string, situation: Situation, player: Player): Promise<Record_> {
    for (const command of situation.before ?? []) kubectl(lab, command.split(" "));
    const plan = situation.operation === "up" ? await player.plan(situation) : undefined;
    const result = await player.run(situation);
    const [wanted, failed] = [situation.fails === true, result.failure !== undefined];
    if (wanted !== failed)
        throw new Error(`${chapter}: ${situation.name}: ${failed ? "failed" : "did not fail"}\n${player.said()}`);
    // How much of what stays as it is had been looked at when something failed is chance.
    if (failed) delete result.summary["same"];
    const namespaces = CHAPTERS[chapter]?.namespaces ?? [];
    const objects = sorted(namespaces.flatMap((namespace) => objectsIn(lab, namespace)));
    return { name: situation.name, ...(plan === undefined ? {} : { plan }), result: { ...result, objects } };
}

/** Removes what a chapter that did not come to its end left behind. */
export function sweep(lab: Lab, chapter: string): void {
    const namespaces = CHAPTERS[chapter]?.namespaces ?? [];
    kubectl(lab, ["delete", "ns", ...namespaces, "--ignore-not-found"]);
}
