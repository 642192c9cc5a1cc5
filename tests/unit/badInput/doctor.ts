import type { BadConfiguration } from "./refusal";

const IMAGE = "registry.example.com/tracing-doctor:1";
const ON = { "doctor.enabled": "true", "doctor.image": IMAGE };
const CREDENTIAL = { username: "anna", password: `$2y$10$${"a".repeat(53)}` };

/** What cannot be said of the doctor in the cluster. */
export const BAD_DOCTOR: BadConfiguration[] = [
    ["a doctor without an image", { "doctor.enabled": "true" }, "doctor.image", /no image is published/],
    ["an image of the doctor without a tag", { ...ON, "doctor.image": "doctor" }, "doctor.image", /a tag or a digest/],
    ["a doctor as a word", { "doctor.enabled": "yes" }, "doctor.enabled", /true \(/],
    ["probes without a pause", { ...ON, "doctor.intervalSeconds": "14" }, "doctor.intervalSeconds", /15 to 3600/],
    ["a probe a day", { ...ON, "doctor.intervalSeconds": "3601" }, "doctor.intervalSeconds", /15 to 3600/],
    ["half a second", { ...ON, "doctor.intervalSeconds": "60.5" }, "doctor.intervalSeconds", /whole number/],
    ["a doctor beside istiod", { ...ON, "doctor.namespace": "istio-system" }, "doctor.namespace", /istio\.namespace/],
    ["a doctor beside the demo", { ...ON, "doctor.namespace": "demo" }, "doctor.namespace", /demo\.namespace/],
    [
        "a doctor in a namespace of others",
        { ...ON, "doctor.namespace": "shop", namespaces: '{"shop":{"samplingPercent":5}}' },
        "doctor.namespace",
        /namespaces\.shop/,
    ],
    ["an unknown name in doctor", { "doctor.replicas": "2" }, "doctor.replicas", /intervalSeconds/],
    [
        "a login for Jaeger with which the doctor cannot log in",
        {
            ...ON,
            ui: JSON.stringify({ mode: "gateway", host: "traces.example.com", tls: { mode: "plainHttp" } }),
            uiBasicAuth: JSON.stringify(CREDENTIAL),
        },
        "uiBasicAuth.password",
        /clear text/,
    ],
];
