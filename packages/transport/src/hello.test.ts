import { describe, expect, it } from "vitest";
import { acceptHello, dialHello, type HelloIdentity, type HelloRefused, mayDial } from "./hello.ts";
import { encodeOffer, type HelloOffer, helloNonceBytes, linkVersion } from "./hello-messages.ts";
import { gateway, replica, TestCluster, testCrypto } from "./test-cluster.ts";

const cluster = new TestCluster();
const zero = cluster.identityOf(0);
const one = cluster.identityOf(1);

/** What an honest replica 0 offers replica 1, with changes. */
function offerWith(changes: Partial<HelloOffer>): Uint8Array {
  return encodeOffer({
    versionMin: linkVersion,
    versionMax: linkVersion,
    clusterId: zero.config.clusterId,
    epoch: zero.config.epoch,
    configDigest: zero.configDigest,
    dialer: zero.self,
    acceptor: one.self,
    incarnation: 0,
    boot: 1,
    ephemeralKey: testCrypto.randomBytes(32),
    nonce: testCrypto.randomBytes(helloNonceBytes),
    ...changes,
  });
}

const reasonOf = (result: HelloRefused | { readonly ok: true }): string =>
  result.ok ? "accepted" : result.reason;

/** An honest hello up to the answer. */
function answered(acceptor: HelloIdentity = one) {
  const dialing = dialHello(zero, one.self);
  const accepting = acceptHello(acceptor, dialing.offer);
  if (!accepting.ok) throw new Error(accepting.reason);
  return { dialing, accepting };
}

describe("a hello", () => {
  it("gives both sides the same keys, one for each direction, new ones every time", () => {
    const seen = new Set<string>();
    for (let round = 0; round < 3; round++) {
      const { dialing, accepting } = answered();
      const dialed = dialing.onAnswer(accepting.answer);
      if (!dialed.ok) throw new Error(dialed.reason);
      const accepted = accepting.onProof(dialed.proof);
      if (!accepted.ok) throw new Error(accepted.reason);
      expect(accepted.keys).toEqual(dialed.keys);
      seen.add(Buffer.from(dialed.keys.dialToAccept).toString("hex"));
      seen.add(Buffer.from(dialed.keys.acceptToDial).toString("hex"));
      expect([accepting.dialer, accepting.boot, dialed.boot]).toEqual([zero.self, 1, 1]);
    }
    expect(seen.size).toBe(6);
  });

  it("refuses an offer with the first thing that is wrong with it", () => {
    const cases: readonly (readonly [string, Partial<HelloOffer>])[] = [
      ["version", { versionMin: 2, versionMax: 3 }],
      ["version", { versionMin: 0, versionMax: 0 }],
      ["cluster", { clusterId: new Uint8Array(32) }],
      ["configuration", { epoch: 2 }],
      ["configuration", { configDigest: new Uint8Array(32) }],
      ["wrong-role", { acceptor: replica(2) }],
      ["wrong-role", { acceptor: gateway(1) }],
      ["wrong-role", { dialer: replica(1) }],
      ["wrong-role", { dialer: replica(2) }],
      ["unknown-peer", { dialer: gateway(1) }],
      ["small-order", { ephemeralKey: new Uint8Array(32) }],
      ["small-order", { ephemeralKey: Uint8Array.of(1, ...new Uint8Array(31)) }],
      ["accepted", { versionMin: 0, versionMax: 9 }],
      ["accepted", {}],
    ];
    for (const [reason, changes] of cases) {
      expect(reasonOf(acceptHello(one, offerWith(changes)))).toBe(reason);
    }
  });

  it("refuses an offer cut at any length or followed by anything", () => {
    const offer = offerWith({});
    for (let length = 0; length < offer.length; length++) {
      expect(reasonOf(acceptHello(one, offer.subarray(0, length)))).toBe("hello-malformed");
    }
    expect(reasonOf(acceptHello(one, Uint8Array.from([...offer, 0])))).toBe("hello-malformed");
  });

  it("fails when any byte of any message changes on the way", () => {
    const { dialing, accepting } = answered();
    for (let at = 0; at < accepting.answer.length; at++) {
      expect(reasonOf(dialing.onAnswer(changed(accepting.answer, at)))).not.toBe("accepted");
    }
    const dialed = dialing.onAnswer(accepting.answer);
    if (!dialed.ok) throw new Error(dialed.reason);
    for (let at = 0; at < dialed.proof.length; at++) {
      expect(reasonOf(accepting.onProof(changed(dialed.proof, at)))).toBe("hello-signature");
    }
    for (let at = 0; at < dialing.offer.length; at++) {
      const judged = acceptHello(one, changed(dialing.offer, at));
      // An offer is not signed yet; the dialer sees in the answer that another one was answered.
      if (judged.ok) expect(reasonOf(dialing.onAnswer(judged.answer))).toBe("hello-signature");
    }
  });

  it("refuses signatures from another hello, the other part and an impostor", () => {
    const { dialing, accepting } = answered();
    const other = answered();
    expect(reasonOf(dialing.onAnswer(other.accepting.answer))).toBe("hello-signature");
    const otherDialed = other.dialing.onAnswer(other.accepting.answer);
    if (!otherDialed.ok) throw new Error(otherDialed.reason);
    expect(reasonOf(accepting.onProof(otherDialed.proof))).toBe("hello-signature");
    expect(reasonOf(accepting.onProof(accepting.answer.slice(-64)))).toBe("hello-signature");
    const impostor = answered({ ...one, signer: cluster.impostorOf(1).signer });
    expect(reasonOf(impostor.dialing.onAnswer(impostor.accepting.answer))).toBe("hello-signature");
  });

  it("is begun by the lower replica and by gateways only", () => {
    expect(mayDial(replica(0), replica(1))).toBe(true);
    expect(mayDial(replica(1), replica(0))).toBe(false);
    expect(mayDial(replica(1), replica(1))).toBe(false);
    expect(mayDial(gateway(5), replica(0))).toBe(true);
    expect(mayDial(replica(0), gateway(0))).toBe(false);
    expect(mayDial(gateway(0), gateway(1))).toBe(false);
  });
});

function changed(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = (copy[at] ?? 0) ^ 0x10;
  return copy;
}
