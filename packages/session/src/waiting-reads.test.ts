import { expect, test } from "vitest";
import { asEpoch, asOp, asView, decodeNote, type Note } from "@quorate/protocol";
import { type Read, WaitingReads } from "./waiting-reads.ts";

const resendMs = 500;

/** A read by a client that began at this time, and the note in which it asks. */
function askedBy(reads: WaitingReads, answers: string[]): Extract<Note, { note: "readRequest" }> {
  const read: Read = {
    question: new Uint8Array(0),
    consistency: "linearizable",
    arrivedMs: 0,
    deadlineMs: 1_000,
    isWanted: true,
    sentMs: -Infinity,
    sentTo: -1,
    resolve: ({ bytes }) => answers.push(String(bytes[0])),
    reject: () => answers.push("rejected"),
  };
  reads.add(read);
  const sent: Note[] = [];
  reads.send(
    () => 1,
    resendMs,
    0,
    (_, packet) => sent.push(decodeNote(packet)),
  );
  const [note] = sent;
  if (note?.note !== "readRequest") throw new Error("a read is sent as a readRequest");
  return note;
}

function answerTo(readId: number, byte: number): Extract<Note, { note: "readReply" }> {
  const coord = { epoch: asEpoch(0), view: asView(1), op: asOp(1) };
  return { note: "readReply", readId, ...coord, answer: Uint8Array.of(byte) };
}

test("an answer that is owed to a former process of the gateway answers nothing of the new one", () => {
  const [before, after]: [string[], string[]] = [[], []];
  const former = askedBy(new WaitingReads(1_000_000.5), before);
  const reads = new WaitingReads(1_400_000.5);
  const asked = askedBy(reads, after);
  reads.onReply(answerTo(former.readId, 7));
  expect(after).toEqual([]);
  reads.onReply(answerTo(asked.readId, 8));
  expect(after).toEqual(["8"]);
});
