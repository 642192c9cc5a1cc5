import tseslint from "typescript-eslint";

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
            "no-restricted-imports": [
                "error",
                {
                    patterns: [
                        {
                            regex: "^(?!@pulumi/|zod$|node:|\\.)",
                            message: "The program imports only @pulumi/*, zod and Node.js itself.",
                        },
                    ],
                },
            ],
        },
    },
    {
        files: ["tests/**/*.ts"],
        // chai-free assertions and mocha's describe/it need no more than this.
        rules: { "@typescript-eslint/no-unused-expressions": "off" },
    },
    { files: ["**/*.mjs", "**/*.cjs"], extends: [tseslint.configs.disableTypeChecked] },
    {
        files: ["**/*.cjs"],
        rules: { "@typescript-eslint/no-require-imports": "off" },
        languageOptions: {
            sourceType: "commonjs",
            globals: { __dirname: "readonly", module: "writable", require: "readonly" },
        },
    },
);
