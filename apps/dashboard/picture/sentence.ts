import type { PictureMember, PictureState } from "@quorate/contract";
import {
  aboutOf,
  capitalOf,
  durationOf,
  groupedOf,
  listOf,
  partOf,
  pluralOf,
  wordOf,
} from "../lib/format.ts";
import { fresh, looksLive, type Freshness } from "./freshness.ts";
import { isUp, lagOpsOf, primaryOf, turnOf, votersOf } from "./membership.ts";

/** A piece of the sentence; `strong` marks what a reader in a hurry needs. */
export type Phrase = { readonly text: string; readonly strong: boolean };

const plain = (text: string): Phrase => ({ text, strong: false });
const strong = (text: string): Phrase => ({ text, strong: true });

/**
 * What the picture shows, in words: who leads, what is final, who is behind, how many may stop.
 * It is the picture's caption and its equivalent for those who do not see it.
 */
export function phrasesOf(picture: PictureState, freshness: Freshness = fresh): readonly Phrase[] {
  return [...agePhrases(freshness), ...statusPhrases(picture)];
}

/** `phrasesOf` as one string. */
export function sentenceOf(picture: PictureState, freshness: Freshness = fresh): string {
  return phrasesOf(picture, freshness)
    .map((phrase) => phrase.text)
    .join("");
}

function agePhrases(freshness: Freshness): readonly Phrase[] {
  if (looksLive(freshness)) return [];
  if (freshness.ageMs === null) return [strong("Nothing has been heard yet. ")];
  const age = durationOf(freshness.ageMs);
  return [strong(`Nothing new has been heard for ${age}. `), plain("What was known then: ")];
}

function statusPhrases(picture: PictureState): readonly Phrase[] {
  switch (picture.status) {
    case "starting":
      return startingPhrases(picture);
    case "view-change":
      return viewChangePhrases(picture);
    case "no-quorum":
      return noQuorumPhrases(picture);
    case "reconfiguring":
      return [
        ...reconfiguringPhrases(picture),
        ...troublePhrases(picture),
        ...marginPhrases(picture),
      ];
    case "normal":
      return votersOf(picture).length === 1 ? alonePhrases(picture) : normalPhrases(picture);
  }
}

function startingPhrases(picture: PictureState): readonly Phrase[] {
  const { reachable } = picture;
  const voters = votersOf(picture).length;
  return [
    strong("The cluster is starting: "),
    plain(`${partOf(reachable, voters)} replicas ${reachable > 1 ? "are" : "is"} ready, `),
    plain(`${wordOf(picture.quorum)} are needed before anything can be final.`),
  ];
}

function normalPhrases(picture: PictureState): readonly Phrase[] {
  const troubles = troublePhrases(picture);
  return [
    ...primaryPhrases(picture),
    ...(troubles.length === 0 ? finalPhrases(picture) : goingOnPhrases(picture)),
    ...troubles,
    ...marginPhrases(picture),
  ];
}

function primaryPhrases(picture: PictureState): readonly Phrase[] {
  const primary = primaryOf(picture);
  if (primary === null) return [plain(`View ${groupedOf(picture.coord.view)}. `)];
  return [strong(primary.id), plain(` leads view ${groupedOf(picture.coord.view)}. `)];
}

function finalPhrases(picture: PictureState): readonly Phrase[] {
  const voters = votersOf(picture).length;
  const inFlight = inFlightOf(picture);
  const quorum = capitalOf(wordOf(picture.quorum));
  return [
    plain(`${quorum} of ${wordOf(voters)} replicas have signed and stored every operation up to `),
    strong(groupedOf(picture.commit)),
    plain(", so it is final. "),
    ...(inFlight === 0
      ? []
      : [
          plain(
            `${groupedOf(inFlight)} ${inFlight === 1 ? "operation is" : "operations are"} in flight. `,
          ),
        ]),
  ];
}

/** Ops that have been prepared and are not committed yet. */
export function inFlightOf(picture: PictureState): number {
  const heads = votersOf(picture)
    .filter(isUp)
    .map((member) => member.head);
  return Math.max(0, Math.max(0, ...heads) - picture.commit);
}

function goingOnPhrases(picture: PictureState): readonly Phrase[] {
  const carriers = votersOf(picture).filter(
    (member) => member.state === "primary" || member.state === "backup",
  );
  if (carriers.length < picture.quorum) {
    return [plain("Commits go on, and need a replica that is behind. ")];
  }
  return [plain(`Commits go on with ${listOf(carriers.map((member) => member.id))}. `)];
}

/** Who is behind, who does not answer, and whose name was misused; empty when all is well. */
function troublePhrases(picture: PictureState): readonly Phrase[] {
  return picture.members.flatMap((member) => [
    ...memberPhrases(picture, member),
    ...rejectedPhrases(member),
  ]);
}

