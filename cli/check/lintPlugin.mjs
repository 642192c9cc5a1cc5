/** Fields that hold words for people. */
const WORDS = "/^(message|reason|expected|got|cure|problem|sentence|decidedBy)$/";
const SEARCH = "/^(match|matchAll|includes|startsWith|endsWith|search|indexOf|lastIndexOf|split)$/";
const DECISIONS_ON_WORDS = [
    // finding.got.includes(...), (error as Error).message.match(...)
    `CallExpression[callee.property.name=${SEARCH}] > MemberExpression.callee > MemberExpression.object[property.name=${WORDS}]`,
    // message.includes(...)
    `CallExpression[callee.property.name=${SEARCH}] > MemberExpression.callee > Identifier.object[name=/^(message|reason|decidedBy)$/]`,
    // String(error).includes(...)
    `CallExpression[callee.property.name=${SEARCH}] > MemberExpression.callee > CallExpression.object[callee.name='String'] > Identifier.arguments[name=/^(error|reason)$/]`,
    // /.../.test(finding.got)
    `CallExpression[callee.property.name=/^(test|exec)$/] > MemberExpression.arguments[property.name=${WORDS}]`,
    `CallExpression[callee.property.name=/^(test|exec)$/] > Identifier.arguments[name=/^(message|reason|decidedBy)$/]`,
];

/** A diagnosis must not depend on how a message is worded. */
const noDecisionOnWords = {
    create(context) {
        const report = (node) => {
            context.report({
                node,
                message:
                    "Decide on a typed field, not on words for people. Parse another program's words once, where they " +
                    "arrive, and say there why no field carries the same.",
            });
        };
        return Object.fromEntries(DECISIONS_ON_WORDS.map((selector) => [selector, report]));
    },
};

/** The project's own lint rules, in the form that Oxlint and ESLint load. */
export default { meta: { name: "project" }, rules: { "no-decision-on-words": noDecisionOnWords } };
