import { itemsOf } from "../../shared/cluster/facts";
import type { Access } from "../connection/access";
import { expectedHops, flushInterval } from "../evidence/awaitTraces";
import { openQuery, type QueryEvidence } from "../evidence/query";
import type { ExamineOptions } from "../evidence/collect";
import { collectorOfPod, samplingOfPod } from "../inventory/collector";
import { discover } from "../inventory/discovery";
import { meshOf, readMeshes } from "../inventory/mesh";
import { noMesh } from "../inventory/noMesh";
import { asReadBy } from "../inventory/revision";
import { appContainer, type ProbePath } from "../probe/path";
import { freshIds, sendProbes } from "../probe/requests";
import { chooseSender, type Sender } from "../probe/sender";
import type { ChangeRequest } from "./request";
import { TraceFollower } from "./traces";

/** Time between two attempts to find a pod that can send. */
const RETRY_MS = 2000;
/** A collector's batch and its storage, in addition to the sidecars' flush interval. */
const BATCH_MS = 1000;

/** A sender, and where its traces are. */
interface Way {
    sender: Sender;
    query: QueryEvidence;
    /** Kind of the provider, such as `zipkin`. */
    kind: string | undefined;
}

/** Sends single requests along a path whose pods may be replaced. */
export class ChangeProbe {
    public readonly path: ProbePath;
    /** Why traces cannot be looked for. */
    public readonly blind: string | undefined;
    public readonly requests: ChangeRequest[] = [];
    public readonly follower: TraceFollower;
    private readonly access: Access;
    private readonly findWay: () => Promise<Way>;
    private way: Way;
    private triedMs = 0;

    private constructor(access: Access, way: Way, options: ExamineOptions) {
        const { path } = way.sender;
        this.access = access;
        this.way = way;
        this.path = path;
        this.blind = way.query.client === undefined ? (way.query.problem ?? "Jaeger cannot be queried") : undefined;
        // The path was approved, and stays the same.
        this.findWay = () => findWay(access, { ...options, to: path.url, approve: undefined });
        const flushMs = flushInterval(path, way.kind) + BATCH_MS;
        this.follower = new TraceFollower(way.query, async () => (await this.findWay()).query, flushMs);
    }

    /** @throws UserError with exit code 2 if there is nothing to probe. */
    static async open(access: Access, options: ExamineOptions): Promise<ChangeProbe> {
        return new ChangeProbe(access, await findWay(access, options), options);
    }

    /** Sends one request, and has its trace followed if it was answered. */
    readonly send = async (): Promise<void> => {
        const { sender, kind } = this.way;
        const { source, url } = sender.path;
        const ids = freshIds();
        const request: ChangeRequest = {
            ...{ atMs: Date.now(), traceId: ids.traceId, outcome: "unsent", status: 0 },
            ...{ reason: "", trace: "unknown", without: [] },
        };
        this.requests.push(request);
        const where = {
            namespace: source.metadata.namespace ?? "",
            pod: source.metadata.name,
            container: appContainer(source),
        };
        const sent = await sendProbes(this.access, where, sender.client, url, [ids], kind === "zipkin");
        const [answer] = "value" in sent ? sent.value : [];
        // Without a status and a message, the client itself was ended.
        if (answer === undefined || (answer.status === 0 && answer.error === "")) {
            request.reason = "failure" in sent ? sent.failure.reason : "the sending container ended";
            await this.findAgain();
            return;
        }
        request.status = answer.status;
        request.reason = answer.error;
        request.outcome = answer.status === 0 || answer.status >= 500 ? "failed" : "answered";
        if (request.outcome === "answered") this.follower.follow(request, ids.spanId, expectedHops(sender.path));
    };

    private async findAgain(): Promise<void> {
        if (performance.now() - this.triedMs < RETRY_MS) return;
        this.triedMs = performance.now();
        this.way = await this.findWay().catch(() => this.way);
    }
}

async function findWay(access: Access, options: ExamineOptions): Promise<Way> {
    const cluster = await discover(access);
    if (itemsOf(cluster.istiods).length === 0) throw noMesh(cluster);
    const sender = await chooseSender(access, options, cluster);
    const { source } = sender.path;
    const mesh = meshOf(readMeshes(cluster), source);
    if (mesh === undefined) throw noMesh(cluster);
    const discovery = asReadBy(mesh.revision, cluster);
    const collector = collectorOfPod(source, samplingOfPod(source, mesh, discovery), mesh, discovery);
    return { sender, query: await openQuery(access, discovery, collector, options), kind: collector?.kind };
}
