import { checkImages } from "../../checks/images";
import type { Rule } from "../rule";

export const imagePinned: Rule = {
    id: "image-pinned",
    severity: "high",
    levels: { dev: "advisory", ci: "mandatory", prod: "mandatory" },
    reason: "A floating tag gives other pods tomorrow, for the same stack.",
    cure: "Name a release or a digest.",
    scope: "object",
    options: {
        requireDigest: { description: "Refuse tags too, since they can be moved.", type: "boolean", default: false },
    },
    judge: (objects, { requireDigest }) =>
        objects.flatMap((object) => checkImages(object, { requireDigest: requireDigest === true })),
};
