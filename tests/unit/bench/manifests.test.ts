import assert from "node:assert/strict";
import { renderRepository, serviceEntries, tracedNames, tracedSetting } from "../../../bench/growth/manifests";
import { parseManifests } from "../../../cli/policy/manifests";
import { resolveSettings } from "../../../components/settings";

describe("what the benchmark makes", () => {
    it("is a file with as many objects as asked for, which the policy pack can read", () => {
        for (const count of [100, 1000]) assert.equal(parseManifests(renderRepository(count)).length, count);
    });

    it("is a setting that the program takes, for the namespaces that are made", () => {
        const { namespaces } = resolveSettings({ namespaces: JSON.stringify(tracedSetting(100)) });
        assert.deepEqual(Object.keys(namespaces), tracedNames(100));
    });

    it("is ServiceEntries with as many hosts as clusters are wanted, each host once", () => {
        const hosts = serviceEntries(1000, "bench").flatMap(({ spec }) => (spec as { hosts: string[] }).hosts);
        assert.equal(new Set(hosts).size, 1000);
        assert.equal(hosts.length, 1000);
    });
});
