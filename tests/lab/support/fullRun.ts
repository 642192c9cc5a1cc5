/** True in `npm run test:full`. What runs only there is not declared otherwise: a skipped lab test fails CI. */
export const FULL = process.env["FULL"] === "1";
