import { noteTest, releaseLab } from "./support/sharedLab";

afterEach(function () {
    noteTest(this.currentTest?.state === "passed");
});

// Outside of any describe: whatever the suite brought up goes down at its very end.
after(async () => {
    await releaseLab();
});
