/**
 * TLS around the links, for networks that ask for it: a certificate of one's own, and the authority
 * whose certificates the other end must have. Who is who is the hello's matter, with or without it.
 */
import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import type { Clock, Log } from "@quorate/ports";
import { certificateBytesMax, certificateCheckMs } from "./limits.ts";

/** Paths of PEM files. */
export interface CertificateFiles {
  /** This process's certificate, and those between it and the authority. */
  readonly certificateFile: string;
  /** Its private key. */
  readonly keyFile: string;
  /** Certificates of the authorities that the other end's must come from. */
  readonly authorityFile: string;
}

/** PEM, named as `node:tls` names them. */
export interface Certificates {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** A certificate, key or authority that cannot be used. The message never holds a secret. */
export class CertificateError extends Error {
  override readonly name = "CertificateError";
}

/** Reads a file with a secret, of at most so many bytes; throws when it is open to others. */
export type ReadSecret = (path: string, bytesMax: number) => string;

/** The certificates of this process, as the files say them now. */
export class LinkCertificates {
  private readonly files: CertificateFiles;
  private readonly readSecret: ReadSecret;
  private held: Certificates;
  /** What was read last, also when it could not be used. */
  private seen: Certificates;
  /** What was told of the files at the last look; null: they could be read. */
  private told: string | null = null;
  private cancelCheck: () => void = () => undefined;

  /** Throws CertificateError, also of what `readSecret` throws about the private key. */
  constructor(files: CertificateFiles, readSecret: ReadSecret) {
    this.files = files;
    this.readSecret = readSecret;
    this.held = readCertificates(files, readSecret);
    checkCertificates(this.held);
    this.seen = this.held;
  }

  get current(): Certificates {
    return this.held;
  }

  /**
   * Looks at the files every `certificateCheckMs` and takes what is new in them; links that exist
   * stay. What cannot be used is told to the log once, and the old ones are kept.
   */
  watch(clock: Clock, log: Log, onChange: (certificates: Certificates) => void): void {
    this.cancelCheck = clock.after(certificateCheckMs, () => {
      this.check(log, onChange);
      this.watch(clock, log, onChange);
    });
  }

  stop(): void {
    this.cancelCheck();
  }

  private check(log: Log, onChange: (certificates: Certificates) => void): void {
    try {
      const read = readCertificates(this.files, this.readSecret);
      this.told = null;
      if (isEqual(read, this.seen)) return;
      this.seen = read;
      checkCertificates(read);
      this.held = read;
    } catch (error) {
      if (!(error instanceof CertificateError)) throw error;
      const { message: reason } = error;
      if (reason !== this.told) log.warn("the new certificates cannot be used", { reason });
      this.told = reason;
      return;
    }
    log.info("new certificates", {});
    onChange(this.held);
  }
}

/** Throws CertificateError. */
function readCertificates(files: CertificateFiles, readSecret: ReadSecret): Certificates {
  try {
    return {
      cert: readPem(files.certificateFile),
      key: readSecret(files.keyFile, certificateBytesMax),
      ca: readPem(files.authorityFile),
    };
  } catch (cause) {
    throw new CertificateError(messageOf(cause), { cause });
  }
}

/** Throws CertificateError when they do not belong together. */
function checkCertificates(certificates: Certificates): void {
  try {
    createSecureContext(certificates);
  } catch (cause) {
    throw new CertificateError(`the certificates cannot be used: ${messageOf(cause)}`, { cause });
  }
}

function readPem(path: string): string {
  const file = openSync(path, "r");
  try {
    if (fstatSync(file).size > certificateBytesMax) throw new Error(`${path} is too large`);
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}

function isEqual(one: Certificates, other: Certificates): boolean {
  return one.cert === other.cert && one.key === other.key && one.ca === other.ca;
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
