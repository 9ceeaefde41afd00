/** What the token is told: who it is for, how the quorum stands, how the members keep up. */
import { type Cluster, isQuorateError, type Member } from "@quorate/sdk";
import type { Cli } from "../cli.ts";
import { healthCode } from "../commands/cluster/health.ts";
import { exitCodes } from "../exit-codes.ts";
import { cellText, durationText, grouped, plural } from "../output/cell.ts";
import { isBehind, sentenceOf } from "../status/sentence.ts";
import { readToken } from "../token/read-token.ts";
import { version } from "../version.ts";
import { failureFinding, failuresOf, questionOptions } from "./examine-gateway.ts";
import { broken, fine, type Finding, skipped, warned } from "./finding.ts";

/** Characters of a cluster's id that tell it from others for a person. */
const clusterIdChars = 12;

/** What a gateway knows of its cluster is this old at most while all is well, in ms. */
const asOfMsMax = 2000;

/** A flush that takes longer, in ms, is felt by every caller; disks in a network take a tenth. */
const flushMsMax = 100;

/** Asks as whom the gateway takes us, and about the cluster. */
export async function* examineCluster(cli: Cli): AsyncGenerator<Finding, void, undefined> {
  const access = await failuresOf("access", () => accessFinding(cli));
  yield access;
  if (access.verdict === "bad") return;
  try {
    const { body } = await cli.request("getCluster", questionOptions);
    yield quorumFinding(body);
    yield* memberFindings(body);
  } catch (error) {
    const isHidden = isQuorateError(error) && error.code === "scope-missing";
    if (isHidden) yield skipped("quorum", "the token may not see the cluster (cluster:read)");
    else yield failureFinding("quorum", error);
  }
}

async function accessFinding(cli: Cli): Promise<Finding> {
  const check = "access";
  try {
    const { body } = await cli.request("getMe", questionOptions);
    const cluster = body.clusterId.slice(0, clusterIdChars);
    const scopes = body.scopes.join(" ");
    if (scopes !== "") return fine(check, `cluster ${cluster}… takes the token, for ${scopes}`);
    const found = `cluster ${cluster}… takes the token, and it has no scope`;
    return warned(check, found, "It allows nothing: ask its issuer for one that does.");
  } catch (error) {
    if (!isQuorateError(error) || error.status !== 401) throw error;
    const found = `the gateway does not take the token: ${error.message} ${madeFor(cli)}`;
    const advice =
      "quorate token inspect shows issuer, key and audience: are they those of this cluster?";
    return broken(check, exitCodes.notAllowed, { found, advice });
  }
}

/** Whom the token names as its audience: one of another cluster is refused. */
function madeFor(cli: Cli): string {
  const { token } = cli.connection();
  const audience = token === null ? "" : readToken(token, cli.host.nowMs()).claims["aud"];
  return `Its audience is ${cellText(audience)}.`;
}

function quorumFinding(cluster: Cluster): Finding {
  const check = "quorum";
  const { status, quorum, members, asOfMs } = cluster;
  const found = sentenceOf(cluster);
  const isServing = status === "normal" || status === "reconfiguring";
  if (!isServing) {
    const advice =
      status === "no-quorum"
        ? "Start the replicas that are down; their logs say why they ended."
        : "This takes a moment. If it stays so, the replicas' logs say why.";
    return broken(check, exitCodes.unavailable, { found, advice });
  }
  if (asOfMs === null || asOfMs >= asOfMsMax) {
    const age = asOfMs === null ? "" : `, ${durationText(asOfMs)} ago`;
    return warned(check, `${found} That is what was heard last${age}.`, "quorate status --watch");
  }
  if (healthCode(cluster) !== exitCodes.ok || (quorum.canLose === 0 && members.length > 1)) {
    return warned(check, found, "Bring back what is missing before another one stops.");
  }
  return fine(check, found);
}

function* memberFindings(cluster: Cluster): Generator<Finding, void, undefined> {
  const { members } = cluster;
  const heard = members.filter(({ status }) => status !== "unreachable");
  yield lagFinding(heard);
  yield* diskFindings(heard);
  yield stopFinding(cluster);
  const rejecting = heard.filter(({ signatureRejects }) => signatureRejects > 0);
  if (rejecting.length > 0) yield rejectsFinding(rejecting);
  const others = heard.filter((member) => member.version !== version);
  if (others.length > 0) {
    const list = others.map((member) => `${member.id} ${member.version}`).join(", ");
    const advice = "Fine while members are being replaced one by one, and not for long.";
    yield warned("members' version", `this command has ${version}, and ${list}`, advice);
  }
}

function lagFinding(heard: readonly Member[]): Finding {
  const check = "lag";
  const behind = heard.filter(isBehind);
  if (behind.length === 0) {
    const worst = Math.max(0, ...heard.map(({ lagOps }) => lagOps));
    const found = worst === 0 ? "no member is behind" : `${plural(worst, "op")} at most`;
    return fine(check, found);
  }
  const list = behind.map(({ id, lagOps, lagMs }) => {
    return `${id} is ${plural(lagOps, "op")} behind (about ${durationText(lagMs)})`;
  });
  const advice = "Is its disk or network slow? quorate cluster info shows how long a flush takes.";
  return warned(check, list.join(", "), advice);
}

/** How long the disks take for what every write waits for; nothing where no member has told. */
function* diskFindings(heard: readonly Member[]): Generator<Finding, void, undefined> {
  const check = "disks";
  const told = heard.flatMap(({ id, fsyncMsP99: ms }) => (ms === null ? [] : [{ id, ms }]));
  if (told.length === 0) return;
  const slow = told.filter(({ ms }) => ms > flushMsMax);
  if (slow.length === 0) {
    const worst = Math.max(...told.map(({ ms }) => ms));
    yield fine(check, `99 of 100 flushes take less than ${durationText(worst)}`);
    return;
  }
  const list = slow.map(({ id, ms }) => `one flush in 100 takes ${id} ${durationText(ms)} or more`);
  const advice = "Does something else write to the disk? Each write waits for those of a quorum.";
  yield warned(check, list.join(", "), advice);
}

/** Whom one may stop; each alone. */
function stopFinding({ members }: Cluster): Finding {
  const check = "may be stopped";
  const safe = members
    .filter(({ safeToStop, status }) => safeToStop && status !== "unreachable")
    .map(({ id }) => id);
  if (safe.length > 0) return fine(check, `${safe.join(", ")}; one at a time`);
  if (members.length === 1) return fine(check, "none without an outage: it is the only replica");
  return warned(check, "none now: a quorum would be missing", "Wait, or bring back who is down.");
}

function rejectsFinding(rejecting: readonly Member[]): Finding {
  const list = rejecting.map(({ id, signatureRejects }) => {
    return `${id} has rejected ${grouped(signatureRejects)}`;
  });
  const advice =
    "Somebody spoke with a wrong key or of another cluster: quorate_statement_rejects_total says why.";
  return warned("statements", list.join(", "), advice);
}
