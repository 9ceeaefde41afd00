/** Connections over which a test says what no client would say. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { TestGateway } from "./test-gateway.ts";

/** A raw connection. */
export interface RawConnection {
  readonly socket: Socket;
  /** What came back until now. */
  readonly heard: () => string;
  /** What came back until it was closed. */
  readonly closed: Promise<string>;
}

/** A connection to the gateway that has sent this; it ends with the test, if not before. */
export async function openWith({ url }: TestGateway, text: string): Promise<RawConnection> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.on("error", () => {});
  onTestFinished(() => {
    socket.destroy();
  });
  const heard = (): string => Buffer.concat(chunks).toString();
  // Being reset is an end like any other.
  const closed = new Promise<string>((resolve) => {
    socket.once("close", () => resolve(heard()));
  });
  await once(socket, "connect");
  socket.write(text);
  return { socket, heard, closed };
}
