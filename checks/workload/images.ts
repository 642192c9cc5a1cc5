import { type Manifest } from "../../shared/kubernetes/manifest";
import { textAt } from "../../shared/values/plainObjects";
import type { Finding } from "../finding";
import { chartsOf, walkValues } from "../manifest/charts";
import { containersOf, podTemplateOf } from "./podTemplates";

/** Tags that people move to another image. */
const FLOATING = ["latest", "main", "master", "edge", "nightly", "stable"];

/** How strictly images must be named. */
export interface ImageOptions {
    /** A digest, since a tag can be moved. @default false */
    requireDigest?: boolean;
}

/** An image whose name may mean something else tomorrow. */
export function checkImagePinned(resource: string, image: string, { requireDigest }: ImageOptions = {}): Finding[] {
    if (image.includes("@sha256:")) return [];
    const tag = imageTag(image);
    const floats = tag === undefined || FLOATING.includes(tag);
    if (!floats && requireDigest !== true) return [];
    return [
        {
            id: "image-pinned",
            severity: "warning",
            resource,
            expected:
                requireDigest === true ? "a digest (@sha256:...)" : "a tag that stays the same image, or a digest",
            got: tag === undefined ? `${image}, which means the tag latest` : image,
            cure: "Name a release, so that the same stack gives the same pods tomorrow.",
        },
    ];
}

/** The tag of an image's name; undefined when it has none. */
export function imageTag(image: string): string | undefined {
    const [name = ""] = image.split("@");
    return /:([^:/]+)$/.exec(name)?.[1];
}

/** Floating images of a workload, or in the values of a chart. */
export function checkImages(manifest: Manifest, options: ImageOptions): Finding[] {
    const template = podTemplateOf(manifest);
    if (template !== undefined) {
        return containersOf(template).flatMap(({ name, container }) => {
            const image = textAt(container, "image");
            // Istio's injector puts the proxy's own image there.
            if (image === undefined || image === "auto") return [];
            return checkImagePinned(`${template.resource} container ${name}`, image, options);
        });
    }
    return chartsOf(manifest).flatMap(({ resource, values }) => floatingValues(resource, values));
}

/** In values a missing tag is the chart's own default, so only what is written there counts. */
function floatingValues(resource: string, values: Manifest): Finding[] {
    return [...walkValues(values)].flatMap(({ path, map }) =>
        ["tag", "image"].flatMap((key) => {
            const text = textAt(map, key) ?? "";
            const tag = key === "tag" ? text : imageTag(text);
            if (tag === undefined || !FLOATING.includes(tag)) return [];
            return checkImagePinned(
                `${resource} values.${[...path, key].join(".")}`,
                key === "tag" ? `:${text}` : text,
            );
        }),
    );
}