function memberPhrases(picture: PictureState, member: PictureMember): readonly Phrase[] {
  switch (member.state) {
    case "behind": {
      const ops = lagOpsOf(picture, member);
      const lag = `${member.id} is ${groupedOf(ops)} ${pluralOf(ops, "op")} behind`;
      if (member.etaMs === null) return [strong(lag), plain(". ")];
      return [strong(lag), plain(` (about ${aboutOf(member.etaMs)}) and catching up. `)];
    }
    case "unreachable":
      return [strong(unreachableOf(member)), plain(". ")];
    case "recovering":
      return [
        strong(`${member.id} is recovering`),
        plain(" and does not vote until it has caught up. "),
      ];
    case "transferring":
      return [strong(`${member.id} is fetching the state`), plain(" that a quorum has signed. ")];
    case "primary":
    case "backup":
    case "voting":
      return [];
  }
}

function unreachableOf(member: PictureMember): string {
  if (member.lastSeenMs === null) return `${member.id} has not been heard yet`;
  return `${member.id} has been unreachable for ${durationOf(member.lastSeenMs)}`;
}

function rejectedPhrases(member: PictureMember): readonly Phrase[] {
  const count = member.rejectedLastMin;
  if (count === 0) return [];
  return [
    strong(`${groupedOf(count)} ${pluralOf(count, "statement")} in ${member.id}’s name`),
    plain(` ${count === 1 ? "was" : "were"} refused in the last minute. `),
  ];
}

/** How many may still stop: the number people open the page for. */
function marginPhrases(picture: PictureState): readonly Phrase[] {
  if (picture.canLose === 0) {
    return [strong("If one more replica stops, nothing new can be final.")];
  }
  const down = votersOf(picture).some((member) => !isUp(member));
  const noun = `${down ? "more " : ""}${pluralOf(picture.canLose, "replica")}`;
  return [
    plain("You can lose "),
    strong(String(picture.canLose)),
    plain(` ${noun} and keep working.`),
  ];
}

function alonePhrases(picture: PictureState): readonly Phrase[] {
  const id = primaryOf(picture)?.id ?? picture.members[0]?.id ?? "The replica";
  return [
    ...primaryPhrases(picture),
    plain("It has signed and stored every operation up to "),
    strong(groupedOf(picture.commit)),
    plain(". "),
    strong("There is no fault tolerance: "),
    plain(`if ${id} stops, the queue stops, and its disk is the only copy.`),
  ];
}

function viewChangePhrases(picture: PictureState): readonly Phrase[] {
  const voters = votersOf(picture);
  const turn = turnOf(picture);
  const candidate = voters[turn]?.id ?? "The next replica";
  const transition = picture.transition;
  const silent = voters.filter((member) => !isUp(member));
  const cause = silent.flatMap((member) => [
    plain(
      member.lastSeenMs === null
        ? `${member.id} does not answer. `
        : `${member.id} stopped answering ${durationOf(member.lastSeenMs)} ago. `,
    ),
  ]);
  const turnPhrases = [
    strong(candidate),
    plain(` is next in turn (view ${groupedOf(picture.coord.view)})`),
  ];
  return [
    ...cause,
    ...turnPhrases,
    plain(transition?.kind === "view" ? votesOf(transition.votes.length, transition.needed) : ". "),
    plain("Nothing committed is lost; new writes wait."),
  ];
}

function votesOf(votes: number, needed: number): string {
  if (votes >= needed)
    return ` and has the ${needed} signed ${pluralOf(needed, "vote")} it needs. `;
  return ` and has ${votes} of the ${needed} signed votes it needs. `;
}

function noQuorumPhrases(picture: PictureState): readonly Phrase[] {
  const voters = votersOf(picture);
  const stalled =
    picture.stalledMs === null
      ? ""
      : ` No operation has become final for ${durationOf(picture.stalledMs)}.`;
  const silent = voters
    .filter((member) => !isUp(member))
    .map((member) => `${unreachableOf(member)}. `);
  return [
    strong("No quorum: "),
    plain(`${partOf(picture.reachable, voters.length)} replicas can work together and `),
    plain(`${wordOf(picture.quorum)} are needed. `),
    plain(silent.join("")),
    plain("Everything up to "),
    strong(groupedOf(picture.commit)),
    plain(` stays final; nothing new is accepted.${stalled}`),
  ];
}

function reconfiguringPhrases(picture: PictureState): readonly Phrase[] {
  const transition = picture.transition;
  if (transition?.kind !== "epoch") {
    return [...primaryPhrases(picture), plain("The members are being changed. ")];
  }
  const what = changeOf(transition.change);
  return [
    ...primaryPhrases(picture),
    strong(`The members are changing (${what})`),
    plain(`: ${wordOf(transition.votes.length)} of the ${wordOf(transition.needed)} needed `),
    plain(
      `${transition.votes.length === 1 ? "is" : "are"} in epoch ${groupedOf(picture.coord.epoch + 1)}. `,
    ),
    plain("Until it is done, both epochs need a quorum. "),
  ];
}

const changeWords: Readonly<Record<string, string>> = {
  "add-learner": "joins as a learner",
  promote: "becomes a voter",
  remove: "leaves",
  "rotate-key": "gets a new key",
  "revoke-key": "loses a key",
};

/** A change in words: "r3 becomes a voter"; types without words of their own are named. */
function changeOf(change: { readonly type: string; readonly member: string | null }): string {
  if (change.member === null) return change.type;
  const words = changeWords[change.type];
  return words === undefined ? `${change.type} ${change.member}` : `${change.member} ${words}`;
}
