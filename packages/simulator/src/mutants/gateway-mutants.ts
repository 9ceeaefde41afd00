/** Defences against a gateway whose key was stolen, taken away: each is one that only it can find. */
import type { Mutant } from "./mutant.ts";

const admission = "packages/protocol/src/admission.ts";
const clientTable = "packages/vsr/src/client-table.ts";
const execute = "packages/vsr/src/execute.ts";
const receive = "packages/runtime/src/receive.ts";
const request = "packages/vsr/src/request.ts";
const stateMachine = "packages/queue/src/queue-state-machine.ts";
const lying = { faults: { "gateway-lie": 20_000 } } as const;

export const gatewayMutants: readonly Mutant[] = [
  {
    name: "of two requests under one number both are executed",
    edits: [
      {
        file: request,
        find: "  if (message.number <= session.number) {\n",
        replace: "  if (message.number < session.number) {\n",
      },
      {
        file: request,
        find: "  if ((acting.inFlight.get(key) ?? 0) >= message.number) {\n",
        replace: "  if ((acting.inFlight.get(key) ?? 0) > message.number) {\n",
      },
      {
        file: execute,
        find: "  if (message.number <= session.number) {\n",
        replace: `
  const isLast = isLastRequest(session, message.number, header.bodyDigest);
  if (message.number < session.number || isLast) {
`,
      },
    ],
    swarm: lying,
  },
  {
    name: "request numbers may go back",
    edits: [
      {
        file: request,
        find: "  if (message.number <= session.number) {\n",
        replace: "  if (message.number === session.number) {\n",
      },
      {
        file: execute,
        find: "  if (message.number <= session.number) {\n",
        replace: "  if (message.number === session.number) {\n",
      },
    ],
    swarm: lying,
  },
  {
    name: "session of another gateway taken for the sender's",
    edits: [
      {
        file: request,
        find: "  if (session.gateway !== header.sender) {\n",
        replace: "  if (session.gateway < 0) {\n",
      },
      {
        file: execute,
        find: "  if (session === null || session.gateway !== header.sender) {\n",
        replace: "  if (session === null) {\n",
      },
    ],
    swarm: lying,
  },
  {
    name: "a gateway believed on another's link, without its signature",
    edits: [
      {
        file: receive,
        find: "  if (header.role !== from.kind || header.sender !== from.index) {\n",
        replace: "  if (header.role !== from.kind) {\n",
      },
      {
        file: admission,
        find: "if (publicKey === null || !context.verify(publicKey, signed, signature)) {",
        replace: `const isVerified = header.role === "gateway" || context.verify(publicKey, signed, signature);
  if (publicKey === null || !isVerified) {`,
      },
    ],
    swarm: lying,
  },
  {
    name: "session of whoever is idle for longest evicted, whoever fills the table",
    edits: [
      {
        file: clientTable,
        find: "      if (!mayGo(session)) continue;\n",
        replace: "",
      },
    ],
    swarm: lying,
  },
  {
    name: "sessions without end",
    edits: [
      {
        file: clientTable,
        find: "    if (this.sessions.size >= sessionsMax) this.makeRoom(session.gateway);\n",
        replace: "",
      },
    ],
    swarm: lying,
  },
  {
    name: "one gateway may fill what all of them share",
    edits: [
      {
        file: request,
        find: "  if (own.length === 0) return false;\n",
        replace: "  if (own.length >= 0) return false;\n",
      },
    ],
    swarm: lying,
  },
  {
    name: "odd operation ends whoever executes it",
    edits: [
      {
        file: stateMachine,
        find: "  const operation = decodeOrNull<Operation>(decodeOperation, bytes);\n",
        replace: "  const operation: Operation | null = decodeOperation(bytes);\n",
      },
    ],
    swarm: lying,
  },
  {
    name: "odd question ends whoever is asked",
    edits: [
      {
        file: stateMachine,
        find: "      const question = decodeOrNull<Question>(decodeQuestion, bytes);\n",
        replace: "      const question: Question | null = decodeQuestion(bytes);\n",
      },
    ],
    swarm: lying,
  },
  {
    name: "undecodable registration prepared all the same",
    edits: [
      {
        file: admission,
        find: '    if (error instanceof DecodeError) return refuse("body-malformed");\n',
        replace: `
    if (error instanceof DecodeError && header.command === "register") {
      const message = { command: "register", nonce: header.bodyDigest.slice(0, 16) } as const;
      return { ok: true, admitted: { header, message, statement: packet, attachment } };
    }
    if (error instanceof DecodeError) return refuse("body-malformed");
`,
      },
    ],
    swarm: lying,
  },
  {
    name: "a request of more operations than one may have",
    edits: [
      {
        file: "packages/protocol/src/messages.ts",
        find: "operations: list(bytes(requestBodyBytesMax), operationsPerRequestMax),",
        replace: "operations: list(bytes(requestBodyBytesMax), 2 * operationsPerRequestMax),",
      },
    ],
    swarm: lying,
  },
  {
    name: "size limit of a request off by its header",
    edits: [
      {
        file: "packages/protocol/src/limits.ts",
        find: "export const requestBodyBytesMax = requestBytesMax - 512;",
        replace: "export const requestBodyBytesMax = requestBytesMax;",
      },
    ],
    swarm: lying,
  },
  {
    name: "statement of another cluster admitted",
    edits: [
      {
        file: admission,
        find: '  if (!bytesEqual(header.clusterId, config.clusterId)) return "cluster";\n',
        replace: "",
      },
    ],
    swarm: lying,
  },
  {
    name: "statement of another epoch admitted",
    edits: [
      {
        file: admission,
        find: '  if (header.epoch !== config.epoch) return "epoch";\n',
        replace: "",
      },
    ],
    swarm: lying,
  },
  {
    name: "statement of another configuration admitted",
    edits: [
      {
        file: admission,
        find: '  if (!bytesEqual(header.configDigest, context.configDigest)) return "configuration";\n',
        replace: "",
      },
    ],
    swarm: lying,
  },
  {
    name: "a gateway's word counts for a member's",
    edits: [
      {
        file: admission,
        find: '  if (messages[header.command].from !== header.role) return "unknown-sender";\n',
        replace: "",
      },
    ],
    swarm: lying,
  },
];
