import { UserError } from "../shared/terminal/errors";
import { downCluster, runningCluster, upCluster, type Cluster } from "../lab/cluster";

/** Parts of the lab that figures depend on. */
const TOLD = ["kubernetes", "etcd", "istio", "envoy", "jaeger", "helm", "coredns", "containerd"];

type Say = (line: string) => void;

/** Exit code of what Ctrl-C ended. */
const INTERRUPTED = 130;
/** A node that does not come up on a busy machine mostly does at the next try. */
const TRIES = 2;

/** The lab that sections share. */
export class BenchLab {
    private current: Cluster | undefined;
    private trusted = true;
    private wasUp: boolean | undefined;

    /** The lab as it stands; brought up, or made anew after a failure. */
    async up(say: Say): Promise<Cluster> {
        this.wasUp ??= (await runningCluster()) !== undefined;
        if (!this.trusted) {
            await this.fresh(say);
            this.trusted = true;
        }
        return (this.current ??= await upCluster(say));
    }

    /** A new one in place of what is there. What the section leaves in it is not for the next one. */
    async fresh(say: Say): Promise<Cluster> {
        this.wasUp ??= (await runningCluster()) !== undefined;
        this.trusted = false;
        this.current = undefined;
        this.current = await makeAnew(say, TRIES);
        return this.current;
    }

    /** To be called when something went wrong in it. */
    distrust(): void {
        this.trusted = false;
    }

    /** Versions of its parts that matter, where there is one. */
    async versions(): Promise<Record<string, string>> {
        const cluster = this.current ?? (await runningCluster());
        const all = cluster?.artifacts.versions ?? {};
        return Object.fromEntries(Object.entries(all).filter(([name]) => TOLD.includes(name)));
    }

    /** Takes it down, unless it was there before the run and is still fit for use. */
    async release(): Promise<void> {
        if (this.current !== undefined && (this.wasUp === false || !this.trusted)) await downCluster(() => undefined);
    }
}

async function makeAnew(say: Say, tries: number): Promise<Cluster> {
    await downCluster(() => undefined);
    try {
        return await upCluster(say);
    } catch (error) {
        // An interrupt is an error too, and no reason to try again.
        const interrupted = error instanceof UserError && error.exitCode === INTERRUPTED;
        if (tries <= 1 || interrupted) throw error;
        say(`${(error as Error).message}; once more`);
        return makeAnew(say, tries - 1);
    }
}
