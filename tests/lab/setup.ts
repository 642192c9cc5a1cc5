import { releaseLab } from "./sharedLab";

// Outside of any describe: whatever the suite brought up goes down at its very end.
after(async () => {
    await releaseLab();
});
