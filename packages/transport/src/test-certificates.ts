/** Authorities and certificates for tests: X.509 (RFC 5280) with ed25519, made anew each time. */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CertificateFiles } from "./link-certificates.ts";

/** A value of DER: tag, length, content. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 0x80 ? [length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}
const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const object = (...bytes: readonly number[]): Buffer => der(0x06, Buffer.from(bytes));
const text = (tag: number, value: string): Buffer => der(tag, Buffer.from(value));

const ed25519 = sequence(object(0x2b, 0x65, 0x70));
const yes = der(0x01, Buffer.from([0xff]));
const nameOf = (value: string): Buffer =>
  sequence(der(0x31, sequence(object(0x55, 0x04, 0x03), text(0x0c, value))));
const validity = sequence(text(0x17, "200101000000Z"), text(0x17, "491231235959Z"));
/** An authority, and nothing else. */
const authorityExtension = sequence(object(0x55, 0x1d, 0x13), yes, der(0x04, sequence(yes)));
/** This machine under two names. */
const loopbackNames = sequence(text(0x82, "localhost"), der(0x87, Buffer.from([127, 0, 0, 1])));
const namesExtension = sequence(object(0x55, 0x1d, 0x11), der(0x04, loopbackNames));

function pem(label: string, bytes: Uint8Array): string {
  const lines = Buffer.from(bytes).toString("base64").replaceAll(/.{64}/g, "$&\n");
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

/** Signs certificates of processes on this machine. */
export class TestAuthority {
  private readonly name = `authority ${randomBytes(4).toString("hex")}`;
  private readonly keys = generateKeyPairSync("ed25519");

  /** Writes a new certificate, its key and this authority's into a folder. */
  issue(folder: string): CertificateFiles {
    mkdirSync(folder, { recursive: true });
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const files = {
      certificateFile: join(folder, "tls.crt"),
      keyFile: join(folder, "tls.key"),
      authorityFile: join(folder, "ca.crt"),
    };
    writeFileSync(files.certificateFile, this.sign("a process", publicKey, namesExtension));
    const key = privateKey.export({ format: "pem", type: "pkcs8" });
    writeFileSync(files.keyFile, key, { mode: 0o600 });
    const own = this.sign(this.name, this.keys.publicKey, authorityExtension);
    writeFileSync(files.authorityFile, own);
    return files;
  }

  private sign(subject: string, publicKey: KeyObject, extension: Buffer): string {
    const version = der(0xa0, der(0x02, Buffer.from([2])));
    const serial = der(0x02, Buffer.from([1]), randomBytes(8));
    const signed = sequence(
      version,
      serial,
      ed25519,
      nameOf(this.name),
      validity,
      nameOf(subject),
      publicKey.export({ format: "der", type: "spki" }),
      der(0xa3, sequence(extension)),
    );
    const signature = sign(null, signed, this.keys.privateKey);
    const bits = der(0x03, Buffer.from([0]), signature);
    return pem("CERTIFICATE", sequence(signed, ed25519, bits));
  }
}
