import { bytesConcat, present } from "@quorate/prelude";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { admit, type Admission, rejectReasons } from "./admission.ts";
import { frameBytesMax } from "./limits.ts";
import { commands, type Message, messages } from "./messages.ts";
import { asEpoch, asOp } from "./numbers.ts";
import {
  encodeStatementHeader,
  splitPacket,
  type StatementHeader,
  statementHeaderBytes,
  statementOverheadBytes,
} from "./statement.ts";
import { anyMessage } from "./testing/arbitrary.ts";
import { signed, signedContext, signedPlace, signerOf } from "./testing/signed-world.ts";

const { sha256 } = signedContext;
const vote: Message = { command: "startViewChange" };
const ok: Message = { command: "prepareOk", op: asOp(5), headerHash: sha256() };

function verdict(packet: Uint8Array): string {
  const admission: Admission = admit(packet, signedContext);
  return admission.ok ? "admitted" : admission.reason;
}

/** A statement whose header and body are what the test says, correctly signed by member 0. */
function crafted(parts: Partial<StatementHeader>, body: Uint8Array): Uint8Array {
  const signer = signerOf("replica", 0);
  const signedBytes = encodeStatementHeader({
    ...signedPlace,
    command: "prepareOk",
    role: "replica",
    sender: 0,
    keyId: signer.keyId,
    incarnation: 4,
    bodyBytes: body.length,
    bodyDigest: sha256(body),
    ...parts,
  });
  return bytesConcat(signedBytes, signer.sign(signedBytes), body);
}

describe("admission takes what a member or gateway of this configuration has signed", () => {
  it("with its message, its statement and its attachment", () => {
    const attachment = Uint8Array.of(1, 2, 3);
    for (const command of commands) {
      const [message] = fc.sample(anyMessage(command), { numRuns: 1, seed: 7 });
      const { from, attachmentBytesMax } = messages[command];
      const statement = signed(present(message), signerOf(from, 0));
      const extra = attachmentBytesMax > 0 ? attachment : new Uint8Array(0);
      const admission = admit(bytesConcat(statement, extra), signedContext);
      if (!admission.ok) throw new Error(`${command}: ${admission.reason}`);
      expect(admission.admitted).toMatchObject({ message, statement, attachment: extra });
      expect(admission.admitted.header).toMatchObject({ command, role: from, sender: 0, view: 7 });
    }
  });

  it("also of a member whose disk is newer than is known: rule A6", () => {
    expect(verdict(signed(vote, { ...signerOf("replica", 0), incarnation: 5 }))).toBe("admitted");
  });

  it("also of a learner", () => {
    expect(verdict(signed(vote, signerOf("replica", 2)))).toBe("admitted");
  });
});

const clusterId = sha256(Uint8Array.of(1));
const configDigest = sha256(Uint8Array.of(2));
const one = signerOf("replica", 1);
const forger = { ...signerOf("replica", 0), sign: (bytes: Uint8Array) => one.sign(bytes) };
const other = signerOf("gateway", 0);

const refusals = {
  oversized: new Uint8Array(frameBytesMax + 1),
  malformed: Uint8Array.of(0xff, 1, 2),
  cluster: signed(ok, undefined, { ...signedPlace, clusterId }),
  epoch: signed(ok, undefined, { ...signedPlace, epoch: asEpoch(4) }),
  configuration: signed(ok, undefined, { ...signedPlace, configDigest }),
  "unknown-sender": signed(ok, { ...signerOf("replica", 0), sender: 3 }),
  key: signed(ok, { ...signerOf("replica", 0), keyId: one.keyId }),
  incarnation: signed(ok, { ...signerOf("replica", 0), incarnation: 3 }),
  "body-size": bytesConcat(signed(ok), Uint8Array.of(0)),
  "body-digest": crafted({ bodyDigest: sha256() }, Uint8Array.of(1)),
  signature: signed(ok, forger),
  "body-malformed": crafted({}, Uint8Array.of(1, 2, 3)),
} as const;

