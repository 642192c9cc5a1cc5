/** Numbers and texts in the order of the network, as the protocols of Cassandra and Kafka have them. */
export const bytes = {
    int8: (value: number): Buffer => Buffer.from([value & 0xff]),
    int16: (value: number): Buffer => Buffer.from([(value >> 8) & 0xff, value & 0xff]),
    int32: (value: number): Buffer => {
        const buffer = Buffer.alloc(4);
        buffer.writeInt32BE(value);
        return buffer;
    },
    /** With its length in two bytes. */
    text: (value: string): Buffer => Buffer.concat([bytes.int16(Buffer.byteLength(value)), Buffer.from(value)]),
    /** With its length in four bytes. */
    longText: (value: string): Buffer => bytes.block(Buffer.from(value)),
    block: (value: Buffer): Buffer => Buffer.concat([bytes.int32(value.length), value]),
};

/** Reads such values one after another. */
export class ByteReader {
    private readonly buffer: Buffer;
    private at = 0;

    constructor(buffer: Buffer) {
        this.buffer = buffer;
    }

    public int8(): number {
        return this.buffer.readInt8(this.advance(1));
    }

    public int16(): number {
        return this.buffer.readInt16BE(this.advance(2));
    }

    public int32(): number {
        return this.buffer.readInt32BE(this.advance(4));
    }

    /** A text with its length in two bytes; empty for none. */
    public text(): string {
        return this.take(this.int16()).toString();
    }

    /** Bytes with their length in four bytes; empty for none. */
    public block(): Buffer {
        return this.take(this.int32());
    }

    public list<Item>(read: () => Item): Item[] {
        return Array.from({ length: Math.max(0, this.int32()) }, read);
    }

    private take(length: number): Buffer {
        const start = this.advance(Math.max(0, length));
        return this.buffer.subarray(start, this.at);
    }

    private advance(length: number): number {
        const start = this.at;
        if (start + length > this.buffer.length) throw new Error("an answer that ends too soon");
        this.at += length;
        return start;
    }
}
