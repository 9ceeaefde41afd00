/**
 * Signatures of a rig: a keyed hash that nobody in the rig can forge, because only this object
 * knows the secrets, and that every member can check.
 */
import { bytesConcat, bytesEqual, hexEncode, present, utf8Encode } from "@quorate/prelude";
import { sha256 } from "@quorate/prelude/testing";
import { keyIdOf, type SenderRole, type StatementSigner } from "@quorate/protocol";

export class KeyedSignatures {
  private readonly secrets = new Map<string, Uint8Array>();

  /** The public key of a member or gateway; its secret exists from now on. */
  publicKeyOf(role: SenderRole, index: number): Uint8Array {
    const publicKey = sha256(utf8Encode(`public ${role} ${index}`));
    this.secrets.set(hexEncode(publicKey), sha256(utf8Encode(`secret ${role} ${index}`)));
    return publicKey;
  }

  signerFor(role: SenderRole, index: number, incarnation = 0): StatementSigner {
    const publicKey = this.publicKeyOf(role, index);
    const secret = present(this.secrets.get(hexEncode(publicKey)));
    return {
      role,
      sender: index,
      keyId: keyIdOf(publicKey, sha256),
      incarnation,
      sign: (bytes) => sealed(secret, bytes),
    };
  }

  verify(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
    const secret = this.secrets.get(hexEncode(publicKey));
    return secret !== undefined && bytesEqual(sealed(secret, bytes), signature);
  }
}

function sealed(secret: Uint8Array, bytes: Uint8Array): Uint8Array {
  const half = sha256(secret, bytes);
  return bytesConcat(half, half);
}
