import type { PictureState } from "@quorate/contract";
import { durationOf } from "../lib/format.ts";
import { looksLive, type Freshness } from "./freshness.ts";
import { votersOf } from "./membership.ts";

/** The four hues that mean something, and `quiet`, which means that nothing is known. */
export type Tone = "commit" | "lag" | "shift" | "fault" | "quiet";

/** The state of the cluster in two sizes: a badge beside the picture, a headline above it. */
export type Verdict = {
  readonly tone: Tone;
  /** Two to six words; how many may stop, or what stands in the way of saying so. */
  readonly badge: string;
  /** One short sentence without numbers that change every second. */
  readonly headline: string;
};

/** What a picture amounts to. Pure; never says "fine" about a picture that is not fresh. */
export function verdictOf(picture: PictureState, freshness: Freshness): Verdict {
  if (!looksLive(freshness)) return staleVerdict(freshness);
  switch (picture.status) {
    case "starting":
      return { tone: "shift", badge: "Starting", headline: "The cluster is starting." };
    case "view-change":
      return electingVerdict(picture);
    case "no-quorum":
      return {
        tone: "fault",
        badge: "No quorum",
        headline: "No quorum: nothing new can become final.",
      };
    case "reconfiguring":
      return {
        tone: "shift",
        badge: `Changing members · ${canLoseOf(picture)}`,
        headline: "Working, while the members change.",
      };
    case "normal":
      return normalVerdict(picture);
  }
}

function staleVerdict(freshness: Freshness): Verdict {
  const age = freshness.ageMs === null ? "nothing heard" : `${durationOf(freshness.ageMs)} old`;
  const headline =
    freshness.tier === "offline"
      ? "No connection to the gateway: this is the last that was known."
      : "The feed is silent: this is the last that was known.";
  return { tone: "quiet", badge: `Not current · ${age}`, headline };
}

function electingVerdict(picture: PictureState): Verdict {
  const since = picture.transition === null ? "" : ` · ${durationOf(picture.transition.sinceMs)}`;
  return { tone: "shift", badge: `Electing${since}`, headline: "The primary is being replaced." };
}

function normalVerdict(picture: PictureState): Verdict {
  const voters = votersOf(picture);
  if (voters.length === 1) {
    return {
      tone: "lag",
      badge: "No fault tolerance",
      headline: "Working, on one replica alone.",
    };
  }
  const troubled = voters.filter(
    (member) => member.state !== "primary" && member.state !== "backup",
  );
  if (picture.canLose === 0) {
    return { tone: "lag", badge: "Can lose none", headline: "Working, but no replica may stop." };
  }
  if (troubled.length === 0) {
    return { tone: "commit", badge: canLoseOf(picture), headline: "All replicas agree." };
  }
  const behind = troubled.filter((member) => member.state === "behind");
  const waits = picture.reachable - behind.length - picture.canLose < picture.quorum;
  const first = behind[0];
  return {
    tone: "lag",
    badge:
      waits && first !== undefined
        ? `${canLoseOf(picture)}, then waits for ${first.id}`
        : canLoseOf(picture),
    headline: "Working, with less margin than it should have.",
  };
}

function canLoseOf(picture: PictureState): string {
  return picture.canLose === 0 ? "Can lose none" : `Can lose ${picture.canLose}`;
}
