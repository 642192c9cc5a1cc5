// The entry point for Pulumi.
require("./translate.cjs");
module.exports = require("./index.ts");
