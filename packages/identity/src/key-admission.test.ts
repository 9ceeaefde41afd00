import { hexDecode, present } from "@quorate/prelude";
import { asEpoch, type ClusterConfig } from "@quorate/protocol";
import { describe, expect, it } from "vitest";
import {
  type KeyRegistration,
  keyRegistrationBytes,
  reasonAgainstConfigKeys,
  reasonAgainstPublicKey,
  reasonAgainstRegistration,
} from "./key-admission.ts";
import { nodeCrypto } from "./node-crypto.ts";
import { signerOfSeed } from "./seed-signer.ts";

const reasonOf = (hex: string) => reasonAgainstPublicKey(present(hexDecode(hex)));
const zeros = (count: number) => "00".repeat(count);

describe("reasonAgainstPublicKey", () => {
  it("admits the keys that signers have", () => {
    for (let round = 0; round < 20; round++) {
      const { publicKey } = signerOfSeed(nodeCrypto.randomBytes(32));
      expect(reasonAgainstPublicKey(publicKey)).toBeNull();
    }
  });

  it("refuses every canonical encoding of a point of small order", () => {
    const order8 = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03";
    const otherOrder8 = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc";
    const encodings = [
      `01${zeros(31)}`,
      `ec${"ff".repeat(30)}7f`,
      zeros(32),
      `${zeros(31)}80`,
      `${otherOrder8}05`,
      `${otherOrder8}85`,
      `${order8}7a`,
      `${order8}fa`,
    ];
    for (const encoding of encodings) expect(reasonOf(encoding)).toBe("small-order");
  });

  it("refuses an encoding that is not the shortest number or has a sign without an x", () => {
    const encodings = [
      `01${zeros(30)}80`,
      `ec${"ff".repeat(31)}`,
      `ed${"ff".repeat(30)}7f`,
      `ee${"ff".repeat(31)}`,
      "ff".repeat(32),
    ];
    for (const encoding of encodings) expect(reasonOf(encoding)).toBe("not-canonical");
  });

  it("refuses bytes that are no point of the curve, which node:crypto imports", () => {
    expect(reasonOf(`02${zeros(31)}`)).toBe("not-on-curve");
  });

  it("refuses a key with a part of small order", () => {
    const mixed = "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d";
    expect(reasonOf(mixed)).toBe("mixed-order");
  });

  it("refuses every other length", () => {
    expect(reasonOf(zeros(31))).toBe("wrong-length");
    expect(reasonOf(zeros(33))).toBe("wrong-length");
  });
});

/** One member, one gateway, one operator. */
function configOf(keys: readonly [Uint8Array, Uint8Array, Uint8Array]): ClusterConfig {
  return {
    clusterId: new Uint8Array(32),
    epoch: asEpoch(0),
    pipelineMax: 8,
    checkpointOps: 64,
    checkpointBytes: 1_048_576,
    createdAtMs: 0,
    members: [{ id: "r0", address: "http://127.0.0.1:7000", publicKey: keys[0], role: "voter" }],
    gateways: [{ id: "g0", publicKey: keys[1] }],
    operators: [{ id: "o0", publicKey: keys[2] }],
    operatorThreshold: 1,
  };
}

const newSigner = () => signerOfSeed(nodeCrypto.randomBytes(32));

describe("reasonAgainstConfigKeys", () => {
  it("names the holder whose key is no good, whoever it is", () => {
    const good = newSigner().publicKey;
    const small = new Uint8Array(32);
    expect(reasonAgainstConfigKeys(configOf([good, good, good]))).toBeNull();
    for (const [holder, keys] of [
      ["r0", [small, good, good]],
      ["g0", [good, small, good]],
      ["o0", [good, good, small]],
    ] as const) {
      const reason = `the public key of ${holder} is refused: small-order`;
      expect(reasonAgainstConfigKeys(configOf(keys))).toBe(reason);
    }
  });
});

describe("reasonAgainstRegistration", () => {
  const signer = newSigner();
  const { publicKey } = signer;
  const registration: KeyRegistration = {
    clusterId: nodeCrypto.sha256(),
    epoch: asEpoch(4),
    purpose: "replica",
    holderId: "r1",
    publicKey,
  };
  const proof = signer.sign(keyRegistrationBytes(registration));
  const known = {
    used: [newSigner().publicKey],
    verify: (...of: Parameters<typeof nodeCrypto.verify>) => nodeCrypto.verify(...of),
  };

  it("admits a new key that its holder has signed for this cluster, epoch, purpose and id", () => {
    expect(reasonAgainstRegistration(registration, proof, known)).toBeNull();
  });

  it("takes a proof for no other cluster, epoch, purpose, holder or key", () => {
    const changes: readonly Partial<KeyRegistration>[] = [
      { clusterId: new Uint8Array(32) },
      { epoch: asEpoch(5) },
      { purpose: "gateway" },
      { holderId: "r2" },
      { publicKey: newSigner().publicKey },
    ];
    for (const change of changes) {
      const other = { ...registration, ...change };
      expect(reasonAgainstRegistration(other, proof, known)).toBe("no-proof");
    }
  });

  it("takes nobody else's signature, and none that is made for another use", () => {
    const bytes = keyRegistrationBytes(registration);
    for (const signature of [newSigner().sign(bytes), signer.sign(publicKey), new Uint8Array(0)]) {
      expect(reasonAgainstRegistration(registration, signature, known)).toBe("no-proof");
    }
  });

  it("refuses a key that the cluster has named before, for whatever purpose", () => {
    const used = [...known.used, publicKey.slice()];
    const verdict = reasonAgainstRegistration(registration, proof, { ...known, used });
    expect(verdict).toBe("already-used");
  });

  it("refuses a key of small order, under which one signature would fit every registration", () => {
    const small = { ...registration, publicKey: new Uint8Array(32) };
    const always = { used: [], verify: () => true };
    expect(reasonAgainstRegistration(small, proof, always)).toBe("small-order");
  });

  it("cannot be confused with a registration whose id borrows bytes from its neighbours", () => {
    const texts = ["r1", "r1\u0020", "", "r1r1"].map((holderId) =>
      keyRegistrationBytes({ ...registration, holderId }).join(),
    );
    expect(new Set(texts).size).toBe(texts.length);
  });
});
