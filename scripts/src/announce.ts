import type { DevFile } from "./dev-file.ts";

/**
 * What the person who started the cluster reads: where it is, the ways in, a first command that
 * works as it stands, and how to stop. `devFilePath` is where the same is written for programs.
 */
export function announcement(file: DevFile, devFilePath: string, isDetached: boolean): string {
  const { apiUrl, tokens, replicas } = file;
  const canLose = replicas.length - (Math.floor(replicas.length / 2) + 1);
  const readToken = `TOKEN=$(node -p 'require(${JSON.stringify(devFilePath)}).tokens.admin')`;
  const common = `-H "authorization: Bearer $TOKEN" -H 'content-type: application/json'`;
  const queue = `${apiUrl}/v1/queues/orders`;
  const create = `curl -sS -X PUT ${queue} ${common} -d '{}'`;
  const enqueue = `curl -sS ${queue}/enqueue ${common} -d '{"body":{"hello":"world"}}'`;
  const stop = isDetached ? "npm run stop" : "Ctrl-C here, or npm run stop elsewhere";
  return [
    "",
    `Quorate is ready: ${count(replicas.length, "replica")}, of which ${canLose} may stop.`,
    "",
    `  API and dashboard  ${apiUrl}`,
    `  for programs       ${devFilePath}`,
    "",
    "  Tokens, valid for 12 hours:",
    ...Object.entries(tokens).map(([name, token]) => `  ${name.padEnd(9)} ${token}`),
    "",
    "  A first queue and its first message:",
    `  ${readToken}`,
    `  ${create}`,
    `  ${enqueue}`,
    "",
    "  Or from the command line, in this folder:",
    "  npx quorate queue create orders",
    `  npx quorate send orders '{"hello":"world"}'`,
    "  npx quorate status",
    "",
    `  To stop: ${stop}`,
    "",
  ].join("\n");
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
