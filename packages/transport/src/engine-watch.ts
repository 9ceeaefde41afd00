/**
 * Engine.IO's own packets, which cost little each and nobody counts: a peer may send those that are
 * due and no others, so that it cannot keep this process busy, or make it answer, below the frames.
 */
import type { Clock } from "@quorate/ports";
import { pingIntervalMs } from "./limits.ts";

interface EnginePacket {
  readonly type: string;
}

/** The part of an Engine.IO connection, at either end, that says what passes. */
export interface PacketSource {
  on(event: "packet" | "packetCreate", listener: (packet: EnginePacket) => void): unknown;
}

/** The accepting end pings, and hears messages and one pong for each ping. */
export function watchAcceptedEngine(engine: PacketSource, onViolation: () => void): void {
  let pongsDue = 0;
  engine.on("packetCreate", ({ type }) => {
    if (type === "ping") pongsDue += 1;
  });
  engine.on("packet", ({ type }) => {
    if (type === "message") return;
    if (type === "pong" && pongsDue > 0) pongsDue -= 1;
    else onViolation();
  });
}

/**
 * The dialing end hears messages and pings. The accepting end sends a ping an interval after the
 * last pong, so that two never come close together, whatever the delays.
 */
export function watchDialedEngine(
  engine: PacketSource,
  clock: Clock,
  onViolation: () => void,
): void {
  let pingedAtMs = -Infinity;
  engine.on("packet", ({ type }) => {
    if (type === "message") return;
    const nowMs = clock.monotonicMs();
    const isDue = type === "ping" && nowMs - pingedAtMs >= pingIntervalMs / 2;
    pingedAtMs = nowMs;
    if (!isDue) onViolation();
  });
}
