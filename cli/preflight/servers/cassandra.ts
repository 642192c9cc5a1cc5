import type { CassandraAnswer } from "../../../checks/jaeger/cassandraServer";
import { ByteReader, bytes } from "./bytes";
import { LoginRefused, talk, type Connection, type ServerAddress } from "./connection";

const PORT = 9042;
/** Frames of version 4: https://github.com/apache/cassandra/blob/cassandra-5.0.4/doc/native_protocol_v4.spec */
const VERSION = 4;
const OPCODES = { error: 0, startup: 1, authenticate: 3, query: 7, authResponse: 15 } as const;
const ROWS = 2;
const GLOBAL_TABLE = 1;
const CONSISTENCY_ONE = 1;
/** How many types follow that of a list, a map or a set. */
const INNER_TYPES: Record<number, number> = { 0x20: 1, 0x21: 2, 0x22: 1 };
/** Errors of a login: wrong credentials, and no rights. */
const REFUSALS = [0x0100, 0x2100];

type Row = Record<string, Buffer>;

/** A user of a server. */
export interface Login {
    username: string;
    password: string;
}

/** Asks a node which Cassandra it is, and what the keyspace is like, if there is one. */
export function askCassandra(
    server: ServerAddress,
    keyspace: string,
    login: Login | undefined,
): Promise<CassandraAnswer> {
    return talk<CassandraAnswer>({ ...server, defaultPort: PORT }, async (connection) => {
        await start(connection, login);
        const local = await query(connection, "SELECT release_version, data_center FROM system.local");
        const others = await query(connection, "SELECT data_center FROM system.peers");
        const named = `FROM system_schema.keyspaces WHERE keyspace_name = '${keyspace}'`;
        const [schema] = await query(connection, `SELECT replication ${named}`);
        const table = `FROM system_schema.tables WHERE keyspace_name = '${keyspace}' AND table_name = 'traces'`;
        const [traces] = await query(connection, `SELECT default_time_to_live ${table}`);
        const ttl = traces?.["default_time_to_live"];
        return {
            version: String(local[0]?.["release_version"] ?? ""),
            datacenters: [...new Set([...local, ...others].map((row) => String(row["data_center"] ?? "")))],
            keyspace: schema && {
                replication: readMap(schema["replication"] ?? Buffer.alloc(4)),
                ttlSeconds: ttl?.length === 4 ? ttl.readInt32BE(0) : undefined,
            },
        };
    });
}

async function start(connection: Connection, login: Login | undefined): Promise<void> {
    const options = [bytes.int16(1), bytes.text("CQL_VERSION"), bytes.text("3.0.0")];
    const answer = await exchange(connection, OPCODES.startup, Buffer.concat(options));
    if (answer.opcode !== OPCODES.authenticate) return;
    if (login === undefined) throw new LoginRefused("it asks for a login");
    const credentials = Buffer.from(`\0${login.username}\0${login.password}`);
    await exchange(connection, OPCODES.authResponse, bytes.block(credentials));
}

async function query(connection: Connection, statement: string): Promise<Row[]> {
    const parts = [bytes.longText(statement), bytes.int16(CONSISTENCY_ONE), bytes.int8(0)];
    const { body } = await exchange(connection, OPCODES.query, Buffer.concat(parts));
    if (body.int32() !== ROWS) return [];
    const flags = body.int32();
    const count = body.int32();
    const isGlobal = (flags & GLOBAL_TABLE) !== 0;
    if (isGlobal) skipTable(body);
    const names = Array.from({ length: count }, () => {
        if (!isGlobal) skipTable(body);
        const name = body.text();
        skipType(body);
        return name;
    });
    return body.list(() => Object.fromEntries(names.map((name) => [name, body.block()])));
}

function skipTable(body: ByteReader): void {
    body.text();
    body.text();
}

function skipType(body: ByteReader): void {
    for (let left = INNER_TYPES[body.int16()] ?? 0; left > 0; left--) skipType(body);
}

function readMap(value: Buffer): Record<string, string> {
    const body = new ByteReader(value);
    return Object.fromEntries(body.list(() => [body.block().toString(), body.block().toString()] as const));
}

async function exchange(
    { read, write }: Connection,
    opcode: number,
    content: Buffer,
): Promise<{ opcode: number; body: ByteReader }> {
    const header = [bytes.int8(VERSION), bytes.int8(0), bytes.int16(0), bytes.int8(opcode)];
    write(Buffer.concat([...header, bytes.block(content)]));
    const head = await read(9);
    const body = new ByteReader(await read(head.readInt32BE(5)));
    const answered = head.readInt8(4);
    if (answered !== OPCODES.error) return { opcode: answered, body };
    const code = body.int32();
    const message = body.text();
    throw REFUSALS.includes(code) ? new LoginRefused(message) : new Error(message);
}
