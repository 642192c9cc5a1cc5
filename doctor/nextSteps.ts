/** What the doctor asks of people where it cannot go on by itself. */
export interface NextSteps {
    /** To give it the rights to read objects; followed by what for. */
    grantRights: string;
    /** To find out which rights it lacks. */
    seeRights: string;
    /** To query Jaeger, which the API server or a policy refuses. */
    reachJaeger: string;
    /** To name the Jaeger that has the traces. */
    nameJaeger: string;
    /** To log in to Jaeger. */
    logIn: string;
    correctLogin: string;
    correctJaeger: string;
    /** To find Jaeger where no Service leads to it. */
    elsewhere: string;
    /** Who queries Jaeger. */
    asker: string;
    /** To let them through a NetworkPolicy, as a whole sentence. */
    letIn: string;
    /** To probe along another path, as a whole sentence. */
    otherPath: string;
    /** The same as a part of a sentence. */
    anotherPath: string;
    /** To name pods between which it can send requests. */
    namePath: string;
    /** To correct the workload that sends the probes. */
    correctSource: string;
    /** What names that workload. */
    source: string;
    findMesh: string;
    moreTime: string;
}

/** For who runs the command. */
export const BY_OPTIONS: NextSteps = {
    grantRights: "Grant the doctor the rights of --print-rbac",
    seeRights: "see the required rights with --print-rbac",
    reachJaeger: "see the required rights with --print-rbac, or pass the URL at which people open it: --jaeger URL",
    nameJaeger: "name the Jaeger that has the traces: --jaeger URL",
    logIn: "if Jaeger requires a login, set JAEGER_LOGIN=USER:PASSWORD, or pass the URL at which people open it: --jaeger URL",
    correctLogin: "correct the user and password in JAEGER_LOGIN",
    correctJaeger: "correct --jaeger",
    elsewhere: "name it with --jaeger URL",
    asker: "the API server can reach, through which the doctor asks it",
    letIn:
        "Allow the addresses of the API server or of nodes with another NetworkPolicy (ipBlock), or pass the URL at " +
        "which people open Jaeger: --jaeger URL.",
    otherPath: "Otherwise, probe a path that is allowed (--from, --to).",
    anotherPath: "name another path with --from deploy/NAME -n NAMESPACE --to URL",
    namePath: "name them with --from deploy/NAME -n NAMESPACE --to URL, allow the doctor's own pod with --probe-pod",
    correctSource: "correct --from or -n NAMESPACE",
    source: "--from",
    findMesh: "install Istio, or choose another --context",
    moreTime: "allow more time with --timeout SECONDS, send fewer requests with --requests NUMBER",
};

/** For who reads what the doctor in the cluster logs: it has no options, but the stack has settings. */
const BY_SETTINGS: NextSteps = {
    grantRights: "Run pulumi up again, which gives the doctor its ClusterRole and its binding",
    seeRights: "run pulumi up again, which gives the doctor its ClusterRole and its binding",
    reachJaeger: "let the doctor's namespace query Jaeger: run pulumi up again, or correct ui.from",
    nameJaeger:
        "run npm run doctor -- --jaeger URL from your machine: the doctor in the cluster knows the stack's own Jaeger",
    logIn: "if Jaeger requires a login, set ui.authentication to basic and uiBasicAuth to it, and run pulumi up",
    correctLogin: "correct uiBasicAuth, and run pulumi up",
    correctJaeger: "run pulumi up again, so that the doctor finds the stack's own Jaeger",
    elsewhere: "run npm run doctor -- --jaeger URL from your machine",
    asker: "the doctor's pod can reach",
    letIn: "Allow the doctor's namespace with another NetworkPolicy (namespaceSelector).",
    otherPath: "The doctor in the cluster probes only between its own pods.",
    anotherPath: "set doctor.image to one that doctor/Dockerfile builds, which has curl",
    namePath: "find out why the doctor's own pods are missing: kubectl get pods,services -n tracing-doctor",
    correctSource: "find out why the doctor's own pod is not ready: kubectl get pods -n tracing-doctor",
    source: "the doctor",
    findMesh: "install Istio, or remove doctor.enabled",
    moreTime: "check whether the doctor is short of CPU (resources.doctor)",
};

let steps = BY_OPTIONS;

/** The next steps, in the words of where this process runs. */
export function nextSteps(): NextSteps {
    return steps;
}

/** Names settings from now on instead of options. */
export function speakOfSettings(speaks = true): void {
    steps = speaks ? BY_SETTINGS : BY_OPTIONS;
}
