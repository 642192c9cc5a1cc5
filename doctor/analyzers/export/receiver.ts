import { collectorConfigsOf, isIpv4, isLocal, receiversOf } from "../../../checks/collector/configuration";
import {
    addressOnAllInterfaces,
    findReceiverTarget,
    receiverFor,
    settingOf,
    type ReceiverTarget,
} from "../../../checks/collector/receiverTarget";
import { checkCollectorReceiver } from "../../../checks/collector/receiver";
import { readCollectorWorld } from "../../../checks/collector/service";
import { itemsOf } from "../../../shared/cluster/facts";
import type { Manifest } from "../../../shared/kubernetes/manifest";
import { listenOnAllAddresses } from "../../remediation/receiverEndpoint";
import type { CollectorTarget } from "../../inventory/collector";
import type { Evidence } from "../../evidence";
import { collectorFilesOf, pipelinesOf } from "../../inventory/collectorPipelines";
import { toManifests, toProvider } from "../../inventory/manifests";
import type { DoctorFinding } from "../../segments";
import { parseText } from "../../parseText";
import { editFile } from "../../remediation/collectorFile";
import { changeSetting } from "../../remediation/containerSetting";
import type { Command } from "../../remediation/commands";
import { leadTo } from "../../remediation/servicePort";
import { restartCommands } from "../../inventory/workload";
import { draftFor } from "../draft";
import { protocolSent } from "./protocol";

const make = draftFor("export");

/** Findings of receivers that no sidecar reaches, and the addresses that cause them. */
const UNREACHABLE: Partial<Record<string, (host: string) => boolean>> = {
    "collector-receiver-local": isLocal,
    "collector-receiver-ipv4": (host) => isLocal(host) || isIpv4(host),
};

/**
 * A receiver in the collector's own configuration that listens on another port, only on localhost or IPv4, or with TLS, or that
 * no pipeline names. The configuration is a file of a ConfigMap, or in the containers of its pods.
 */
export function collectorReceiver(
    evidence: Evidence,
    collector: CollectorTarget,
    values: Record<string, string>,
): DoctorFinding | undefined {
    const { collectorFiles, mesh, discovery } = evidence;
    const provider = toProvider(mesh, collector.provider);
    if (provider === undefined) return undefined;
    const files = itemsOf(collectorFiles).map((object) => ({ apiVersion: "v1", kind: "ConfigMap", ...object }));
    const objects = [...toManifests(discovery, [], collector.pods), ...files];
    const world = readCollectorWorld(objects, parseText);
    const [rule] = checkCollectorReceiver(provider, world);
    if (rule === undefined) return undefined;
    const isWrong = UNREACHABLE[rule.id];
    if (isWrong !== undefined && rule.object?.kind === "Pod")
        return make({ ...rule, ...inContainer(findReceiverTarget(provider, world), evidence, collector), values });
    if (rule.id === "collector-receiver-unused")
        return make({
            ...rule,
            commands: intoPipeline(findReceiverTarget(provider, world), evidence, collector),
            values,
        });
    const file = itemsOf(collectorFiles).find(({ metadata }) => metadata.name === rule.object?.name);
    const [pod] = collector.pods;
    if (rule.id === "collector-receiver-port") return make({ ...rule, ...leadToReceiver(files, collector), values });
    const mend = isWrong && file && listenOnAllAddresses(file, parseText, isWrong);
    const commands: Command[] = mend && pod !== undefined ? [mend, ...restartCommands(pod)] : [];
    return make({ ...rule, commands, values });
}

/** The workload whose container has the address of a receiver, with the commands that change it there. */
function inContainer(
    reached: ReceiverTarget | undefined,
    evidence: Evidence,
    collector: CollectorTarget,
): { resource?: string; commands: Command[] } {
    const sent = protocolSent(collector);
    const receiver = reached && sent && receiverFor(sent, reached);
    const setting = receiver && settingOf(receiver, reached);
    if (reached === undefined || setting === undefined) return { commands: [] };
    return changeSetting(setting, addressOnAllInterfaces(setting, reached), evidence);
}

/** Names a receiver in the pipeline of traces of its file, if there is one. */
function intoPipeline(reached: ReceiverTarget | undefined, evidence: Evidence, collector: CollectorTarget): Command[] {
    const sent = protocolSent(collector);
    const unused = reached?.receivers.find((one) => one.port === reached.targetPort && one.protocol === sent);
    const [file, another] = collectorFilesOf(evidence);
    const [pipeline] = file === undefined ? [] : pipelinesOf(file.config);
    if (unused === undefined || file === undefined || another !== undefined || pipeline === undefined) return [];
    const keys = ["service", "pipelines", pipeline.name, "receivers"];
    return editFile(file, [{ keys, value: [...pipeline.receivers, unused.name] }], collector.pods);
}

/** Sets the Service's target to the only receiver of the sent protocol in the collector's configuration. */
function leadToReceiver(files: Manifest[], collector: CollectorTarget): { commands: Command[]; cure?: string } {
    const { service, port } = collector;
    const sent = protocolSent(collector);
    const [only, another] = files
        .flatMap((file) => collectorConfigsOf(file, parseText))
        .flatMap((config) => receiversOf(config, "localhost", () => undefined))
        .filter(({ protocol, host }) => protocol === sent && (host === undefined || !isLocal(host)));
    if (service === undefined || only?.port === undefined || another !== undefined) return { commands: [] };
    return {
        cure: `Set targetPort of the Service's port ${String(port)} to ${String(only.port)}, or set the endpoint of ${only.path} to its current target.`,
        commands: leadTo(service, port, only.port),
    };
}
