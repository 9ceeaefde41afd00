/** The client table and the sessions done wrong: VRR §4.1, rule A4. */
import type { Mutant } from "./mutant.ts";
import { interrupted } from "./transfer-mutants.ts";

const execute = "packages/vsr/src/execute.ts";
const request = "packages/vsr/src/request.ts";

export const sessionMutants: readonly Mutant[] = [
  {
    name: "client table on the primary only",
    edits: [
      {
        file: execute,
        find: "  session.number = message.number;\n",
        replace: "  if (replica.acting !== null) session.number = message.number;\n",
      },
    ],
  },
  {
    name: "client table changed before commit",
    edits: [
      {
        file: request,
        find: "  acting.inFlight.set(key, message.number);\n",
        replace: `
  acting.inFlight.set(key, message.number);
  session.number = message.number;
  session.digest = header.bodyDigest.slice();
`,
      },
    ],
  },
  {
    name: "duplicate executed again",
    edits: [
      {
        file: execute,
        find: "  if (message.number <= session.number) {\n",
        replace: "  if (message.number < session.number) {\n",
      },
      {
        file: request,
        find: "  if (isLastRequest(session, message.number, header.bodyDigest)) {\n",
        replace: "  if (message.number < session.number) {\n",
      },
      {
        file: request,
        find: "  if (message.number <= session.number) {\n",
        replace: "  if (message.number < session.number) {\n",
      },
    ],
  },
  {
    name: "reply lost once is lost for ever",
    edits: [
      {
        file: request,
        find: "    replyAgain(replica, session);\n",
        replace: "",
      },
    ],
  },
  {
    name: "retry of what a StartView brought is logged again",
    edits: [
      {
        file: "packages/vsr/src/early-requests.ts",
        find: "      acting.inFlight.set(key, Math.max(acting.inFlight.get(key) ?? 0, message.number));\n",
        replace: "",
      },
    ],
    harmless: "it is looked for again when it is executed",
  },
  {
    name: "duplicate in the log is not looked for when it is executed",
    edits: [
      {
        file: "packages/vsr/src/execute.ts",
        find: "  if (message.number <= session.number) {\n",
        replace: "  if (message.number < session.number) {\n",
      },
    ],
    harmless: "no entry holds a request that the log holds already",
  },
  {
    name: "dedup record dropped at a checkpoint",
    edits: [
      {
        file: "packages/queue/src/window-table.ts",
        find: "this.records.restore(reader, claims, this.index);",
        replace: "this.records.restore(reader, claims);",
      },
    ],
    swarm: { replicaCount: 3, checkpointOps: 8, faults: { crash: 400_000 } },
  },
  {
    name: "client's last request forgotten in a view change",
    edits: [
      {
        file: "packages/vsr/src/enter-view.ts",
        find: "  replica.collected.clear();\n",
        replace: `
  replica.collected.clear();
  for (const session of replica.clientTable.sorted()) session.number = 0;
`,
      },
    ],
  },
  {
    name: "gateway waits while one member alone is in a newer view than the primary",
    edits: [
      {
        file: "packages/session/src/members.ts",
        find: "    return Math.min(recent.length, staying.length) >= quorumNeeded(this.config);",
        replace: `
    if (staying.length < votersOf(this.config).length) return false;
    return recent.length >= quorumNeeded(this.config);`,
      },
    ],
    swarm: interrupted,
  },
];
