import { EXEMPT, type OptionSchema, type Rule } from "../../policy/rule";
import { RULES } from "../../policy/rules";
import { code, plain, pretty, table } from "../../shared/markdown/markdown";

const INTRODUCTION = `# Policies

Written by \`npm run docs\` from the rules in \`policy/rules/\`; \`npm run check\` fails while it is out of date.

\`\`\`sh
npm run policy                                   # every stack, without a cluster and without the Pulumi CLI
npm run policy -- --stack prod
npm run policy -- FILE.yaml                      # manifests of your own
pulumi preview --stack prod --policy-pack policy
\`\`\`

What a stack is for is told by its name (\`dev\`, \`ci\`, \`prod\`, or one of these words in it; any other is judged as
prod), or by \`pulumi config set istio-tracing-policy:environment prod\`. A mandatory rule stops the update, an advisory
one is shown. Levels and options are changed by \`--config FILE\`, or \`--policy-pack-config FILE\` with the Pulumi CLI:

\`\`\`json
{ "sampling-cap": { "enforcementLevel": "mandatory", "maxPercent": 25, "exempt": ["Telemetry shop/*"] } }
\`\`\`

Every rule has the option \`exempt\`: ${plain(EXEMPT.description)}
`;

/** The reference of every rule of the policy pack, as Markdown. */
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
    const scope = rule.scope === "object" ? "each object by itself" : "all objects of the stack together";
    return [
        `## ${rule.id}`,
        plain(rule.reason),
        `- Cure: ${plain(rule.cure)}\n- Judges ${scope}`,
        ...(options.length > 0 ? [table(["option", "takes", "default", "meaning"], options)] : []),
    ].join("\n\n");
}

function rangeOf(option: OptionSchema): string {
    if (option.type === "number") return `number, ${String(option.minimum)} to ${String(option.maximum)}`;
    return option.type === "array" ? "list of text" : "`true` or `false`";
}
