/** A certificate that signs itself, made by hand: no program of the machine is needed for it. */

/** Both as PEM. */
export interface SelfSigned {
  readonly certificate: string;
  readonly key: string;
}

const oids = {
  ed25519: [0x2b, 0x65, 0x70],
  commonName: [0x55, 4, 3],
  altNames: [0x55, 0x1d, 0x11],
};

/** A certificate for 127.0.0.1 until this time, in ms since 1970 (RFC 5280, RFC 8410). */
export async function selfSigned(endsMs: number): Promise<SelfSigned> {
  const { subtle } = globalThis.crypto;
  const pair = await subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  if (!("publicKey" in pair)) throw new TypeError("a secret, not a key pair");
  const publicKey = new Uint8Array(await subtle.exportKey("spki", pair.publicKey));
  const body = unsigned(publicKey, endsMs);
  const signature = new Uint8Array(await subtle.sign("Ed25519", pair.privateKey, body));
  const whole = tagged(0x30, body, algorithm(), tagged(0x03, [0], signature));
  const secret = new Uint8Array(await subtle.exportKey("pkcs8", pair.privateKey));
  return { certificate: pem("CERTIFICATE", whole), key: pem("PRIVATE KEY", secret) };
}

/** TBSCertificate. */
function unsigned(publicKey: Uint8Array, endsMs: number): Uint8Array<ArrayBuffer> {
  const attribute = tagged(
    0x30,
    tagged(0x06, oids.commonName),
    tagged(0x0c, ascii("quorate test")),
  );
  const name = tagged(0x30, tagged(0x31, attribute));
  const address = tagged(0x30, tagged(0x87, [127, 0, 0, 1]));
  const extension = tagged(0x30, tagged(0x06, oids.altNames), tagged(0x04, address));
  return tagged(
    0x30,
    tagged(0xa0, tagged(0x02, [2])),
    tagged(0x02, [1]),
    algorithm(),
    name,
    tagged(0x30, time(0), time(endsMs)),
    name,
    publicKey,
    tagged(0xa3, tagged(0x30, extension)),
  );
}

function algorithm(): Uint8Array<ArrayBuffer> {
  return tagged(0x30, tagged(0x06, oids.ed25519));
}

/** UTCTime until 2049, GeneralizedTime from then on. */
function time(ms: number): Uint8Array<ArrayBuffer> {
  const digits = new Date(ms).toISOString().replaceAll(/[-T:]|\.\d+/g, "");
  const isShort = Number(digits.slice(0, 4)) < 2050;
  return isShort ? tagged(0x17, ascii(digits.slice(2))) : tagged(0x18, ascii(digits));
}

/** DER: the tag, the length, the parts one after the other. */
function tagged(tag: number, ...parts: readonly Iterable<number>[]): Uint8Array<ArrayBuffer> {
  const content = parts.flatMap((part) => [...part]);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Uint8Array.from([tag, ...size, ...content]);
}

function ascii(text: string): Uint8Array {
  return Buffer.from(text, "ascii");
}

function pem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
