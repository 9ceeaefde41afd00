import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { Clock, Log } from "@quorate/ports";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { helloBytesMax } from "./limits.ts";
import { CertificateError, LinkCertificates } from "./link-certificates.ts";
import { TestAuthority } from "./test-certificates.ts";
import {
  gateway,
  replica,
  silentLog,
  TestCluster,
  testClock,
  type TestPeer,
  until,
} from "./test-cluster.ts";
import { Stranger } from "./test-stranger.ts";

const readAnyway = (path: string): string => readFileSync(path, "utf8");

let folder = "";
let authority: TestAuthority;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "certificates-"));
  authority = new TestAuthority();
});
afterEach(() => rmSync(folder, { recursive: true }));

const issued = (name: string, by = authority): LinkCertificates =>
  new LinkCertificates(by.issue(join(folder, name)), readAnyway);

describe("links inside TLS", () => {
  let cluster = new TestCluster();
  const closing: (() => void)[] = [];
  beforeEach(() => {
    cluster = new TestCluster();
  });
  afterEach(async () => {
    for (const close of closing.splice(0)) close();
    await cluster.stop();
  });

  const startOne = (): Promise<TestPeer> =>
    cluster.start(replica(1), { certificates: issued("one") });
  const rejects = ({ transport }: TestPeer, reason: string): number =>
    transport.rejects().get(reason) ?? 0;
  const connect = (peer: TestPeer, certificates: LinkCertificates | null): TLSSocket => {
    const port = peer.transport.port ?? 0;
    const options = certificates?.current ?? { rejectUnauthorized: false };
    const socket = connectTls({ ...options, host: "127.0.0.1", port });
    socket.on("error", () => undefined);
    closing.push(() => socket.destroy());
    return socket;
  };

  it("join replicas and gateways, and carry packets", async () => {
    const one = await startOne();
    const zero = await cluster.start(replica(0), { certificates: issued("zero") });
    const edge = await cluster.start(gateway(0), { certificates: issued("edge") });
    await until(() => [zero, edge].every(({ events }) => events.ups.includes("r1")));
    zero.transport.send(replica(1), new Uint8Array(100_000));
    edge.transport.send(replica(1), Uint8Array.of(2));
    await until(() => one.events.packets.length === 2);
    expect([...one.transport.rejects()]).toEqual([]);
  });

  it("are refused to a peer without a certificate, and to one of another authority", async () => {
    const one = await startOne();
    const other = issued("other", new TestAuthority());
    const plain = await cluster.start(replica(0), { certificates: null });
    await until(() => rejects(one, "tls") > 0);
    await plain.transport.stop();
    const before = rejects(one, "tls");
    const edge = await cluster.start(gateway(0), { certificates: other });
    await until(() => rejects(edge, "tls") > 0);
    const nobody = connect(one, null);
    await until(() => nobody.closed && rejects(one, "tls") > before);
    expect([one.events.ups, rejects(one, "http")]).toEqual([[], 0]);
  });

  it("are not made with an acceptor whose certificate is another authority's", async () => {
    const other = issued("other", new TestAuthority());
    const one = await cluster.start(replica(1), { certificates: other });
    const zero = await cluster.start(replica(0), { certificates: issued("zero") });
    await until(() => rejects(zero, "tls") > 1);
    expect([one.events.ups, zero.events.ups]).toEqual([[], []]);
  });

  it("have the same budgets before the hello: bytes", async () => {
    const one = await startOne();
    const socket = connect(one, issued("stranger"));
    socket.write(
      "GET /link/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n" +
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
    );
    let heard = "";
    socket.on("data", (bytes) => (heard += bytes.toString("latin1")));
    await until(() => heard.includes('0{"sid"'));
    // A message that never ends.
    const claim = Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    socket.write(Buffer.concat([claim, Buffer.alloc(2 * helloBytesMax)]));
    await until(() => socket.closed && rejects(one, "hello-bytes") === 1);
  });

  it("have the same budgets before the hello: time, also amid the handshake", async () => {
    const waits: (() => void)[] = [];
    const clock: Clock = {
      ...testClock,
      after: (_delayMs, callback) => {
        waits.push(callback);
        return () => undefined;
      },
    };
    const one = await cluster.start(replica(1), { certificates: issued("one"), clock });
    const stranger = new Stranger(one.transport.port ?? 0);
    closing.push(() => stranger.close());
    // The first byte of a handshake, and no more.
    stranger.socket.write(Buffer.from([0x16]));
    await until(() => {
      for (const end of waits.splice(0)) end();
      return stranger.isClosed && rejects(one, "hello-timeout") === 1;
    });
  });
});

