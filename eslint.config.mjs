import tseslint from "typescript-eslint";

/** Fields that hold words for people. */
const WORDS = "/^(message|reason|expected|got|cure|problem|sentence|decidedBy)$/";
const SEARCH = "/^(match|matchAll|includes|startsWith|endsWith|search|indexOf|lastIndexOf|split)$/";
const NO_DECISION_ON_WORDS = [
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

export default tseslint.config(
    { ignores: ["node_modules/**", "tests/contract/**"] },
    ...tseslint.configs.strictTypeChecked,
    {
        files: ["**/*.ts"],
        languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
        rules: {
            "@typescript-eslint/no-floating-promises": "error",
            "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
        },
    },
    {
        files: ["index.ts", "components/**/*.ts"],
        rules: {
            // A resource is registered by its constructor; a component need not keep it.
            "no-new": "off",
        },
    },
    {
        files: ["**/*.ts"],
        ignores: ["tests/**", "doctor/report/**"],
        rules: {
            "no-restricted-syntax": [
                "error",
                ...NO_DECISION_ON_WORDS.map((selector) => ({
                    selector,
                    message:
                        "Decide on a typed field, not on words for people. Parse another program's words once, where they " +
                        "arrive, and say there why no field carries the same.",
                })),
            ],
        },
    },
    {
        files: ["tests/**/*.ts"],
        // chai-free assertions and mocha's describe/it need no more than this.
        rules: { "@typescript-eslint/no-unused-expressions": "off" },
    },
    { files: ["**/*.mjs", "**/*.cjs", "**/*.d.cts"], extends: [tseslint.configs.disableTypeChecked] },
    {
        files: ["**/*.cjs"],
        rules: { "@typescript-eslint/no-require-imports": "off" },
        languageOptions: {
            sourceType: "commonjs",
            globals: { __dirname: "readonly", module: "writable", require: "readonly" },
        },
    },
);
