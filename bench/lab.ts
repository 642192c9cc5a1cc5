import { downCluster, runningCluster, upCluster, type Cluster } from "../lab/cluster";

type Say = (line: string) => void;

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
        await downCluster(() => undefined);
        this.current = undefined;
        this.current = await upCluster(say);
        return this.current;
    }

    /** To be called when something went wrong in it. */
    distrust(): void {
        this.trusted = false;
    }

    /** Versions of its parts, where there is one. */
    async versions(): Promise<Record<string, string>> {
        const cluster = this.current ?? (await runningCluster());
        return cluster === undefined ? {} : cluster.artifacts.versions;
    }

    /** Takes it down, unless it was there before the run and is still fit for use. */
    async release(): Promise<void> {
        if (this.current !== undefined && (this.wasUp === false || !this.trusted)) await downCluster(() => undefined);
    }
}
