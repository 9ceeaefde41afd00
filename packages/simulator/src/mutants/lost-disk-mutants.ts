/** A disk that was lost, and comes back too soon: rules S11 and A6. */
import type { Mutant } from "./mutant.ts";

const losing = {
  replicaCount: 3,
  faults: { "lost-disk": 700_000, crash: 700_000, partition: 900_000 },
} as const;

/**
 * A member moves to another view alone, because nobody hears that it votes, tells its log to nobody,
 * and loses its disk: the others are still in the old view when they take it back.
 */
const losingAfterMove = {
  replicaCount: 3,
  downMeanMicros: 60_000,
  faults: {},
  strikes: [
    { at: "commitOk", oneIn: 60, harms: ["pause receiver"], isLed: true },
    { at: "startViewChange", oneIn: 2, harms: ["mute"], isLed: true },
    { at: "doViewChange", oneIn: 1, harms: ["lose-disk"], isLed: true },
  ],
} as const;

export const lostDiskMutants: readonly Mutant[] = [
  {
    name: "erased disk acknowledges again",
    edits: [
      {
        file: "packages/vsr/src/lost-disk.ts",
        find: "    isDiskLost: true,\n",
        replace: "    isDiskLost: false,\n",
      },
    ],
    swarm: losing,
  },
  {
    name: "barred member votes for any view",
    edits: [
      {
        file: "packages/vsr/src/barred.ts",
        find: "return !isBarred(replica) || viewAfter(replica.view) === replica.barredView;",
        replace: "return true;",
      },
    ],
    swarm: losingAfterMove,
  },
  {
    name: "lost disk forgotten by a restart",
    edits: [
      {
        file: "packages/runtime/src/open-member.ts",
        find: "const known = superblock ?? lostSuperblock(admission, index, wallMs);",
        replace: `
  const known = superblock === null
    ? lostSuperblock(admission, index, wallMs)
    : { ...superblock, isDiskLost: false };`,
      },
    ],
    swarm: losing,
  },
  {
    name: "re-admitted without a fresh entry",
    edits: [
      {
        file: "packages/vsr/src/lost-disk.ts",
        find: "  return isBodyOf(header, body, sha256) && holdsOwnRequest(replica, body);",
        replace: "  return isBodyOf(header, body, sha256);",
      },
      {
        file: "packages/vsr/src/readmission.ts",
        find: "  if (isFull(replica, acting, statement))",
        replace: `  const { certificate } = acting;
  const old = certificate === null ? null : replica.cache.get({ op: certificate.op, hash: certificate.headerHash });
  if (old !== null) return tellReadmitted(replica, header.sender, old, certificate);
  if (isFull(replica, acting, statement))`,
      },
      {
        file: "packages/vsr/src/lost-disk.ts",
        find: "  if (certificate.signatures.some(({ sender }) => sender === identity.index)) return false;\n",
        replace: "",
      },
    ],
    swarm: losing,
  },
  {
    name: "log is not installed before the lost disk is whole",
    edits: [
      {
        file: "packages/vsr/src/lost-disk.ts",
        find: `  beginFetch(replica, {
    purpose: "readmit",
    top: { op, hash },`,
        replace: `  endLoss(replica);
  beginFetch(replica, {
    purpose: "readmit",
    top: { op, hash },`,
      },
    ],
    swarm: losing,
  },
  {
    name: "restored old disk joins as if nothing happened",
    edits: [
      {
        file: "packages/runtime/src/open-member.ts",
        find: "if (isMoved) throw new MovedFolderError();",
        replace: "void isMoved;",
      },
    ],
    swarm: { replicaCount: 3, faults: { "old-disk": 300_000, crash: 1_000_000 } },
  },
  {
    name: "lost disk acknowledges and votes again in the view of its entry",
    edits: [
      {
        file: "packages/vsr/src/barred.ts",
        find: "export const barredViews = 2;",
        replace: "export const barredViews = 0;",
      },
    ],
    swarm: losingAfterMove,
  },
  {
    name: "lost disk sends DoViewChange before view v + 2",
    edits: [
      {
        file: "packages/vsr/src/barred.ts",
        find: "export const barredViews = 2;",
        replace: "export const barredViews = 1;",
      },
    ],
    swarm: losingAfterMove,
  },
  {
    name: "bar forgotten by a restart",
    edits: [
      {
        file: "packages/vsr/src/superblock-writes.ts",
        find: "    barredView: replica.barredView,",
        replace: "    barredView: 0,",
      },
    ],
    swarm: {
      ...losingAfterMove,
      strikes: [
        ...losingAfterMove.strikes,
        { at: "commitOk", oneIn: 12, harms: ["mute", "crash"], isLed: true },
      ],
    },
  },
  {
    name: "re-admitted by a certificate with its own signature",
    edits: [
      {
        file: "packages/vsr/src/readmission.ts",
        find: "    return sender !== member && incarnation === replica.incarnations.of(sender);",
        replace: "    return true;",
      },
      {
        file: "packages/vsr/src/lost-disk.ts",
        find: "  if (certificate.signatures.some(({ sender }) => sender === identity.index)) return false;\n",
        replace: "",
      },
    ],
    swarm: losing,
    harmless:
      "it signs nothing before it is readmitted, and its old disk signed before the entry was made",
  },
  {
    name: "view whose primary is barred is not voted past",
    edits: [
      {
        file: "packages/vsr/src/enter-view.ts",
        find: "  if (isBarred(replica) && isPrimary(replica)) expireViewChangeTimer(replica);\n",
        replace: "",
      },
    ],
    swarm: losing,
    harmless: "the others' timers end it: it costs one timeout",
  },
];
