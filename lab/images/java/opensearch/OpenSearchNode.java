import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.opensearch.analysis.common.CommonAnalysisPlugin;
import org.opensearch.common.settings.Settings;
import org.opensearch.index.mapper.MapperExtrasPlugin;
import org.opensearch.index.reindex.ReindexPlugin;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.painless.PainlessPlugin;
import org.opensearch.transport.Netty4Plugin;

/**
 * One OpenSearch node without its start scripts, which no package registry has. Arguments: folder, address, port.
 */
public final class OpenSearchNode extends Node {
    private OpenSearchNode(Settings settings) {
        super(
            InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), null, () -> "lab"),
            List.of(
                Netty4Plugin.class,
                CommonAnalysisPlugin.class,
                PainlessPlugin.class,
                MapperExtrasPlugin.class,
                ReindexPlugin.class),
            true);
    }

    public static void main(String[] args) throws Exception {
        Settings settings = Settings.builder()
            .put("path.home", args[0])
            .put("path.data", args[0] + "/data")
            .put("path.logs", args[0] + "/logs")
            .put("cluster.name", "lab")
            .put("network.host", args[1])
            .put("http.port", args[2])
            .put("discovery.type", "single-node")
            .put("transport.type", "netty4")
            .put("http.type", "netty4")
            // The machine's disk is shared, and may be fuller than a server of its own would accept.
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .build();
        OpenSearchNode node = new OpenSearchNode(settings);
        node.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                node.close();
            } catch (java.io.IOException error) {
                error.printStackTrace();
            }
        }));
        System.out.println("started");
        new CountDownLatch(1).await();
    }
}
