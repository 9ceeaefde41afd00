import { expect, test } from "vitest";
import {
  lagFive,
  learner,
  noQuorum,
  normalThree,
  reconfiguring,
  single,
  starting,
  viewChange,
} from "./fixtures.ts";
import { phrasesOf, sentenceOf } from "./sentence.ts";

const spaced = (text: string): string => text.replaceAll("\u2009", " ");

test("a healthy cluster: who leads, what is final, what is in flight, how many may stop", () => {
  expect(spaced(sentenceOf(normalThree))).toBe(
    "r0 leads view 42. Two of three replicas have signed and stored every operation up to 184 502, so it is final. 6 operations are in flight. You can lose 1 replica and keep working.",
  );
});

test("with nothing in flight, the sentence does not mention it", () => {
  const idle = {
    ...normalThree,
    members: normalThree.members.map((m) => ({ ...m, head: normalThree.commit })),
  };
  expect(sentenceOf(idle)).not.toContain("in flight");
});

test("who is behind, who does not answer and whose name is misused is named", () => {
  expect(spaced(sentenceOf(lagFive))).toBe(
    "r2 leads view 107. Commits go on with r0, r2 and r3. r1 is 12 480 ops behind (about 3 s) and catching up. 14 statements in r3’s name were refused in the last minute. r4 has been unreachable for 42 s. You can lose 1 more replica and keep working.",
  );
});

test("a view change says who stopped, who is next, and that nothing is lost", () => {
  expect(sentenceOf(viewChange)).toBe(
    "r0 stopped answering 0.8 s ago. r1 is next in turn (view 43) and has the 2 signed votes it needs. Nothing committed is lost; new writes wait.",
  );
});

test("a candidate without its votes is said to lack them", () => {
  const voting = {
    ...viewChange,
    transition: { kind: "view" as const, sinceMs: 300, votes: ["r2"], needed: 2 },
  };
  expect(sentenceOf(voting)).toContain("has 1 of the 2 signed votes it needs");
});

test("without a quorum: what is missing, what stays, since when", () => {
  expect(spaced(sentenceOf(noQuorum))).toBe(
    "No quorum: one of three replicas can work together and two are needed. r0 has been unreachable for 3 min 13 s. r1 has been unreachable for 3 min 11 s. Everything up to 184 502 stays final; nothing new is accepted. No operation has become final for 3 min 11 s.",
  );
});

test("without a quorum and without anybody who leads: none can work together", () => {
  const text = sentenceOf({ ...noQuorum, reachable: 0 });
  expect(text).toContain("none of three replicas can work together and two are needed.");
});

test("a change of members says what changes and that both epochs need a quorum", () => {
  expect(sentenceOf(reconfiguring)).toBe(
    "r1 leads view 4. The members are changing (r3 becomes a voter): two of the three needed are in epoch 4. Until it is done, both epochs need a quorum. You can lose 1 replica and keep working.",
  );
});

test("a learner that fetches the state does not count as lost", () => {
  expect(sentenceOf(learner)).toContain("r3 is fetching the state that a quorum has signed.");
  expect(sentenceOf(learner)).toContain("You can lose 1 replica and keep working.");
});

test("a single replica is said to have no fault tolerance", () => {
  expect(sentenceOf(single)).toContain("There is no fault tolerance: if r0 stops, the queue stops");
});

test("a starting cluster says what it waits for", () => {
  expect(sentenceOf(starting)).toBe(
    "The cluster is starting: one of three replicas is ready, two are needed before anything can be final.",
  );
});

test("one that may not lose any is warned", () => {
  expect(sentenceOf({ ...lagFive, reachable: 3, canLose: 0 })).toContain(
    "If one more replica stops, nothing new can be final.",
  );
});

test("what is not current begins with its age, in every state", () => {
  for (const tier of ["stale", "offline"] as const) {
    expect(sentenceOf(normalThree, { tier, ageMs: 14_200 })).toMatch(
      /^Nothing new has been heard for 14 s\. What was known then: r0 leads/,
    );
  }
  expect(sentenceOf(normalThree, { tier: "late", ageMs: 3000 })).toBe(sentenceOf(normalThree));
});

test("what matters most is marked strong", () => {
  const strong = phrasesOf(lagFive).flatMap((phrase) =>
    phrase.strong ? [spaced(phrase.text)] : [],
  );
  expect(strong).toEqual([
    "r2",
    "r1 is 12 480 ops behind",
    "14 statements in r3’s name",
    "r4 has been unreachable for 42 s",
    "1",
  ]);
});
