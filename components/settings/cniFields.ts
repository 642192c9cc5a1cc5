import { z } from "zod";
import { DEFAULT_CNI_NAMESPACE } from "../cni";
import { dnsLabel, type Field } from "./field";

const MODE = "none, installed or install";
const NAMESPACE = "the name of a namespace: 1 to 63 of a-z, 0-9 and -, starting and ending with a letter or digit";
const FOLDER = "an absolute path on the nodes, at most 250 characters, without blanks and .. in it";
const PROVIDER = "default or multus";
const VALUES = "an object of values of Istio's cni chart";

/** A folder of a node, as a hostPath volume takes it. */
function folder(meaning: string) {
    return z
        .string({ error: FOLDER })
        .refine(
            (path) => /^(\/[A-Za-z0-9._-]+)+$/.test(path) && path.length <= 250 && !path.split("/").includes(".."),
            {
                error: FOLDER,
            },
        )
        .optional()
        .describe(meaning);
}

/** The setting of Istio's CNI plugin. */
export const CNI_FIELDS = {
    "istio.cni": {
        meaning:
            "Istio's CNI plugin, which redirects the traffic of pods with sidecars. With it, these pods need no " +
            "`istio-init` and pass the Pod Security Standard `restricted`.",
        expected: "an object with any of mode, namespace, binDir, confDir, provider and values, or {}",
        next: "write it like { mode: install }",
        schema: z.strictObject({
            mode: z
                .enum(["none", "installed", "install"], { error: MODE })
                .optional()
                .describe(
                    "`install`: the program installs it; `installed`: the cluster has it; `none`: pods use " +
                        "`istio-init`; default: `installed` on OpenShift and with `istio.values.cni.enabled`, otherwise " +
                        "`none`",
                ),
            namespace: z
                .string({ error: NAMESPACE })
                .regex(dnsLabel, { error: NAMESPACE })
                .optional()
                .describe(
                    "with `install`: existing namespace of the agent, which must admit privileged pods; default: " +
                        DEFAULT_CNI_NAMESPACE,
                ),
            binDir: folder(
                "folder of the nodes with CNI plugins; default: that of the chart for istio.values.global.platform",
            ),
            confDir: folder(
                "folder of the nodes with the CNI configuration; default: that of the chart for " +
                    "istio.values.global.platform",
            ),
            provider: z
                .enum(["default", "multus"], { error: PROVIDER })
                .optional()
                .describe("`multus` if Multus runs the plugin; default: multus on OpenShift, otherwise default"),
            values: z
                .record(z.string(), z.unknown(), { error: VALUES })
                .optional()
                .meta({ description: "with `install`: additional values for the cni chart, merged last", whole: true }),
        }),
        default: {},
    },
} as const satisfies Record<string, Field>;
