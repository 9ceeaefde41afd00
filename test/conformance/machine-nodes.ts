import { spawnSync } from "node:child_process";
import { delimiter, join } from "node:path";

/** The oldest Node that published packages run on. */
const nodeMajorMin = 20;

/** The Node that runs this, and the machine's own where it is another one that is new enough. */
export function machineNodes(): readonly string[] {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const found = folders
    .filter((path) => path !== "" && !path.includes("node_modules"))
    .map((path) => join(path, "node"))
    .find((path) => {
      const { status, stdout } = spawnSync(path, ["--version"], { encoding: "utf8" });
      return status === 0 && Number(/^v(\d+)/.exec(stdout)?.[1]) >= nodeMajorMin;
    });
  return found === undefined ? [process.execPath] : [process.execPath, found];
}
