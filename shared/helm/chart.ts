import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { at, textAt } from "../values/plainObjects";

/** Runs helm with these arguments, and with a text as its input; rejects with what it said if it fails. */
export type RunHelm = (args: string[], input?: string) => Promise<string>;

/** The name under which a repository with a login is known to helm, for one command. */
const REPOSITORY = "source";

/**
 * Runs an action with the arguments by which helm finds the chart of a Release's inputs: `chart`, `version` and
 * `repositoryOpts`, in a repository, a registry or a folder. A password goes through helm's input into a folder that
 * only this user can read, and that is gone afterwards: other users see the arguments of a process.
 */
export async function withChart<T>(release: unknown, helm: RunHelm, act: (args: string[]) => Promise<T>): Promise<T> {
    const asked = at(release, "repositoryOpts");
    const [chart, version] = [textAt(release, "chart") ?? "", textAt(release, "version")];
    const [repo, username] = [textAt(asked, "repo"), textAt(asked, "username")];
    const password = textAt(asked, "password") ?? "";
    const exact = version === undefined ? [] : ["--version", version];
    const ca = flag("--ca-file", textAt(asked, "caFile"));
    const from = repo === undefined || chart.startsWith("oci://") ? [] : ["--repo", repo];
    if (username === undefined) return act([chart, ...exact, ...from, ...ca]);
    const folder = await mkdtemp(join(tmpdir(), "charts-"));
    try {
        const login = ["--username", username, "--password-stdin", ...ca];
        if (from.length === 0) {
            const known = ["--registry-config", join(folder, "registry.json")];
            await helm(["registry", "login", new URL(chart).host, ...login, ...known], password);
            return await act([chart, ...exact, ...ca, ...known]);
        }
        const known = ["--repository-config", join(folder, "repositories.yaml"), "--repository-cache", folder];
        await helm(["repo", "add", REPOSITORY, repo ?? "", ...login, ...known], password);
        return await act([`${REPOSITORY}/${chart}`, ...exact, ...known]);
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}

function flag(name: string, value: string | undefined): string[] {
    return value === undefined ? [] : [name, value];
}
