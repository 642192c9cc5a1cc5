import { type Manifest } from "../../shared/kubernetes/manifest";
import { textAt } from "../../shared/values/plainObjects";
import type { Finding } from "../finding";
import { chartsOf, walkValues } from "../manifest/charts";
import { containersOf, podTemplateOf } from "./podTemplates";

/** Tags that are commonly moved to another image. */
const FLOATING = ["latest", "main", "master", "edge", "nightly", "stable"];

/** How strictly to check image names. */
export interface ImageOptions {
    /** Require a digest, because a tag can be moved. @default false */
    requireDigest?: boolean;
}

/** Reports an image whose name may refer to something else tomorrow. */
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
                requireDigest === true
                    ? "a digest (@sha256:...)"
                    : "a tag that always refers to the same image, or a digest",
            got: tag === undefined ? `${image}, which means the tag latest` : image,
            cure: "Use a release tag, so that the same stack always runs the same code.",
        },
    ];
}

/** The tag of an image's name; undefined if it has none. */
export function imageTag(image: string): string | undefined {
    const [name = ""] = image.split("@");
    return /:([^:/]+)$/.exec(name)?.[1];
}

/** Reports floating images of a workload, or in the values of a chart. */
export function checkImages(manifest: Manifest, options: ImageOptions): Finding[] {
    const template = podTemplateOf(manifest);
    if (template !== undefined) {
        return containersOf(template).flatMap(({ name, container }) => {
            const image = textAt(container, "image");
            // Istio's injector sets the proxy's image there.
            if (image === undefined || image === "auto") return [];
            return checkImagePinned(`${template.resource} container ${name}`, image, options);
        });
    }
    return chartsOf(manifest).flatMap(({ resource, values }) => floatingValues(resource, values));
}

/** In values, a missing tag means the chart's default, so only written tags count. */
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
