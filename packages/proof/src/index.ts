export * from "./certificates.ts";
export * from "./contradiction.ts";
export * from "./evidence.ts";
export * from "./evidence-watch.ts";
export * from "./judge-evidence.ts";
export * from "./selection.ts";
export * from "./start-view.ts";
