import { isLabelSelector, namespacesThatAre, type LabelledNamespace } from "../../checks/mesh/discoverySelectors";
import { NAMESPACE_NAME_LABEL } from "../../shared/names/kubernetes";
import { at, isPlainObject, textAt, type PlainObject } from "../../shared/values/plainObjects";
import type { Collector } from "../collector";
import type { NamespacePolicy, OwnNamespace } from "../ownNamespaces";
import type { NamespaceTracing } from "../namespaceTracing";
import { askedLabels, injectionLabels } from "../revision";
import { userProviders } from "../render/istiodValues";
import { isInExistingNamespace, type Ui } from "../ui";
import { valueProblem } from "./chartValueProblem";
import { showSetting, type SettingsProblem } from "./problems";

/** Where istiod looks; of every other namespace it knows neither Services nor pods. */
export const SELECTORS = "meshConfig.discoverySelectors";

const FORM =
    "a list of label selectors, each an object with matchLabels or matchExpressions (key, operator In, NotIn, Exists " +
    "or DoesNotExist, and values)";

/** What says which namespaces matter to the mesh. */
export interface NamespaceSettings {
    istio: { namespace: string; injectedBy: string | undefined; values: PlainObject };
    demo: { deploy: boolean; namespace: string };
    doctor: { namespace: string } | undefined;
    namespaces: Record<string, Pick<NamespaceTracing, "injection">>;
    collector: Pick<Collector, "host" | "outsideAddress">;
    ui: Ui;
    ownNamespaces: Record<OwnNamespace, NamespacePolicy>;
}

/** What is wrong with the user's selectors as such. */
export function findSelectorProblems(mesh: PlainObject): SettingsProblem[] {
    const selectors = mesh["discoverySelectors"];
    if (selectors === undefined) return [];
    const next = "write it like [{ matchLabels: { istio-discovery: enabled } }]";
    if (!Array.isArray(selectors)) return [valueProblem(SELECTORS, FORM, showSetting(selectors), next)];
    // snake_case is refused by its own words.
    return selectors.flatMap((selector: unknown, index) =>
        isLabelSelector(selector) || (isPlainObject(selector) && Object.keys(selector).some((key) => key.includes("_")))
            ? []
            : [valueProblem(`${SELECTORS}[${String(index)}]`, FORM, showSetting(selector), next)],
    );
}

/** Selectors that leave out a namespace in which istiod must find Services and pods. */
export function findUndiscovered(istiodValues: PlainObject, namespaces: LabelledNamespace[]): SettingsProblem[] {
    const left = namespacesThatAre("no", selectorsIn(istiodValues), namespaces);
    if (left.length === 0) return [];
    const names = left.map(({ name }) => name);
    const labels = left.map(
        ({ name, labels }) =>
            `${name} (${Object.entries({ [NAMESPACE_NAME_LABEL]: name, ...labels })
                .map(([key, value]) => `${key}: ${value}`)
                .join(", ")})`,
    );
    const selector = { matchExpressions: [{ key: NAMESPACE_NAME_LABEL, operator: "In", values: names }] };
    return [
        valueProblem(
            SELECTORS,
            `selectors that make istiod watch ${labels.join(", ")}; otherwise istiod knows neither the Services nor ` +
                "the pods there, and spans are lost",
            showSetting(selectorsIn(istiodValues)),
            `add ${JSON.stringify(selector)}`,
        ),
    ];
}

/** The names of namespaces of others' at which istiod looks only if they have labels that nothing here tells. */
export function findUnknown(istiodValues: PlainObject, namespaces: LabelledNamespace[]): string[] {
    return namespacesThatAre("unknown", selectorsIn(istiodValues), namespaces).map(({ name }) => name);
}

function selectorsIn(istiodValues: PlainObject): unknown {
    return at(istiodValues, "meshConfig", "discoverySelectors");
}

/** The namespaces that matter to the mesh, with the labels that the program gives them. */
export function meshNamespaces(settings: NamespaceSettings): LabelledNamespace[] {
    const { istio, demo, doctor, namespaces, collector, ui } = settings;
    const others = (name: string, labels = {}): LabelledNamespace => ({ name, labels, complete: false });
    const own = (name: string, key: OwnNamespace, labels = {}): LabelledNamespace => {
        const { existing, labels: further } = settings.ownNamespaces[key];
        return existing ? others(name) : { name, labels: { ...further, ...labels }, complete: true };
    };
    const found = [
        own(istio.namespace, "istio"),
        ...(demo.deploy ? [own(demo.namespace, "demo", injectionLabels(istio.injectedBy))] : []),
        ...(doctor ? [own(doctor.namespace, "doctor", injectionLabels(istio.injectedBy))] : []),
        ...Object.entries(namespaces).map(([name, { injection }]) => others(name, askedLabels(injection))),
        ...(ui.mode !== "gateway"
            ? []
            : [isInExistingNamespace(ui) ? others(ui.namespace) : own(ui.namespace, "gateway")]),
        ...(collector.outsideAddress === undefined ? [others(collector.host.split(".")[1] ?? "")] : []),
        ...providerNamespaces(istio.values).map((name) => others(name)),
    ];
    // Those of a collector and of a provider may be any of them; what is known better stands first.
    return found.filter(({ name }, index) => found.findIndex((other) => other.name === name) === index);
}

/** Where the Services of the user's own providers are, written as NAME.NAMESPACE.svc... or NAMESPACE/HOST. */
function providerNamespaces(istiodValues: PlainObject): string[] {
    const services = userProviders(istiodValues).flatMap((provider) =>
        isPlainObject(provider) ? Object.values(provider).map((kind) => textAt(kind, "service") ?? "") : [],
    );
    return services.flatMap((service) => {
        const [namespace] = service.includes("/")
            ? service.split("/")
            : (/^[^.]+\.([^.]+)\.svc\b/.exec(service) ?? []).slice(1);
        return namespace ?? [];
    });
}
