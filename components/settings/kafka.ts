import { isPlainObject, type PlainObject } from "../../shared/values/plainObjects";
import type { Kafka } from "../kafka";
import type { JaegerRoles } from "../roles";
import { customBackend, type JaegerStorage } from "../storage";
import type { ParsedSettings } from "./parse";
import type { SettingsProblem } from "./problems";
import { PRESET_SCALE } from "./rolesFields";

/** The topic between Jaeger's collectors and its storage, complete; undefined for none. */
export function resolveKafka(given: ParsedSettings["jaeger.kafka"]): Kafka | undefined {
    const { brokers, topic, partitions, username, mechanism = "SCRAM-SHA-512", tls } = given;
    if (brokers === undefined || topic === undefined || partitions === undefined) return undefined;
    return {
        ...{ brokers, topic, partitions, mechanism },
        ...(username !== undefined && { username }),
        ...(tls?.ca !== undefined && { tls: { ...tls, ca: tls.ca } }),
    };
}

/** Jaeger's roles. With Kafka, each is there, whether it is named or not. */
export function resolveRoles(given: JaegerRoles | undefined, kafka: Kafka | undefined): JaegerRoles | undefined {
    if (kafka === undefined) return given;
    return { collector: PRESET_SCALE, query: PRESET_SCALE, ...given, ingester: given?.ingester ?? PRESET_SCALE };
}

/** What is compared: a topic, those who read it, and where they store it. */
export interface ComparedKafka {
    kafka: Kafka | undefined;
    /** Only its presence is compared. */
    kafkaPassword: string;
    roles: JaegerRoles | undefined;
    storage: JaegerStorage;
    /** Additional configuration for Jaeger. */
    config: PlainObject;
}

/** Ingesters without Kafka or too many for its partitions, a storage that they cannot share, and half a login. */
export function findKafkaProblems(compared: ComparedKafka): SettingsProblem[] {
    const { kafka, kafkaPassword, roles } = compared;
    if (kafka === undefined) {
        return [
            ...(roles?.ingester === undefined ? [] : [ingesterProblem()]),
            ...(kafkaPassword === "" ? [] : [needlessPassword("jaeger.kafka is not set", "set jaeger.kafka")]),
        ];
    }
    return [...partitionProblems(kafka, roles), ...unsharedProblems(compared), ...loginProblems(kafka, kafkaPassword)];
}

function ingesterProblem(): SettingsProblem {
    return {
        key: "jaeger.roles.ingester",
        expected: "nothing here without jaeger.kafka, from which ingesters read",
        got: "ingesters with nothing to read",
        next: "remove jaeger.roles.ingester, or set jaeger.kafka",
    };
}

function partitionProblems({ partitions }: Kafka, roles: JaegerRoles | undefined): SettingsProblem[] {
    const most = roles?.ingester?.max ?? 0;
    if (most <= partitions) return [];
    return [
        {
            key: "jaeger.kafka.partitions",
            expected: `at least ${String(most)}, the most ingesters in jaeger.roles.ingester: each reads whole partitions`,
            got: `${String(partitions)}, so ${String(most - partitions)} of the ingesters would have nothing to do`,
            next: `give the topic more partitions (kafka-topics.sh --alter --partitions ${String(most)}), or lower jaeger.roles.ingester.max`,
        },
    ];
}

/** Kinds of storage that only one process can have. */
const UNSHARED = ["memory", "badger"];

function unsharedProblems({ storage, config }: ComparedKafka): SettingsProblem[] {
    const backend = customBackend(config);
    const kinds = storage.type === "custom" ? (isPlainObject(backend) ? Object.keys(backend) : []) : [storage.type];
    const unshared = kinds.find((kind) => UNSHARED.includes(kind));
    if (unshared === undefined) return [];
    return [
        {
            key: "jaeger.kafka",
            expected: `nothing here with the storage ${unshared}, which only one pod can use`,
            got: "a topic whose spans ingesters would store where the query server does not search",
            next: "remove jaeger.kafka, or set jaeger.storage to an elasticsearch, opensearch, cassandra, clickhouse or remote that all pods share",
        },
    ];
}

function loginProblems({ username, tls }: Kafka, password: string): SettingsProblem[] {
    if (username === undefined) {
        return password === ""
            ? []
            : [needlessPassword("jaeger.kafka.username is not set", "set jaeger.kafka.username")];
    }
    return [
        ...(password !== ""
            ? []
            : [
                  {
                      key: "jaegerKafkaPassword",
                      expected: "the password of the user that jaeger.kafka.username names",
                      got: "nothing",
                      next: "set it with: pulumi config set --secret jaegerKafkaPassword",
                  },
              ]),
        ...(tls !== undefined
            ? []
            : [
                  {
                      key: "jaeger.kafka.tls",
                      expected: "an authority to trust, because the password would otherwise be sent in plain text",
                      got: "nothing",
                      next: "set jaeger.kafka.tls.ca to public, to certificates as PEM text, or to configmap:NAME",
                  },
              ]),
    ];
}

function needlessPassword(since: string, otherwise: string): SettingsProblem {
    return {
        key: "jaegerKafkaPassword",
        expected: `nothing here, since ${since}`,
        got: "a password, which is not shown",
        next: `remove jaegerKafkaPassword, or ${otherwise}`,
    };
}
