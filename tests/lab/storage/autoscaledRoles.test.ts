import type { Cluster } from "../../../lab/cluster";
import { LITTLE_CPU, scales, shrinkAtOnce } from "../support/autoscaled";
import { installMetricsServer, removeMetricsServer } from "../support/metricsServer";
import { startOpenSearch, storedIds, type SearchServer } from "../support/openSearch";
import { sendFor } from "../support/sentTraces";
import { eventually, labWith, labWithProgram, restore } from "../support/sharedLab";

const COLLECTORS = "jaeger-collector";
const SECONDS = 90;

describe("Jaeger's collectors that are scaled by their CPU, as metrics-server tells it,", function () {
    this.timeout(900_000);
    let lab: Cluster;
    let server: SearchServer;
    before(async () => {
        lab = await labWithProgram();
        server = await startOpenSearch(lab);
        const { url, login, tls } = server;
        const storage = { type: "opensearch", serverUrls: [url], username: login.username, tls };
        await labWith({
            "jaeger.storage": JSON.stringify(storage),
            "jaeger.roles": JSON.stringify({ collector: { min: 1, max: 3, cpuPercent: 50 }, query: { min: 1 } }),
            jaegerStoragePassword: login.password,
            resources: JSON.stringify({ jaeger: LITTLE_CPU }),
        });
        await installMetricsServer(lab);
        shrinkAtOnce(lab, COLLECTORS);
    });
    after(async () => {
        removeMetricsServer(lab);
        await restore(lab);
        await server.stop();
    });

    it("become more under load and fewer after it, and no acknowledged trace is lost", async () => {
        const grow = (): Promise<void> => scales(lab, COLLECTORS, (pods) => pods > 1);
        const shrink = (): Promise<void> => scales(lab, COLLECTORS, (pods) => pods === 1);
        const ids = [...(await sendFor(lab, SECONDS, grow, 20)), ...(await sendFor(lab, SECONDS, shrink, 3000))];
        await eventually(60, async () => {
            const stored = await storedIds(server, "", "sent.test");
            const lost = ids.filter((id) => !stored.has(id)).length;
            return lost === 0 ? undefined : `${String(lost)} of ${String(ids.length)} traces are lost`;
        });
    });
});
