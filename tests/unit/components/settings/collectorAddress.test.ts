import assert from "node:assert/strict";
import { ADDRESS_FAULTS, readAddress, type AddressFault } from "../../../../components/settings/collectorAddress";
import { problemsOf } from "./helpers";

const FAULTS: Record<AddressFault, string[]> = {
    empty: ["", " "],
    credentials: ["user:geheim@otel.example.com:4317", "token@otel.example.com:4317", "http://a:b@otel.example.com"],
    scheme: ["http://otel.example.com:4317", "grpc://otel.example.com:4317"],
    blank: ["otel.example.com :4317", "otel.example.com: 4317"],
    path: ["otel.example.com:4318/v1/traces", "otel.example.com:4318?x=1"],
    brackets: ["2001:db8::1", "2001:db8::1:4317", "a:b:4317"],
    noPort: ["otel.example.com", "10.1.2.3", "[2001:db8::1]"],
    port: ["otel.example.com:0", "otel.example.com:65536", "otel.example.com:http", "otel.example.com:04317"],
    ipAddress: ["10.1.2:4317", "10.1.2.300:4317", "[10.1.2.3]:4317"],
    name: ["Otel.example.com:4317", "otel_1.example.com:4317", "-otel.example.com:4317", ":4317"],
    loopback: [
        "localhost:4317",
        "127.0.0.1:4317",
        "0.0.0.0:4317",
        "[::1]:4317",
        "[::ffff:127.0.0.1]:4317",
        "a.localhost:4317",
    ],
    linkLocal: ["169.254.169.254:4317", "169.254.0.1:80", "[fe80::1]:4317", "[fe80::1%eth0]:4317"],
    mapped: ["[::ffff:10.1.2.3]:4317", "[2001:db8::1%eth0]:4317"],
    multicast: ["224.0.0.1:4317", "255.255.255.255:4317", "[ff02::1]:4317"],
};

describe("the address of a collector", () => {
    it("is told each of its faults by name", () => {
        for (const [fault, texts] of Object.entries(FAULTS))
            for (const text of texts) assert.deepEqual(readAddress(text), { fault }, JSON.stringify(text));
    });

    it("is taken by name, by IPv4 and by IPv6 address", () => {
        assert.deepEqual(readAddress("otel.example.com:4317"), { host: "otel.example.com", port: 4317 });
        assert.deepEqual(readAddress("10.1.2.3:65535"), { host: "10.1.2.3", port: 65535 });
        assert.deepEqual(readAddress("[2001:db8::1]:1"), { host: "2001:db8::1", port: 1 });
    });

    it("as a whole URL is told which settings take its parts, and nothing of the stack's own Jaeger", () => {
        const problems = problemsOf({
            collectorAddress: "https://otel.example.com/api/v2/otlp",
            collector: JSON.stringify({ protocol: "otlp-http", path: "/api/v2/otlp/v1/traces", tls: { ca: "public" } }),
        });
        assert.deepEqual(
            problems.map(({ key }) => key),
            ["collectorAddress"],
        );
        assert.match(problems[0]?.next ?? "", /only host:port.*https:\/\/ is collector\.tls.*is collector\.path$/);
        const overGrpc = { collectorAddress: "https://otel.example.com", collector: '{"path":"/v1/traces"}' };
        assert.deepEqual(
            problemsOf(overGrpc).map(({ key }) => key),
            ["collectorAddress", "collector.path"],
        );
    });

    it("has words of its own for each fault, and none shows the password", () => {
        const words = Object.values(ADDRESS_FAULTS).map(({ expected }) => expected);
        assert.equal(new Set(words).size, words.length);
        for (const [fault, texts] of Object.entries(FAULTS)) {
            // Nothing at all is the address that follows from the other settings.
            const text = texts.find((one) => one !== "") ?? "";
            const [problem] = problemsOf({ collectorAddress: text });
            assert.equal(problem?.expected, ADDRESS_FAULTS[fault as AddressFault].expected, text);
            assert.doesNotMatch(JSON.stringify(problem), /geheim/);
        }
    });
});
