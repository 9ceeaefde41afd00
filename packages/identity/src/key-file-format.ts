/**
 * The bytes of a key file.
 *
 * ```
 * { "header": { format, purpose, clusterId, publicKey, kdf, aead }, "sealed": hex, "checksum": hex }
 * ```
 *
 * The header's exact text is the additional data of the seal, so nobody can move a key to another
 * purpose or cluster. The checksum needs no passphrase: it tells a rotten file from a mistyped one.
 */
import { hexDecode, hexEncode, utf8Encode } from "@quorate/prelude";
import { clusterIdBytes, publicKeyBytes } from "@quorate/protocol";
import { seedBytes } from "./ed25519-key.ts";
import { KeyFileError } from "./key-file-error.ts";
import { nodeCrypto } from "./node-crypto.ts";

/** What a key may sign: one key for each purpose. Registrations write the position, so it stays. */
export const keyPurposes = ["replica", "gateway", "operator", "token"] as const;
export type KeyPurpose = (typeof keyPurposes)[number];

export const saltBytes = 16;
export const nonceBytes = 12;
export const tagBytes = 16;
/** A key file has about 700 bytes; what is larger is something else and is not read. */
export const keyFileBytesMax = 4_096;

const format = "quorate/1/key-file";
/** Fixed: a file may not choose how much memory its reader spends. */
const kdf = "scrypt N=131072 r=8 p=1";
const aead = "aes-256-gcm";

export interface KeyFileContent {
  readonly purpose: KeyPurpose;
  readonly clusterId: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly salt: Uint8Array;
  readonly nonce: Uint8Array;
}

/** The header's text: what the seal authenticates. */
export function headerText(content: KeyFileContent): string {
  const { purpose, clusterId, publicKey, salt, nonce } = content;
  return JSON.stringify({
    format,
    purpose,
    clusterId: hexEncode(clusterId),
    publicKey: hexEncode(publicKey),
    kdf,
    salt: hexEncode(salt),
    aead,
    nonce: hexEncode(nonce),
  });
}

export function formatKeyFile(header: string, sealed: Uint8Array): string {
  const checksum = hexEncode(checksumOf(header, sealed));
  return `{"header":${header},\n"sealed":"${hexEncode(sealed)}",\n"checksum":"${checksum}"}\n`;
}

/** Throws KeyFileError "damaged" for everything but what `formatKeyFile` writes. */
export function parseKeyFile(text: string): KeyFileContent & { readonly sealed: Uint8Array } {
  const file = objectIn(parseJson(text));
  const header = objectIn(file["header"]);
  const content: KeyFileContent = {
    purpose: purposeIn(header["purpose"]),
    clusterId: hexIn(header["clusterId"], clusterIdBytes),
    publicKey: hexIn(header["publicKey"], publicKeyBytes),
    salt: hexIn(header["salt"], saltBytes),
    nonce: hexIn(header["nonce"], nonceBytes),
  };
  const sealed = hexIn(file["sealed"], seedBytes + tagBytes);
  if (formatKeyFile(headerText(content), sealed) !== text) throw damaged("not as it was written");
  return { ...content, sealed };
}

function checksumOf(header: string, sealed: Uint8Array): Uint8Array {
  return nodeCrypto.sha256(utf8Encode(header), sealed);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damaged("not JSON", { cause });
  }
}

function objectIn(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) throw damaged("not an object");
  return Object.fromEntries(Object.entries(value));
}

function purposeIn(value: unknown): KeyPurpose {
  const purpose = keyPurposes.find((known) => known === value);
  if (purpose === undefined) throw damaged("unknown purpose");
  return purpose;
}

function hexIn(value: unknown, length: number): Uint8Array {
  const bytes = typeof value === "string" ? hexDecode(value) : null;
  if (bytes === null || bytes.length !== length) throw damaged("a field is no hexadecimal");
  return bytes;
}

function damaged(what: string, options?: ErrorOptions): KeyFileError {
  return new KeyFileError("damaged", `the key file is damaged: ${what}`, options);
}
