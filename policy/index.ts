import { PolicyPack } from "@pulumi/policy";
import { Config, getStack } from "@pulumi/pulumi";
import { policyOf } from "./crossguard";
import { environmentOf } from "./environment";
import { RULES } from "./rules";

/** Name of the pack, which is also the namespace of its stack configuration. */
const NAME = "istio-tracing-policy";

const environment = environmentOf(getStack(), new Config(NAME).get("environment"));
new PolicyPack(NAME, { policies: RULES.map((rule) => policyOf(rule, environment)) });
