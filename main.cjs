// The entry point for Pulumi.
require("./translate.cjs");
// Pulumi warns about an output without a value. Some outputs exist only in stacks that ask for them.
module.exports = Object.fromEntries(Object.entries(require("./index.ts")).filter(([, output]) => output !== undefined));