describe("certificates", () => {
  /** A clock whose waits end when the test says so, and what the log was told. */
  const watched = (certificates: LinkCertificates) => {
    const told: string[] = [];
    let wait: () => void = () => undefined;
    const clock: Clock = {
      ...testClock,
      after: (_delayMs, callback) => {
        wait = callback;
        return () => (wait = () => undefined);
      },
    };
    const log: Log = {
      ...silentLog,
      info: (message) => told.push(message),
      warn: (message) => told.push(message),
    };
    certificates.watch(clock, log, () => told.push("changed"));
    return { told, look: () => wait() };
  };

  it("are taken anew when their files have changed, and TLS 1.2 is refused as before", async () => {
    const cluster = new TestCluster();
    try {
      const [ones, zeros] = [issued("one"), issued("zero")];
      const { look } = watched(zeros);
      let lookAtOne: () => void = () => undefined;
      const clock: Clock = {
        ...testClock,
        after: (delayMs, callback) => {
          if (delayMs < 10_000) return testClock.after(delayMs, callback);
          lookAtOne = callback;
          return () => undefined;
        },
      };
      const one = await cluster.start(replica(1), { certificates: ones, clock });
      authority = new TestAuthority();
      authority.issue(join(folder, "one"));
      authority.issue(join(folder, "zero"));
      lookAtOne();
      look();
      await cluster.start(replica(0), { certificates: zeros });
      await until(() => one.events.ups.length === 1);
      const port = one.transport.port ?? 0;
      const old = connectTls({ ...zeros.current, host: "127.0.0.1", port, maxVersion: "TLSv1.2" });
      let reason = "";
      old.on("error", ({ message }) => (reason = message));
      await until(() => old.closed);
      expect(reason).toMatch(/protocol version/);
    } finally {
      await cluster.stop();
    }
  });

  it("stay as they were while their files are not there or do not fit together, which is told once", () => {
    const certificates = issued("one");
    const { told, look } = watched(certificates);
    const before = certificates.current;
    const keyFile = join(folder, "one", "tls.key");
    rmSync(keyFile);
    for (let looks = 0; looks < 3; looks++) look();
    writeFileSync(keyFile, "no key", { mode: 0o600 });
    for (let looks = 0; looks < 3; looks++) look();
    expect(certificates.current).toBe(before);
    expect(told).toEqual(Array.from({ length: 2 }, () => "the new certificates cannot be used"));
    authority.issue(join(folder, "one"));
    look();
    expect(certificates.current).not.toBe(before);
    expect(told.slice(2)).toEqual(["new certificates", "changed"]);
    certificates.stop();
    authority.issue(join(folder, "one"));
    look();
    expect(told).toHaveLength(4);
  });

  it("cannot be used when a file is missing, no PEM or too large, or a key is open to others", () => {
    const files = authority.issue(join(folder, "one"));
    const use = (changes: Partial<typeof files>) => () =>
      new LinkCertificates({ ...files, ...changes }, readAnyway);
    const other = (name: string, content: string): string => {
      writeFileSync(join(folder, name), content, { mode: 0o600 });
      return join(folder, name);
    };
    expect(use({ certificateFile: join(folder, "none") })).toThrow(CertificateError);
    expect(use({ certificateFile: other("text", "no certificate") })).toThrow(CertificateError);
    expect(use({ authorityFile: other("large", "x".repeat(300_000)) })).toThrow(/too large/);
    const { keyFile } = authority.issue(join(folder, "two"));
    expect(use({ keyFile })).toThrow(CertificateError);
    const refuse = (): string => {
      throw new Error("the key is open to everybody");
    };
    expect(() => new LinkCertificates(files, refuse)).toThrow(CertificateError);
    expect(() => new LinkCertificates(files, refuse)).toThrow("the key is open to everybody");
  });
});
