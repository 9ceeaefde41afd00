export * from "./signed-world.ts";
