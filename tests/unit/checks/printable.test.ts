import assert from "node:assert/strict";
import { printable } from "../../../checks/printable";

describe("text for a terminal", () => {
    it("is as it was, where nothing in it steers one", () => {
        assert.equal(printable("Service shop/käse – 値"), "Service shop/käse – 値");
        assert.equal(printable(""), "");
    });

    it("has what would steer it as codes", () => {
        assert.equal(
            printable("a\u001b[31m\n\u009b\u202e\u2066\u0000"),
            "a\\u001b[31m\\u000a\\u009b\\u202e\\u2066\\u0000",
        );
    });
});
