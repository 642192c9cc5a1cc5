import { EXEMPT, type OptionSchema, type Rule } from "../../policy/rule";
import { RULES } from "../../policy/rules";
import { code, plain, pretty, table } from "../../shared/markdown/markdown";

const INTRODUCTION = `# Policies

<!-- \`npm run docs\` writes this page from policy/rules/; do not edit it here. -->

\`\`\`sh
npm run policy                                   # all stacks; needs no cluster and no Pulumi CLI
npm run policy -- --stack prod
npm run policy -- FILE.yaml                      # your own manifests; - reads the standard input
pulumi preview --stack prod --policy-pack policy
\`\`\`

\`npm run policy -- --stack\` checks what the program would create. To check the objects inside Istio's charts as well, it
renders the charts, which needs a \`helm\` on the PATH and the charts in a local folder; \`--fetch-charts\` lets Helm
download them, with \`ISTIO_CHART_PASSWORD\` from the environment if their repository asks for a password. Otherwise it checks the charts' values and says so. It prints text, \`--json\` or \`--junit\`. Exit codes: 0
no mandatory rule is violated, 1 at least one is, 2 it could not judge everything.

The manifests can be what your tools apply: values of Istio's chart, as text or as data, in an Argo CD Application, a k3s
HelmChart, or a Flux HelmRelease with its ConfigMaps, and resources of the Istio, OpenTelemetry and Jaeger operators. If
you also name a \`valueFiles\` file, it is read as values. Anything that the files do not show, such as values in a Secret, is
reported as a note, never as an error.

\`pulumi preview --policy-pack policy\` and \`pulumi up --policy-pack policy\` apply the same rules; after \`npm ci\`, the pack
needs no installation of its own. Rules about one resource stop it before it is written. Rules about several resources
run at the end of the preview. Values that a preview does not know yet are checked during the update. You cannot publish
the pack to Pulumi Cloud, because it shares the logic of its rules with the other commands.

## Levels and options

The stack's name decides which levels apply. The program looks for the words \`dev\`, \`ci\` (or \`test\`) and \`prod\` in it;
the strictest one wins, and a name without any of them counts as prod. To choose the levels yourself, run
\`pulumi config set istio-tracing-policy:environment prod\`. A mandatory rule stops the update; an advisory rule only
reports. To change levels and options, write a file and pass it as \`--config FILE\`, or as \`--policy-pack-config FILE\` to
the Pulumi CLI:

\`\`\`json
{ "sampling-cap": { "enforcementLevel": "mandatory", "maxPercent": 25, "exempt": ["Telemetry shop/*"] } }
\`\`\`

Every rule has the option \`exempt\`: ${plain(EXEMPT.description)}

## Rules
`;

/** The reference of the policy pack's rules, as Markdown. */
export function renderPolicies(): Promise<string> {
    const levels = RULES.map(({ id, severity, levels: { dev, ci, prod } }) => [
        `[${id}](#${id})`,
        ...[severity, dev, ci, prod],
    ]);
    const overview = table(["rule", "severity", "dev", "ci", "prod"], levels);
    return pretty([INTRODUCTION, overview, ...RULES.map(section)].join("\n\n"));
}

function section(rule: Rule): string {
    const options = Object.entries(rule.options ?? {}).map(([name, option]) => [
        code(name),
        rangeOf(option),
        code(option.default),
        plain(option.description),
    ]);
    const scope = rule.scope === "object" ? "each object on its own" : "all objects of the stack together";
    return [
        `## ${rule.id}`,
        plain(rule.reason),
        `- Cure: ${plain(rule.cure)}\n- Checks ${scope}`,
        ...(options.length > 0 ? [table(["option", "accepts", "default", "meaning"], options)] : []),
    ].join("\n\n");
}

function rangeOf(option: OptionSchema): string {
    if (option.type === "number") return `number, ${String(option.minimum)} to ${String(option.maximum)}`;
    return option.type === "array" ? "list of text" : "`true` or `false`";
}
