import { present } from "@quorate/prelude";
import {
  checkpointsMax,
  keyIdBytes,
  membersMax,
  signatureBytes,
  statementBodyBytesMax,
  type Superblock,
} from "@quorate/protocol";
import { describe, expect, it } from "vitest";
import { chainOf, headOf, superblockOf, testDigest } from "./memory-disk.ts";
import { SuperblockFrames } from "./opening.ts";
import { journalBegin } from "./segment-spans.ts";
import {
  decideSuperblock,
  decodeSuperblockCopy,
  encodeSuperblockCopy,
  superblockAreaBytes,
  type SuperblockFrame,
  SuperblockTooLongError,
} from "./superblock-copy.ts";

const journalId = new Uint8Array(16).fill(3);
const folderMark = new Uint8Array(16).fill(4);
const begin = { segment: 3, batch: 11, sequence: 30 };
const blank = new Uint8Array(1_000);

function frameOf(sequence: number, view = sequence): SuperblockFrame {
  const superblock = superblockOf(headOf(chainOf(3, 1)[2]), view);
  const records = { lastRecord: 40 + sequence, settledRecord: 7, begin };
  return { sequence, journalId, folderMark, ...records, superblock };
}

function copyOf(frame: SuperblockFrame): Uint8Array {
  const area = new Uint8Array(1_000);
  area.set(encodeSuperblockCopy(frame, testDigest));
  return area;
}

/** Every list full, the DoViewChange as long as it may be. */
function longestSuperblock(): Superblock {
  const { superblock } = frameOf(5);
  const digest = new Uint8Array(32);
  const signature = {
    sender: 1,
    keyId: new Uint8Array(keyIdBytes),
    incarnation: 0,
    signature: new Uint8Array(signatureBytes),
  };
  const signatures = Array.from({ length: membersMax }, () => signature);
  const { epoch, view, commit: op } = superblock;
  const checkpoint = { epoch, view, op, headHash: digest, stateRoot: digest, signatures };
  return {
    ...superblock,
    incarnations: Array.from({ length: membersMax }, () => ({ incarnation: 1, view })),
    viewProof: Array.from({ length: membersMax }, () => new Uint8Array(512)),
    doViewChange: new Uint8Array(2 * statementBodyBytesMax),
    checkpoints: Array.from({ length: checkpointsMax }, () => checkpoint),
  };
}

function harmed(area: Uint8Array): Uint8Array {
  return area.map((byte, at) => (at === 70 ? byte ^ 1 : byte));
}

const old = copyOf(frameOf(4));
const young = copyOf(frameOf(5));

function decide(...areas: readonly Uint8Array[]): ReturnType<typeof decideSuperblock> {
  return decideSuperblock(areas, testDigest);
}

describe("A superblock copy", () => {
  it("is refused when it could not be read again, as too long or beyond a field's limit", () => {
    const longest = longestSuperblock();
    const [checkpoint] = longest.checkpoints;
    for (const superblock of [
      { ...longest, doViewChange: new Uint8Array(superblockAreaBytes) },
      { ...longest, doViewChange: new Uint8Array(2 * statementBodyBytesMax + 1) },
      { ...longest, checkpoints: [...longest.checkpoints, present(checkpoint)] },
    ]) {
      expect(() => encodeSuperblockCopy({ ...frameOf(5), superblock }, testDigest)).toThrow(
        SuperblockTooLongError,
      );
    }
  });

  it("gives back what was written", () => {
    expect(decodeSuperblockCopy(young, testDigest)).toEqual(frameOf(5));
  });

  it("is unreadable when any one bit of it is flipped, and when it is cut off", () => {
    const copy = encodeSuperblockCopy(frameOf(5), testDigest);
    for (let bit = 0; bit < copy.length * 8; bit += 5) {
      const wrong = copy.slice();
      wrong[bit >> 3] = present(wrong[bit >> 3]) ^ (1 << (bit & 7));
      expect(decodeSuperblockCopy(wrong, testDigest)).toBe("unreadable");
    }
    for (let length = 1; length < copy.length; length += 3) {
      expect(decodeSuperblockCopy(copy.subarray(0, length), testDigest)).toBe("unreadable");
    }
  });

  it("fits its area with the longest DoViewChange and as many checkpoints as it may name", () => {
    const longest = longestSuperblock();
    const copy = encodeSuperblockCopy({ ...frameOf(5), superblock: longest }, testDigest);
    expect(copy.length).toBeLessThanOrEqual(superblockAreaBytes);
  });
});

describe("The superblock", () => {
  it("is the newest sequence of which a copy can be read", () => {
    for (const areas of [
      [young, young, old, old],
      [harmed(young), young, old, old],
      [old, harmed(old), young, harmed(young)],
    ]) {
      expect(decide(...areas)).toMatchObject({ kind: "found", frame: frameOf(5) });
    }
  });

  it("is the one before when a write has torn both copies of the first file", () => {
    expect(decide(harmed(young), harmed(young), old, old)).toEqual({
      kind: "found",
      frame: frameOf(4),
      filesToRepair: [0],
    });
  });

  it("needs no repair while all four copies agree", () => {
    expect(decide(young, young, young, young)).toMatchObject({ filesToRepair: [] });
  });

  it("repairs the file with fewer good copies first, so that one always holds it", () => {
    expect(decide(young, harmed(young), old, old)).toMatchObject({ filesToRepair: [1, 0] });
    expect(decide(harmed(old), old, young, harmed(young))).toMatchObject({ filesToRepair: [0, 1] });
    expect(decide(young, young, young, harmed(young))).toMatchObject({ filesToRepair: [1] });
  });

  it("is blank in a folder that was never used, and when the very first write was torn", () => {
    expect(decide(blank, blank, blank, blank).kind).toBe("blank");
    expect(decide(harmed(young), blank, blank, blank).kind).toBe("blank");
  });

  it("is lost when both files were written and nothing can be read", () => {
    expect(decide(harmed(young), blank, harmed(young), blank).kind).toBe("lost");
  });

  it("is in conflict when copies of one sequence differ", () => {
    expect(decide(young, young, copyOf(frameOf(5, 6)), old).kind).toBe("conflict");
  });
});

describe("SuperblockFrames", () => {
  it("number superblocks on from the one that was found", () => {
    const frames = new SuperblockFrames(frameOf(5), 0);
    const { superblock } = frameOf(6);
    expect(frames.next(superblock, 90, begin)).toEqual({ ...frameOf(6), lastRecord: 90 });
    expect(frames.next(superblock, 91, begin).sequence).toBe(7);
  });

  it("never let the journal begin earlier than before", () => {
    const frames = new SuperblockFrames(frameOf(5), 0);
    const { superblock } = frameOf(6);
    const later = { segment: 4, batch: 19, sequence: 52 };
    expect(frames.next(superblock, 90, journalBegin).begin).toEqual(begin);
    expect(frames.next(superblock, 90, later).begin).toEqual(later);
    expect(frames.next(superblock, 90, begin).begin).toEqual(later);
  });

  it("settle what was lost only with a head that is certain", () => {
    const frames = new SuperblockFrames(frameOf(5), 33);
    const { superblock } = frameOf(6);
    const uncertain = { ...superblock, isHeadUncertain: true };
    expect(frames.next(uncertain, 90, begin).settledRecord).toBe(7);
    expect(frames.next(superblock, 90, begin).settledRecord).toBe(33);
  });
});
