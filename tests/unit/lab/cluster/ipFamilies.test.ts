import assert from "node:assert/strict";
import { isIPv6 } from "node:net";
import { cniConfig } from "../../../../lab/cluster/agents";
import { listenAddress } from "../../../../lab/cluster/controlPlane";
import { corednsObjects } from "../../../../lab/cluster/coredns";
import { insideApiUrl } from "../../../../lab/cluster/credentials";
import { networkScript } from "../../../../lab/cluster/node";
import { labIdentity, type LabIdentity } from "../../../../lab/identity";
import { hostAndPort, labFamilies } from "../../../../lab/ipFamilies";

function withFamilies<T>(families: string | undefined, act: () => T): T {
    const former = process.env["LAB_IP_FAMILIES"];
    const set = (value: string | undefined): void => {
        if (value === undefined) delete process.env["LAB_IP_FAMILIES"];
        else process.env["LAB_IP_FAMILIES"] = value;
    };
    set(families);
    try {
        return act();
    } finally {
        set(former);
    }
}

describe("the families of a lab's addresses", () => {
    const identity = (families?: string): LabIdentity => withFamilies(families, () => labIdentity());

    it("are IPv4 alone unless LAB_IP_FAMILIES says more, and a word that is none is refused", () => {
        assert.deepEqual(withFamilies(undefined, labFamilies), ["ipv4"]);
        assert.deepEqual(withFamilies("ipv6,ipv4", labFamilies), ["ipv6", "ipv4"]);
        for (const wrong of ["", "ipv5", "ipv4,ipv4", "ipv4, ipv6", "dual"])
            assert.throws(
                () => withFamilies(wrong, labFamilies),
                /LAB_IP_FAMILIES: expected ipv4, ipv6 or ipv4,ipv6 in either order, got "/,
            );
    });

    it("leave the lab's name as it is, and give the node an address of each", () => {
        const [one, other, both] = [identity("ipv4"), identity("ipv6"), identity("ipv6,ipv4")];
        assert.equal(one.name, other.name);
        assert.ok(isIPv6(other.nodeAddress));
        assert.deepEqual(both.nodeAddresses, [other.nodeAddress, one.nodeAddress]);
        assert.equal(both.nodeAddress, other.nodeAddress);
    });

    it("each have an address of the node, a route to Services, and none that leads out", () => {
        const lines = networkScript({ families: ["ipv4", "ipv6"], nodeAddresses: ["10.200.7.1", "fd00:200:7::1"] });
        for (const line of [
            "ip address add 10.200.7.1/24 dev node0",
            "ip route add unreachable default",
            "ip -6 address add fd00:200:7::1/64 dev node0 nodad",
            "ip -6 route add unreachable default",
            "echo 1 >/proc/sys/net/ipv6/conf/all/forwarding",
        ])
            assert.ok(lines.split("\n").includes(line), line);
        assert.doesNotMatch(networkScript({ families: ["ipv4"], nodeAddresses: ["10.200.7.1"] }), /-6|ipv6/);
    });

    it("are those of pods, of the kubelet and of what listens for both", () => {
        const both = identity("ipv4,ipv6");
        const [plugin] = (cniConfig(both.families) as { plugins: { ipam: { ranges: unknown; routes: unknown } }[] })
            .plugins;
        assert.deepEqual(plugin?.ipam.routes, [{ dst: "0.0.0.0/0" }, { dst: "::/0" }]);
        assert.deepEqual(plugin.ipam.ranges, [[{ subnet: "10.244.0.0/24" }], [{ subnet: "fd00:244::/64" }]]);
        assert.deepEqual([listenAddress(both), listenAddress(identity())], ["::", "0.0.0.0"]);
    });

    it("are in brackets before a port, and the default one is that of DNS", () => {
        assert.equal(hostAndPort("fd00::1", 80), "[fd00::1]:80");
        assert.equal(hostAndPort("10.0.0.1", 80), "10.0.0.1:80");
        assert.match(insideApiUrl(identity("ipv6")), /^https:\/\/\[fd00:200:[0-9a-f]+::1\]:6443$/);
        const dns = (families: string): string => JSON.stringify(corednsObjects("image", identity(families).families));
        assert.match(dns("ipv6,ipv4"), /"clusterIP":"fd00:96::a"/);
        assert.match(dns("ipv4,ipv6"), /"clusterIP":"10\.96\.0\.10"/);
    });
});
