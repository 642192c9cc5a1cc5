import type { Cluster } from "../../../lab/cluster";
import { apply, describeFaults, type Fault } from "./faults";
import { kubectl } from "../support/sharedLab";

const FORWARDING = '-H "traceparent: $HTTP_TRACEPARENT" -H "x-request-id: $HTTP_X_REQUEST_ID"';

const FIXED_ID = "c0ffee".padEnd(32, "0");
const FIXED: [string, string][] = [
    ["one that sends the same trace ID with every request", "01"],
    ["one that sends the same trace ID with every request, not to be recorded", "00"],
];

/** An application between frontend and backend, which asks the backend whenever it is asked itself. */
function runMiddle(lab: Cluster, headers: string): void {
    const cgi = `#!/bin/sh\nprintf 'Content-Type: text/plain\\r\\n\\r\\n'\ncurl -s ${headers} http://backend\n`;
    const serve =
        "mkdir -p /tmp/www/cgi-bin && printf '%s' \"$CGI\" >/tmp/www/cgi-bin/call && " +
        "chmod +x /tmp/www/cgi-bin/call && exec busybox httpd -f -p 8080 -h /tmp/www";
    const labels = { app: "middle" };
    apply(
        lab,
        {
            apiVersion: "apps/v1",
            kind: "Deployment",
            metadata: { name: "middle", namespace: "demo" },
            spec: {
                selector: { matchLabels: labels },
                template: {
                    metadata: { labels },
                    spec: {
                        terminationGracePeriodSeconds: 1,
                        containers: [
                            {
                                name: "middle",
                                image: "docker.io/curlimages/curl:8.16.0",
                                command: ["sh", "-c", serve],
                                env: [{ name: "CGI", value: cgi }],
                                ports: [{ containerPort: 8080 }],
                                readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
                            },
                        ],
                    },
                },
            },
        },
        {
            apiVersion: "v1",
            kind: "Service",
            metadata: { name: "middle", namespace: "demo" },
            spec: { selector: labels, ports: [{ name: "http", port: 80, targetPort: 8080 }] },
        },
    );
    kubectl(lab, "rollout", "status", "deployment/middle", "-n", "demo", "--timeout=60s");
}

describeFaults("an application that hands the context on", [
    {
        what: "one that drops the headers of the request",
        inject: (lab) => {
            runMiddle(lab, "");
        },
        id: "context-not-forwarded",
        segment: "propagation",
        got: /^calls that started their own trace, such as [0-9a-f]{32} \(backend\.demo/,
        mend: (lab) => {
            runMiddle(lab, FORWARDING);
        },
        cleanUp: (lab) => {
            kubectl(lab, "delete", "deployment/middle", "service/middle", "-n", "demo", "--wait=false");
        },
        options: { from: "deploy/frontend", namespace: "demo", to: "http://middle/cgi-bin/call" },
    },
    ...FIXED.map(([what, flags]): Fault => ({
        what,
        inject: (lab) => {
            runMiddle(lab, `-H "traceparent: 00-${FIXED_ID}-${"b".repeat(16)}-${flags}"`);
        },
        id: "context-replaced",
        segment: "propagation",
        got: new RegExp(`^calls with the trace ID ${FIXED_ID}, .*: it sends a fixed traceparent$`),
        mend: (lab) => {
            runMiddle(lab, FORWARDING);
        },
        cleanUp: (lab) => {
            kubectl(lab, "delete", "deployment/middle", "service/middle", "-n", "demo", "--wait=false");
        },
        options: { from: "deploy/frontend", namespace: "demo", to: "http://middle/cgi-bin/call", requests: 30 },
        full: true,
    })),
    {
        what: "one that hands on the headers of B3 alone",
        inject: (lab) => {
            runMiddle(lab, '-H "x-b3-traceid: $HTTP_X_B3_TRACEID" -H "x-request-id: $HTTP_X_REQUEST_ID"');
        },
        id: "context-not-forwarded",
        segment: "propagation",
        got: /^calls that started their own trace, such as [0-9a-f]{32} \(backend\.demo/,
        mend: (lab) => {
            runMiddle(lab, FORWARDING);
        },
        cleanUp: (lab) => {
            kubectl(lab, "delete", "deployment/middle", "service/middle", "-n", "demo", "--wait=false");
        },
        options: { from: "deploy/frontend", namespace: "demo", to: "http://middle/cgi-bin/call" },
        full: true,
    },
]);
