/** The cluster, as this gateway knows it now; never waits for anybody. */
import { ApiError, getCluster, getQuorumCritical } from "@quorate/contract";
import { type Answer, jsonAnswer } from "@quorate/rest";
import type { ClusterHealth, Coord } from "@quorate/session";
import type { Call } from "../http/call.ts";
import { mount, type Mounting } from "../http/mount.ts";
import type { Gateway } from "./gateway.ts";

/** Serves `GET /v1/cluster` and `…/members/{id}/quorum-critical`. */
export function mountCluster(mounting: Mounting, { client }: Gateway): void {
  mount(mounting, getCluster, () => describeCluster(client.health()));
  mount(mounting, getQuorumCritical, (call) => describeMember(client.health(), call));
}

/** The coordinate of what is known: the newest committed op. */
export function coordOf({ epoch, view, commit }: ClusterHealth): Coord {
  return { epoch, view, op: commit };
}

function describeCluster(health: ClusterHealth): Answer {
  const { inFlight: _inFlight, ...known } = health;
  return jsonAnswer(200, {
    ...known,
    members: known.members.map(inWholeMs),
    coord: coordOf(health),
  });
}

/** Ages are measured in fractions, and shown in whole milliseconds. */
function inWholeMs(member: ClusterHealth["members"][number]) {
  const { lagMs, lastSeenMs, keyAgeMs } = member;
  return {
    ...member,
    lagMs: Math.round(lagMs),
    lastSeenMs: lastSeenMs === null ? null : Math.round(lastSeenMs),
    keyAgeMs: Math.round(keyAgeMs),
  };
}

function describeMember(health: ClusterHealth, call: Call<never>): Answer {
  const member = health.members.find(({ id }) => id === call.params["member"]);
  if (member === undefined) throw new ApiError("member-not-found");
  const { id, safeToStop } = member;
  const body = { id, safeToStop, quorum: health.quorum, coord: coordOf(health) };
  return jsonAnswer(safeToStop ? 200 : 503, body);
}
