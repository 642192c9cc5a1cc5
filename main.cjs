// Where Pulumi enters the program.
require("./translate.cjs");
module.exports = require("./index.ts");
