import assert from "node:assert/strict";
import type { MeshHolder } from "../../../../cli/adopt/addedProvider";
import type { Answer } from "../../fakeCluster";

/** Holds one object as an API server does: a write with another resource version is a conflict. */
export class ObjectServer {
    object: MeshHolder | undefined;
    /** Writes of somebody else, one before each write that arrives. */
    rivals = 0;
    writes = 0;
    answer: Answer = ({ method, path, body }) => {
        if (method === "GET") return this.object && { body: this.object };
        const given = JSON.parse(body) as MeshHolder & { preconditions?: { uid: string } };
        if (method === "POST") {
            this.object = { ...given, metadata: { ...given.metadata, uid: "u", resourceVersion: "1" } };
            return { status: 201, body: this.object };
        }
        if (this.rivals > 0) {
            this.rivals--;
            this.write({ ...this.object, spec: { rival: this.rivals } } as unknown as MeshHolder);
        }
        const now = this.object?.metadata.resourceVersion;
        if (method === "DELETE") {
            assert.deepEqual(given.preconditions, { uid: "u", resourceVersion: now });
            this.object = undefined;
            return { body: {} };
        }
        if (given.metadata.resourceVersion !== now) {
            return { status: 409, body: { kind: "Status", message: `${path}: the object has been modified` } };
        }
        this.write(given);
        return { body: this.object };
    };
    private write(object: MeshHolder): void {
        this.writes++;
        const { resourceVersion } = this.object?.metadata ?? {};
        this.object = {
            ...object,
            metadata: { ...object.metadata, resourceVersion: String(Number(resourceVersion ?? 0) + 1) },
        };
    }
}
