import assert from "node:assert/strict";
import { dependentsOf, layers } from "../../../../lab/engine/graph";
import type { Resource } from "../../../../lab/engine/types";
import { Aliases, providerIn, urnOf } from "../../../../lab/engine/urns";

const resource = (name: string, about: Partial<Resource> = {}): Resource => ({
    ...{ urn: name, type: "t", name, custom: true, dependencies: [], inputs: {}, outputs: {} },
    ...about,
});
const names = (resources: Resource[]): string[] => resources.map(({ name }) => name).sort();

const all = [
    resource("child", { parent: "box" }),
    resource("box"),
    resource("a"),
    resource("b", { dependencies: ["a"] }),
    resource("c", { propertyDependencies: { data: ["b"] } }),
    resource("bound", { deletedWith: "a" }),
    resource("made", { provider: "p::1" }),
    resource("p"),
];

describe("the resources of a state", () => {
    it("come in layers, each after what it needs", () => {
        assert.deepEqual(layers(all).map(names), [["a", "box", "p"], ["b", "bound", "child", "made"], ["c"]]);
    });

    it("are found by what they need, directly or not, and by their parents where that counts", () => {
        assert.deepEqual(names(dependentsOf(["a"], all, false)), ["b", "bound", "c"]);
        assert.deepEqual(names(dependentsOf(["p"], all, false)), ["made"]);
        assert.deepEqual(names(dependentsOf(["box"], all, false)), []);
        assert.deepEqual(names(dependentsOf(["box"], all, true)), ["child"]);
    });

    it("are all there even if some need each other", () => {
        const circle = [resource("x", { dependencies: ["y"] }), resource("y", { dependencies: ["x"] })];
        assert.deepEqual(layers(circle).map(names), [["x", "y"]]);
    });
});

describe("the former URNs of a resource", () => {
    const place = { stack: "dev", project: "p" };
    const urn = (chain: string, name: string): string => `urn:pulumi:dev::p::${chain}::${name}`;
    const stack = urnOf(place, "pulumi:pulumi:Stack", "p-dev");

    it("are those of its own aliases", () => {
        const aliases = new Aliases(place);
        assert.deepEqual(
            aliases.of("k:Map", "new", urn("c:Box", "box"), [
                { name: "old" },
                { type: "k:Former" },
                { noParent: true },
                { parent: urn("c:Crate", "crate") },
                { urn: "urn:pulumi:x::y::z::n" },
                { stack: "other", project: "q", noParent: true },
            ]),
            [
                urn("c:Box$k:Map", "old"),
                urn("c:Box$k:Former", "new"),
                urn("k:Map", "new"),
                urn("c:Crate$k:Map", "new"),
                "urn:pulumi:x::y::z::n",
                "urn:pulumi:other::q::k:Map::new",
            ],
        );
        assert.deepEqual(aliases.of("k:Map", "new", stack, [{ name: "old" }]), [urn("k:Map", "old")]);
    });

    it("follow the former name of its parent", () => {
        const aliases = new Aliases(place);
        aliases.use(urn("c:Crate", "crate"), urn("c:Box", "box"));
        assert.deepEqual(aliases.of("k:Map", "crate-content", urn("c:Crate", "crate"), []), [
            urn("c:Box$k:Map", "box-content"),
        ]);
        assert.deepEqual(aliases.of("k:Map", "mine", urn("c:Crate", "crate"), [{ name: "yours" }]), [
            urn("c:Crate$k:Map", "yours"),
            urn("c:Box$k:Map", "mine"),
            urn("c:Box$k:Map", "yours"),
        ]);
    });
});

describe("a reference to a provider", () => {
    it("is taken apart", () => {
        const { urn, id } = providerIn("urn:pulumi:dev::p::pulumi:providers:kubernetes::mine::1-2");
        assert.deepEqual([urn, id], ["urn:pulumi:dev::p::pulumi:providers:kubernetes::mine", "1-2"]);
    });
});
