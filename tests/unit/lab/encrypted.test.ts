import assert from "node:assert/strict";
import { FIELDS } from "../../../components/settings/fields";
import { mustBeEncrypted } from "../../../components/settings/misplacedSecrets";
import { ENCRYPTED } from "../../../lab/stackConfig";

describe("what the lab encrypts of the settings that it is given at run time", () => {
    it("is what the program takes only so", () => {
        assert.deepEqual([...ENCRYPTED].sort(), Object.keys(FIELDS).filter(mustBeEncrypted).sort());
    });
});
