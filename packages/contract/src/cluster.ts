/** The cluster as a gateway knows it. */
import * as z from "zod";
import { Coord, Count } from "./names.ts";
import { plainRoute } from "./route.ts";

const Member = z
  .strictObject({
    id: z.string(),
    index: Count,
    role: z.enum(["voter", "learner", "retiring"]),
    status: z.enum(["normal", "view-change", "recovering", "transferring", "unreachable"]),
    view: Count,
    op: Count,
    commit: Count,
    lagOps: Count,
    lagMs: Count,
    lastSeenMs: Count.nullable(),
    keyId: z.string(),
    keyAgeMs: Count,
    version: z.string(),
    fsyncMsP99: z.number().nullable(),
    signatureRejects: Count,
    safeToStop: z.boolean(),
  })
  .meta({ id: "Member" });

const ClusterReply = z
  .strictObject({
    clusterId: z.string(),
    epoch: Count,
    view: Count,
    status: z.enum(["starting", "normal", "view-change", "no-quorum", "reconfiguring"]),
    primary: z.string().nullable(),
    commit: Count,
    quorum: z.strictObject({ needed: Count, reachable: Count, canLose: Count }),
    members: z.array(Member),
    asOfMs: Count.nullable(),
    coord: Coord,
  })
  .meta({ id: "Cluster" });

const CriticalReply = z
  .strictObject({
    id: z.string(),
    safeToStop: z.boolean(),
    quorum: z.strictObject({ needed: Count, reachable: Count, canLose: Count }),
    coord: Coord,
  })
  .meta({ id: "QuorumCritical" });

/** Always answers, also without a quorum. */
export const getCluster = plainRoute({
  id: "getCluster",
  method: "get",
  path: "/v1/cluster",
  summary: "View, quorum and members, as this gateway knows them now",
  scope: "cluster:read",
  replies: { 200: { description: "What the gateway knows", schema: ClusterReply } },
  errors: [],
});

/** For probes and scripts that stop a member: ask first. */
export const getQuorumCritical = plainRoute({
  id: "getQuorumCritical",
  method: "get",
  path: "/v1/cluster/members/:member/quorum-critical",
  summary: "May this member be stopped?",
  scope: "cluster:read",
  replies: {
    200: { description: "Safe: a quorum stays without it", schema: CriticalReply },
    503: { description: "Not safe", schema: CriticalReply },
  },
  errors: ["member-not-found"],
});
