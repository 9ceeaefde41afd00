export { exampleMessages } from "./examples.ts";
export * from "./signed-world.ts";
