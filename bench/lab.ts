import { UserError } from "../shared/terminal/errors";
import { downCluster, runningCluster, upCluster, type Cluster } from "../lab/cluster";

/** Parts of the lab that affect figures. */
const TOLD = ["kubernetes", "etcd", "istio", "envoy", "jaeger", "helm", "coredns", "containerd"];

type Say = (line: string) => void;

/** Exit code of a command that Ctrl-C ended. */
const INTERRUPTED = 130;
/** A node that does not come up on a busy machine usually does at the next attempt. */
const TRIES = 2;

/** The lab that sections share. */
export class BenchLab {
    private current: Cluster | undefined;
    private trusted = true;
    private wasUp: boolean | undefined;

    /** The current lab, which is started or recreated after a failure. */
    async up(say: Say): Promise<Cluster> {
        this.wasUp ??= (await runningCluster()) !== undefined;
        if (!this.trusted) {
            await this.fresh(say);
            this.trusted = true;
        }
        return (this.current ??= await upCluster(say));
    }

    /** A new lab instead of the current one. The next section does not reuse it. */
    async fresh(say: Say): Promise<Cluster> {
        this.wasUp ??= (await runningCluster()) !== undefined;
        this.trusted = false;
        this.current = undefined;
        this.current = await recreateCluster(say, TRIES);
        return this.current;
    }

    /** Call it after a failure in the lab. */
    distrust(): void {
        this.trusted = false;
    }

    /** Versions of the relevant parts, if there is a lab. */
    async versions(): Promise<Record<string, string>> {
        const cluster = this.current ?? (await runningCluster());
        const all = cluster?.artifacts.versions ?? {};
        return Object.fromEntries(Object.entries(all).filter(([name]) => TOLD.includes(name)));
    }

    /** Removes the lab, unless it existed before the run and still works. */
    async release(): Promise<void> {
        if (this.current !== undefined && (this.wasUp === false || !this.trusted)) await downCluster(() => undefined);
    }
}

async function recreateCluster(say: Say, tries: number): Promise<Cluster> {
    await downCluster(() => undefined);
    try {
        return await upCluster(say);
    } catch (error) {
        // An interrupt is also an error, but not a reason to retry.
        const interrupted = error instanceof UserError && error.exitCode === INTERRUPTED;
        if (tries <= 1 || interrupted) throw error;
        say(`${(error as Error).message}; trying again`);
        return recreateCluster(say, tries - 1);
    }
}
