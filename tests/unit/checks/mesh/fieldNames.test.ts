import assert from "node:assert/strict";
import { camelCase, isSnakeCase, readMeshFields, snakeCaseFields } from "../../../../checks/mesh/fieldNames";

describe("the fields of a mesh configuration", () => {
    it("are read in both spellings, of which the reference's stands above the other", () => {
        assert.deepEqual(readMeshFields({ root_namespace: "a" }).config, { rootNamespace: "a" });
        assert.deepEqual(readMeshFields({ rootNamespace: "a", root_namespace: "b" }).config, { rootNamespace: "a" });
        const providers = { extension_providers: [{ name: "a", opentelemetry: { max_tag_length: 5 } }] };
        assert.deepEqual(readMeshFields(providers).config, {
            extensionProviders: [{ name: "a", opentelemetry: { maxTagLength: 5 } }],
        });
    });

    it("are dropped where istiod drops them, which is told by the name that was written", () => {
        const { config, dropped } = readMeshFields({ default_config: { tracing: {} }, default_providers: {}, a: 1 });
        assert.deepEqual(config, { a: 1 });
        assert.deepEqual(dropped, ["default_config", "default_providers"]);
    });

    it("are none where keys are the user's own", () => {
        const own = { defaultConfig: { tracing: { custom_tags: { my_tag: { header: { default_value: "x" } } } } } };
        assert.deepEqual(readMeshFields(own).config, {
            defaultConfig: { tracing: { customTags: { my_tag: { header: { defaultValue: "x" } } } } },
        });
        assert.deepEqual(snakeCaseFields({ defaultConfig: { proxyMetadata: { my_key: "x" } } }), []);
        assert.deepEqual(snakeCaseFields({ extension_providers: [{ max_tag: 1 }] }), [
            ["extension_providers"],
            ["extension_providers", "max_tag"],
        ]);
    });

    it("are told from other words", () => {
        assert.equal(camelCase("default_config"), "defaultConfig");
        assert.equal(camelCase("enable_64bit"), "enable64bit");
        for (const word of ["defaultConfig", "_a", "a_", "A_B", "a-b", ""]) assert.ok(!isSnakeCase(word), word);
    });
});
