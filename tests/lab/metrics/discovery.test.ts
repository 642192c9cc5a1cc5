import { renderPrometheusConfig } from "../../../components/render/prometheusConfig";
import type { Cluster } from "../../../lab/cluster";
import { DOCTOR_SETTINGS } from "../support/inClusterDoctor";
import { query } from "../support/prometheus";
import { startScraper } from "../support/scraper";
import { eventually, kubectl, labWith, restore } from "../support/sharedLab";
import { areRead } from "./fastRules";

const JOBS = ["doctor", "envoy", "istiod", "jaeger", "prometheus", "span-metrics"];

/** What people write to have Services with annotations scraped, after Prometheus's own example. */
const BY_ANNOTATIONS = {
    scrape_configs: [
        {
            job_name: "annotated",
            kubernetes_sd_configs: [{ role: "endpoints" }],
            relabel_configs: [
                {
                    source_labels: ["__meta_kubernetes_service_annotation_prometheus_io_scrape"],
                    ...{ action: "keep", regex: "true" },
                },
                {
                    source_labels: ["__address__", "__meta_kubernetes_service_annotation_prometheus_io_port"],
                    ...{ action: "replace", target_label: "__address__" },
                    ...{ regex: "(.+?)(?::\\d+)?;(\\d+)", replacement: "$1:$2" },
                },
                { source_labels: ["__meta_kubernetes_service_name"], action: "replace", target_label: "job" },
            ],
        },
    ],
};

describe("discovery of targets by the API server", function () {
    this.timeout(900_000);
    let lab: Cluster;
    before(async () => {
        lab = await labWith({ ...DOCTOR_SETTINGS, "metrics.deployPrometheus": "true" });
        await areRead(lab, JOBS);
    });
    after(async () => {
        await restore(lab);
    });

    it("finds with the rights and the configuration of the stack's Prometheus what stands in for it in the lab", async () => {
        const scraper = await startScraper(lab, renderPrometheusConfig(), "istio-system/tracing-prometheus");
        try {
            await eventually(120, () => {
                const own = query(lab, 'up{job!="prometheus"} == 1');
                const wanted = own.map(({ metric }) => `${metric["job"] ?? ""} ${metric["instance"] ?? ""}`).sort();
                const found = scraper.targets();
                return Promise.resolve(
                    (wanted.length > 5 && found.join() === wanted.join()) ||
                        `${found.join()} instead of ${wanted.join()}`,
                );
            });
        } finally {
            await scraper.stop();
        }
    });

    it("finds the Services with metrics by their annotations", async () => {
        const rights = ["clusterrolebinding", "scraper", "--clusterrole=view", "--serviceaccount=demo:default"];
        kubectl(lab, "create", ...rights);
        const scraper = await startScraper(lab, BY_ANNOTATIONS, "demo/default");
        try {
            await eventually(120, () => {
                const jobs = [...new Set(scraper.targets().map((target) => target.split(" ")[0] ?? ""))];
                const wanted = ["jaeger-metrics", "jaeger-span-metrics", "tracing-doctor"];
                return Promise.resolve(wanted.every((job) => jobs.includes(job)) || jobs.join());
            });
        } finally {
            await scraper.stop();
            kubectl(lab, "delete", "clusterrolebinding", "scraper");
        }
    });
});
