// Where Pulumi enters the policy pack.
require("../translate.cjs");
require("./index.ts");
