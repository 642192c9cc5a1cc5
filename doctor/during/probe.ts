import { itemsOf } from "../../shared/cluster/facts";
import type { Access } from "../connection/access";
import { expectedHops, flushInterval } from "../evidence/awaitTraces";
import { openQuery, type QueryEvidence } from "../evidence/query";
import type { ExamineOptions } from "../evidence/collect";
import { collectorOfPod, samplingOfPod, type CollectorTarget } from "../inventory/collector";
import { discover } from "../inventory/discovery";
import { meshOf, readMeshes } from "../inventory/mesh";
import { noMesh } from "../inventory/noMesh";
import type { Discovery } from "../inventory/objects";
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

/** A sender, and the collector that its spans reach. */
interface Way {
    sender: Sender;
    discovery: Discovery;
    collector: CollectorTarget | undefined;
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

    private constructor(access: Access, way: Way, query: QueryEvidence, options: ExamineOptions) {
        const { path } = way.sender;
        this.access = access;
        this.way = way;
        this.path = path;
        this.blind = query.client === undefined ? (query.problem ?? "Jaeger cannot be queried") : undefined;
        // The path was approved, and stays the same.
        this.findWay = () => findWay(access, { ...options, to: path.url, approve: undefined });
        const flushMs = flushInterval(path, way.collector?.kind) + BATCH_MS;
        const openAgain = async (): Promise<QueryEvidence> => queryOf(access, await this.findWay(), options);
        this.follower = new TraceFollower(query, openAgain, flushMs);
    }

    /** @throws UserError with exit code 2 if there is nothing to probe. */
    static async open(access: Access, options: ExamineOptions): Promise<ChangeProbe> {
        const way = await findWay(access, options);
        return new ChangeProbe(access, way, await queryOf(access, way, options), options);
    }

    /** Sends one request, and has its trace followed if it was answered. */
    readonly send = async (): Promise<void> => {
        const { sender, collector } = this.way;
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
        const sent = await sendProbes(this.access, where, sender.client, url, [ids], collector?.kind === "zipkin");
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
    return {
        ...{ sender, discovery },
        collector: collectorOfPod(source, samplingOfPod(source, mesh, discovery), mesh, discovery),
    };
}

/** Opens the Jaeger in which the traces of a way are searched. */
function queryOf(access: Access, { discovery, collector }: Way, options: ExamineOptions): Promise<QueryEvidence> {
    return openQuery(access, discovery, collector, options);
}
