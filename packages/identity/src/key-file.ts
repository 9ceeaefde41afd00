/** Keys at rest: one encrypted file for each key (design: security, "Operator keys"). */
import { createCipheriv, createDecipheriv, scrypt } from "node:crypto";
import { type FileHandle, link, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { Signer } from "@quorate/ports";
import { bytesConcat, bytesEqual, hexEncode, utf8Encode } from "@quorate/prelude";
import { seedBytes } from "./ed25519-key.ts";
import { KeyFileError } from "./key-file-error.ts";
import {
  formatKeyFile,
  headerText,
  keyFileBytesMax,
  type KeyFileContent,
  type KeyPurpose,
  nonceBytes,
  parseKeyFile,
  saltBytes,
  tagBytes,
} from "./key-file-format.ts";
import { nodeCrypto } from "./node-crypto.ts";
import { readSecretFile, SecretFileError } from "./secret-file.ts";
import { signerOfSeed } from "./seed-signer.ts";

/** What a key file is for. A file made for anything else is refused. */
export interface KeyFileUse {
  readonly purpose: KeyPurpose;
  readonly clusterId: Uint8Array;
  readonly passphrase: string;
}

const cipher = "aes-256-gcm";
/** OWASP's parameters for scrypt: 0.4 s and 128 MiB, so that guessing is expensive. */
const scryptCost = { N: 131_072, r: 8, p: 1, maxmem: 2 ** 28 };
const keyBytes = 32;
/** Only the owner reads or writes. */
const fileMode = 0o600;

/**
 * Makes a key and writes it to `path`, mode 0600, readable only with the passphrase.
 *
 * The file is on disk when this resolves and is never half written. Rejects with KeyFileError
 * "exists" when something is there already, "passphrase" when the passphrase is empty, and with
 * the system's error when the folder cannot be written.
 */
export async function createKeyFile(path: string, use: KeyFileUse): Promise<Signer> {
  if (use.passphrase === "") throw new KeyFileError("passphrase", "the passphrase is empty");
  const seed = nodeCrypto.randomBytes(seedBytes);
  try {
    const signer = signerOfSeed(seed);
    const content: KeyFileContent = {
      purpose: use.purpose,
      clusterId: use.clusterId,
      publicKey: signer.publicKey,
      salt: nodeCrypto.randomBytes(saltBytes),
      nonce: nodeCrypto.randomBytes(nonceBytes),
    };
    const header = headerText(content);
    const sealed = await sealSeed(seed, header, content, use.passphrase);
    await writeNewFile(path, formatKeyFile(header, sealed));
    return signer;
  } finally {
    seed.fill(0);
  }
}

/**
 * Opens a key file. Rejects with KeyFileError: what is wrong is its `code`.
 *
 * The key is being derived, on a thread, when the call returns: what the caller loads meanwhile
 * does not hold it up.
 *
 * A file that others may read, or that another user owns, is refused: see `readSecretFile`.
 */
export async function readKeyFile(path: string, use: KeyFileUse): Promise<Signer> {
  const content = parseKeyFile(readOwnFile(path));
  if (content.purpose !== use.purpose) {
    throw new KeyFileError("purpose", `${path} holds a ${content.purpose} key`);
  }
  if (!bytesEqual(content.clusterId, use.clusterId)) {
    throw new KeyFileError("cluster", `${path} is of cluster ${hexEncode(content.clusterId)}`);
  }
  const seed = await openSeed(content, use.passphrase);
  try {
    const signer = signerOfSeed(seed);
    if (bytesEqual(signer.publicKey, content.publicKey)) return signer;
    throw new KeyFileError("damaged", `${path} names a public key that is not its own`);
  } finally {
    seed.fill(0);
  }
}

async function sealSeed(
  seed: Uint8Array,
  header: string,
  { salt, nonce }: KeyFileContent,
  passphrase: string,
): Promise<Uint8Array> {
  const key = await deriveKey(passphrase, salt);
  const sealing = createCipheriv(cipher, key, nonce).setAAD(utf8Encode(header));
  key.fill(0);
  const ciphertext = bytesConcat(sealing.update(seed), sealing.final());
  return bytesConcat(ciphertext, sealing.getAuthTag());
}

async function openSeed(
  content: KeyFileContent & { readonly sealed: Uint8Array },
  passphrase: string,
): Promise<Uint8Array> {
  const key = await deriveKey(passphrase, content.salt);
  const opening = createDecipheriv(cipher, key, content.nonce, { authTagLength: tagBytes })
    .setAAD(utf8Encode(headerText(content)))
    .setAuthTag(content.sealed.subarray(seedBytes));
  key.fill(0);
  const seed = opening.update(content.sealed.subarray(0, seedBytes));
  try {
    opening.final();
    return seed;
  } catch (cause) {
    seed.fill(0);
    throw new KeyFileError("passphrase", "the passphrase does not open the key file", { cause });
  }
}

function deriveKey(passphrase: string, salt: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize("NFC"), salt, keyBytes, scryptCost, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

/** A link refuses to replace what exists, so a key is never lost and never half written. */
async function writeNewFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${hexEncode(nodeCrypto.randomBytes(8))}.draft`;
  const file = await open(draft, "wx", fileMode);
  try {
    await writeAndSync(file, text);
    await link(draft, path);
  } catch (error) {
    if (isSystemError(error, "EEXIST")) {
      throw new KeyFileError("exists", `${path} exists already`, { cause: error });
    }
    throw error;
  } finally {
    await rm(draft);
  }
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function writeAndSync(file: FileHandle, text: string): Promise<void> {
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

function readOwnFile(path: string): string {
  try {
    return readSecretFile(path, keyFileBytesMax);
  } catch (cause) {
    if (cause instanceof SecretFileError) {
      const code = cause.code === "too-large" ? "damaged" : cause.code;
      throw new KeyFileError(code, cause.message, { cause });
    }
    if (isSystemError(cause, "ENOENT")) {
      throw new KeyFileError("not-found", `${path} does not exist`, { cause });
    }
    if (isSystemError(cause, "EACCES")) {
      throw new KeyFileError("permissions", `${path} cannot be read`, { cause });
    }
    throw cause;
  }
}

function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
