// Encodes exports of spans as OTLP has them (https://github.com/open-telemetry/opentelemetry-proto, trace.proto). What
// all spans of a kind share is encoded once, so that the sender leaves the machine's cores to what is measured.

/** @param {number} value @returns {Buffer} */
function varint(value) {
    const bytes = [];
    for (let rest = value; ; rest = Math.floor(rest / 128)) {
        if (rest < 128) return Buffer.from([...bytes, rest]);
        bytes.push((rest % 128) + 128);
    }
}

const bytesField = (number, content) =>
    Buffer.concat([varint(number * 8 + 2), varint(content.length), Buffer.from(content)]);
const numberField = (number, value) => Buffer.concat([varint(number * 8), varint(value)]);
const attribute = (key, value) => Buffer.concat([bytesField(1, key), bytesField(2, bytesField(1, value))]);
const timeField = (number, at) => {
    const field = Buffer.alloc(9);
    field[0] = number * 8 + 1;
    field.writeBigUInt64LE(at, 1);
    return field;
};

const SLOW_MS = 900;

/** Durations and results of each kind of trace, of which its last span tells. */
const KINDS = {
    errors: { ms: 4, status: "503", isError: true, path: "/cart" },
    slow: { ms: SLOW_MS, status: "200", isError: false, path: "/cart" },
    other: { ms: 4, status: "200", isError: false, path: "/cart" },
    health: { ms: 1, status: "200", isError: false, path: "/healthz" },
};

/** The attributes that Envoy writes on a server's span in a mesh. */
function envoyAttributes({ status, path }, service) {
    const values = {
        node_id: `sidecar~10.244.0.17~${service}-7c9f6d5b8-x2x4v.bench~bench.svc.cluster.local`,
        zone: "",
        "http.url": `http://${service}.bench.svc.cluster.local${path}`,
        "http.method": "GET",
        downstream_cluster: "-",
        user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "http.protocol": "HTTP/1.1",
        "peer.address": "10.244.0.21",
        request_size: "0",
        response_size: "512",
        component: "proxy",
        upstream_cluster: `inbound|8080||`,
        "upstream_cluster.name": `inbound|8080||;`,
        "http.status_code": status,
        response_flags: "-",
        "istio.mesh_id": "cluster.local",
        "istio.canonical_revision": "latest",
        "istio.canonical_service": service,
        "istio.cluster_id": "Kubernetes",
        "istio.namespace": "bench",
    };
    return Object.entries(values).map(([key, value]) => bytesField(9, attribute(key, value)));
}

const fixed = new Map();

/** What is the same in each span of a kind, service and role. */
function sharedPart(kind, service, isLast) {
    const key = `${kind} ${service} ${isLast}`;
    const known = fixed.get(key);
    if (known !== undefined) return known;
    const about = isLast || kind === "health" ? KINDS[kind] : KINDS.other;
    const part = Buffer.concat([
        ...[bytesField(5, `${service}.bench.svc.cluster.local:80/*`), numberField(6, 2)],
        ...envoyAttributes(about, service),
        ...(about.isError ? [bytesField(15, numberField(3, 2))] : []),
    ]);
    fixed.set(key, part);
    return part;
}

/**
 * One export of a sidecar: one span of each of these traces.
 *
 * @param {{ id: Buffer, spanIds: Buffer[], kind: string, startNanos: bigint, requestId: string }[]} traces
 * @param {number} index which span of its trace, from the root on.
 * @returns {Buffer}
 */
export function encodeExport(traces, index) {
    const service = `service-${index + 1}`;
    const spans = traces.map(({ id, spanIds, kind, startNanos, requestId }) => {
        const isLast = index === spanIds.length - 1;
        const ms = isLast ? KINDS[kind].ms : KINDS.other.ms;
        const parent = spanIds[index - 1];
        return bytesField(
            2,
            Buffer.concat([
                ...[bytesField(1, id), bytesField(2, spanIds[index])],
                ...(parent === undefined ? [] : [bytesField(4, parent)]),
                ...[timeField(7, startNanos), timeField(8, startNanos + BigInt(ms) * 1_000_000n)],
                bytesField(9, attribute("guid:x-request-id", requestId)),
                sharedPart(kind, service, isLast),
            ]),
        );
    });
    const resource = bytesField(1, bytesField(1, attribute("service.name", `${service}.bench`)));
    return bytesField(1, Buffer.concat([resource, bytesField(2, Buffer.concat(spans))]));
}
