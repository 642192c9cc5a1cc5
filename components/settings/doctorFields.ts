import { z } from "zod";
import { BOOLEAN, CHOICE_NEXT, decimal, OWN_NAMESPACE, type Field } from "./field";
import { isPinnedImage } from "./imageReferences";

/** The settings of the doctor in the cluster. */
export const DOCTOR_FIELDS = {
    "doctor.enabled": {
        meaning:
            "`true` deploys the doctor, which sends a probe between its own pods in each interval, and serves its " +
            "findings as metrics.",
        expected: "true (the doctor runs in the cluster) or false",
        next: CHOICE_NEXT,
        schema: BOOLEAN,
        default: "false",
    },
    "doctor.image": {
        meaning: "Image of the doctor, which you build with `doctor/Dockerfile`. Required with `doctor.enabled`.",
        expected: "an image with a tag or a digest, or nothing without doctor.enabled",
        next: "build it with docker build -f doctor/Dockerfile, push it, and write it like registry.example.com/tracing-doctor:1",
        schema: z.string().refine((text) => text === "" || isPinnedImage(text)),
        default: "",
    },
    "doctor.namespace": {
        meaning: "Namespace of the doctor's client and server. The program creates it.",
        ...OWN_NAMESPACE,
        default: "tracing-doctor",
    },
    "doctor.intervalSeconds": {
        meaning: "Seconds between two probes, 15 to 3600.",
        expected: "a whole number from 15 to 3600 (seconds between two probes)",
        next: "set for example 60",
        schema: decimal(15, 3600, 0),
        default: "60",
    },
} as const satisfies Record<string, Field>;
