import assert from "node:assert/strict";
import { problemsOf, settingsOf } from "./helpers";

describe("imageRegistry", () => {
    it("replaces docker.io in every image left at its default", () => {
        const settings = settingsOf({ imageRegistry: "mirror.example.com/hub" });
        assert.equal(settings.istio.hub, "mirror.example.com/hub/istio");
        for (const image of Object.values(settings.images)) assert.match(image, /^mirror\.example\.com\/hub\//);
    });

    it("leaves images alone that the stack names itself", () => {
        const settings = settingsOf({
            imageRegistry: "mirror.example.com",
            "istio.hub": "registry.example.com/istio",
            images: '{"jaeger":"docker.io/jaegertracing/jaeger:2.13.1"}',
        });
        assert.equal(settings.istio.hub, "registry.example.com/istio");
        assert.equal(settings.images.jaeger, "docker.io/jaegertracing/jaeger:2.13.1");
    });

    it("is refused where an image would have a name that no registry takes", () => {
        const registry = (length: number): string => `mirror.example.com/${"a".repeat(length)}`;
        assert.match(settingsOf({ imageRegistry: registry(300) }).istio.hub, /a\/istio$/);
        const keys = problemsOf({ imageRegistry: registry(375) }).map(({ key }) => key);
        assert.deepEqual(keys, ["imageRegistry"]);
    });
});