describe("admission refuses with a reason", () => {
  it.each(Object.entries(refusals))("%s", (reason, packet) => {
    expect(verdict(packet)).toBe(reason);
  });

  it("and every reason but the link's own is among these", () => {
    const covered = [...Object.keys(refusals), "not-the-peer"];
    expect([...covered].toSorted()).toEqual([...rejectReasons].toSorted());
  });

  it("a gateway's message from a member, and a member's from a gateway", () => {
    const nonce = new Uint8Array(16);
    expect(verdict(signed({ command: "register", nonce }))).toBe("unknown-sender");
    expect(verdict(signed(ok, other))).toBe("unknown-sender");
  });

  it("a body longer than its message may be, before anything is hashed", () => {
    const bodyBytes = messages.prepareOk.bodyBytesMax + 1;
    let hashed = 0;
    const context = {
      ...signedContext,
      sha256: (...parts: readonly Uint8Array[]) => {
        hashed = Math.max(hashed, ...parts.map(({ length }) => length));
        return sha256(...parts);
      },
    };
    const packet = crafted({ bodyBytes }, new Uint8Array(bodyBytes));
    expect(admit(packet, context)).toEqual({ ok: false, reason: "body-size" });
    expect(hashed).toBeLessThan(bodyBytes);
  });

  it("a body that ends behind its packet, and one that is cut off", () => {
    expect(verdict(crafted({ bodyBytes: 41 }, new Uint8Array(40)))).toBe("body-size");
    const packet = signed(ok);
    expect(verdict(packet.subarray(0, -1))).toBe("body-size");
    expect(verdict(packet.subarray(0, statementOverheadBytes - 1))).toBe("body-size");
    expect(verdict(packet.subarray(0, statementHeaderBytes - 1))).toBe("malformed");
  });
});

describe("admission checks the cheapest first", () => {
  it("in the order of the reasons", () => {
    const wrong: Partial<StatementHeader> = {};
    const faults: readonly (readonly [string, Partial<StatementHeader>])[] = [
      ["body-digest", { bodyDigest: sha256() }],
      ["body-size", { bodyBytes: 99 }],
      ["incarnation", { incarnation: 3 }],
      ["key", { keyId: one.keyId }],
      ["unknown-sender", { sender: 9 }],
      ["configuration", { configDigest }],
      ["epoch", { epoch: asEpoch(9) }],
      ["cluster", { clusterId }],
    ];
    for (const [reason, fault] of faults) {
      Object.assign(wrong, fault);
      expect(verdict(crafted(wrong, Uint8Array.of(1)))).toBe(reason);
    }
  });

  it("and a signature only when all else holds", () => {
    let verified = 0;
    const counting = {
      ...signedContext,
      verify: (...args: Parameters<typeof signedContext.verify>) => {
        verified += 1;
        return signedContext.verify(...args);
      },
    };
    for (const [reason, packet] of Object.entries(refusals)) {
      verified = 0;
      admit(packet, counting);
      expect(verified).toBe(reason === "signature" || reason === "body-malformed" ? 1 : 0);
    }
  });
});

describe("what is signed cannot be changed", () => {
  const packet = signed(ok);

  it("by a single bit, anywhere in the header, the signature or the body", () => {
    for (let bit = 0; bit < packet.length * 8; bit++) {
      const changed = packet.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(verdict(changed)).not.toBe("admitted");
    }
  });

  it("nor moved to another cluster, epoch, configuration, view, sender or message", () => {
    const { signature, body } = splitPacket(packet, packet.length - statementOverheadBytes);
    const changes: readonly Partial<StatementHeader>[] = [
      { view: signedPlace.view },
      { clusterId },
      { epoch: asEpoch(4) },
      { configDigest },
      { sender: 1, keyId: one.keyId },
      { command: "commitOk" },
    ];
    const moved = changes.map((change) => {
      const header = splitPacket(crafted(change, body), body.length).signed;
      return verdict(bytesConcat(header, signature, body));
    });
    expect(moved[0]).toBe("admitted");
    expect(moved.slice(1)).not.toContain("admitted");
  });

  it("and no bytes whatever make admission throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), fc.nat(400), (noise, keep) => {
        expect(verdict(noise)).not.toBe("admitted");
        expect(verdict(bytesConcat(packet.subarray(0, keep), noise))).not.toBe("admitted");
      }),
    );
  });
});
