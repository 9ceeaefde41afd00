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
  /** Its private key; others than its owner and group may not read it. */
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

/** Modes that let everybody in. */
const everybodyMask = 0o007;

/** The certificates of this process, as the files say them now. */
export class LinkCertificates {
  private readonly files: CertificateFiles;
  private held: Certificates;
  /** What was read last, also when it could not be used. */
  private seen: Certificates;
  private cancelCheck: () => void = () => undefined;

  /** Throws CertificateError. */
  constructor(files: CertificateFiles) {
    this.files = files;
    this.held = readCertificates(files);
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
      const read = readCertificates(this.files);
      if (isEqual(read, this.seen)) return;
      this.seen = read;
      checkCertificates(read);
      this.held = read;
    } catch (error) {
      if (!(error instanceof CertificateError)) throw error;
      log.warn("the new certificates cannot be used", { reason: error.message });
      return;
    }
    log.info("new certificates", {});
    onChange(this.held);
  }
}

function readCertificates(files: CertificateFiles): Certificates {
  return {
    cert: readPem(files.certificateFile, 0),
    key: readPem(files.keyFile, everybodyMask),
    ca: readPem(files.authorityFile, 0),
  };
}

/** Throws CertificateError when they do not belong together. */
function checkCertificates(certificates: Certificates): void {
  try {
    createSecureContext(certificates);
  } catch (cause) {
    throw new CertificateError(`the certificates cannot be used: ${messageOf(cause)}`, { cause });
  }
}

function readPem(path: string, forbiddenMode: number): string {
  let file: number | null = null;
  try {
    file = openSync(path, "r");
    const { mode, size } = fstatSync(file);
    if ((mode & forbiddenMode) !== 0) throw new Error(`${path} is open to everybody`);
    if (size > certificateBytesMax) throw new Error(`${path} is too large`);
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new CertificateError(messageOf(cause), { cause });
  } finally {
    if (file !== null) closeSync(file);
  }
}

function isEqual(one: Certificates, other: Certificates): boolean {
  return one.cert === other.cert && one.key === other.key && one.ca === other.ca;
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
