/** What the tests of others use. */
export * from "./chain.ts";
