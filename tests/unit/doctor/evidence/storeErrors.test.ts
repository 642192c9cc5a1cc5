import assert from "node:assert/strict";
import { errorsIn, faultIn, storeUsers, type StoreKind } from "../../../../doctor/evidence/storeErrors";
import { pod } from "../patient";

/** Lines as Jaeger 2.13 writes them, with shorter fields. */
const FIELDS = '{"resource": {"jaeger.role": "collector"}, "otelcol.component.id": "jaeger_storage"';
const bulk = (error: string, count = 3): string =>
    `2026-11-27T09:52:01.390Z\terror\tconfig/config.go:366\tElasticsearch could not process bulk request\t${FIELDS}, ` +
    `"request_count": ${String(count)}, "failed_count": 0, "error": "${error}", "errorVerbose": "at ..."}`;
const LOGIN = bulk("elastic: Error 401 (Unauthorized)", 12);
const AWAY = bulk("no available connection: no Elasticsearch node available");
const UNTRUSTED = bulk("tls: failed to verify certificate: x509: certificate signed by unknown authority");
const OWN_TRACES =
    '2026-11-27T09:51:00.660Z\twarn\tgrpc@v1.76.0/clientconn.go:1407\t[core] Err: "dial tcp [::1]:4317: connect: ' +
    `connection refused"\t{"resource": {"jaeger.role": "query"}, "grpc_log": true}`;

const errors = (log: string[], stores: StoreKind[] = ["storage"]): ReturnType<typeof errorsIn> =>
    errorsIn({ pod: pod("istio-system", "jaeger", "10.0.0.9", false), stores }, log.join("\n"));

describe("the log of a Jaeger whose server fails", () => {
    it("tells what the server answered, how often, and how much was in the last attempt", () => {
        const stack = "github.com/olivere/elastic/v7.(*bulkWorker).commit";
        assert.deepEqual(errors([bulk("elastic: Error 401 (Unauthorized)", 5), stack, LOGIN, stack]), [
            {
                ...{
                    store: "storage",
                    fault: "login",
                    by: "Pod istio-system/jaeger-7f9-abc",
                    attempts: 2,
                    documents: 12,
                },
                line: "Elasticsearch could not process bulk request: elastic: Error 401 (Unauthorized)",
            },
        ]);
    });

    it("tells of an index that the server does not create, because it has too many shards", () => {
        const reason =
            "Validation Failed: 1: this action would add [10] total shards, but this cluster currently has [1000]/[1000] maximum shards open;";
        const line = `2026-11-27T10:38:01Z\terror\tconfig/config.go:350\tElasticsearch part of bulk request failed\t${FIELDS}, "response": {"error": {"type": "validation_exception", "reason": "${reason}"}}}`;
        const [found] = errors([line]);
        assert.equal(found?.fault, "shards");
        assert.match(found.line, /^Elasticsearch part of bulk request failed: Validation Failed.*1000.*shards open/);
    });

    it("tells of each fault, whose order says which explains the others", () => {
        const found = errors([AWAY, UNTRUSTED]);
        assert.deepEqual(
            found.map(({ fault }) => fault),
            ["unreachable", "certificate"],
        );
    });

    it("says nothing of information, of Jaeger's own traces that nobody takes, and of what holds a secret", () => {
        assert.deepEqual(
            errors([OWN_TRACES, '\tinfo\tx.go:1\tread-only-allow-delete\t{"a": 1}', "Everything is ready."]),
            [],
        );
        assert.deepEqual(errors([`${LOGIN} https://jaeger:made-up@search:9200`]), []);
    });

    it("tells of a search that fails, which Jaeger tells as information", () => {
        const line = `2026-11-27T10:01:00Z\tinfo\treader.go:550\tes search services failed\t${FIELDS}, "error": "elastic: Error 400 (Bad Request): RootCause[[nested] failed to find nested object under path [tags]"}`;
        assert.deepEqual(
            errors([line]).map((error) => error.fault),
            ["schema"],
        );
    });

    const said: [string, string][] = [
        [
            "full",
            "index [lab-jaeger-span-2026-11-27] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage",
        ],
        [
            "schema",
            "search services failed: elastic: Error 400: RootCause[Text fields are not optimised for operations",
        ],
        ["schema", "unconfigured table traces"],
        ["login", "SASL_AUTHENTICATION_FAILED: SASL Authentication failed."],
        ["login", "ElasticSearch server https://a:9200 returned HTTP 403, expected 2xx"],
        ["unreachable", "gocql: unable to create session: unable to discover protocol version: dial tcp: i/o timeout"],
    ];
    for (const [fault, line] of said)
        it(`is understood (${line.slice(0, 40)})`, () => {
            assert.equal(faultIn(line), fault);
        });

    it("is about the storage where an ingester tells what it answered, and about Kafka otherwise", () => {
        const both: StoreKind[] = ["kafka", "storage"];
        const kafka =
            '\terror\tx.go:1\tconsume failed\t{"otelcol.component.id": "kafka", "error": "connection refused"}';
        const storage =
            '\terror\tx.go:1\tunable to process message\t{"otelcol.component.id": "kafka", "error": "gocql: no hosts available"}';
        assert.deepEqual(
            errors([kafka, storage], both).map(({ store }) => store),
            ["kafka", "storage"],
        );
        assert.deepEqual(
            errors([storage], ["kafka"]).map(({ store }) => store),
            ["kafka"],
        );
    });
});

describe("the pods that use a server", () => {
    const [one, other] = [pod("a", "collector", "10.0.0.1", false), pod("a", "query", "10.0.0.2", false)];

    it("are asked once each, and write into Kafka where ingesters read it", () => {
        const seen = (ingesters: Parameters<typeof storeUsers>[1]): string[] =>
            storeUsers([one], ingesters, [one, other]).map(
                ({ pod: { metadata }, stores }) => `${metadata.name} ${stores.join()}`,
            );
        assert.deepEqual(seen(undefined), ["collector-7f9-abc storage", "query-7f9-abc storage"]);
        assert.deepEqual(seen([]), ["collector-7f9-abc kafka", "query-7f9-abc storage"]);
    });
});
