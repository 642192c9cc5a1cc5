import { checkImages } from "../../checks/workload/images";
import type { Rule } from "../rule";

export const imagePinned: Rule = {
    id: "image-pinned",
    severity: "high",
    levels: { dev: "advisory", ci: "mandatory", prod: "mandatory" },
    reason: "With a floating tag, the same stack may run different code tomorrow.",
    cure: "Use a release tag or a digest.",
    scope: "object",
    options: {
        requireDigest: { description: "Also reject tags, because they can be moved.", type: "boolean", default: false },
    },
    judge: (objects, { requireDigest }) =>
        objects.flatMap((object) => checkImages(object, { requireDigest: requireDigest === true })),
};
