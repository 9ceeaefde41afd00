/** What every lie of the gateway is made with. */
import type { Prng } from "@quorate/prelude";
import { asRequestNumber, type MessageOf } from "@quorate/protocol";
import type { GatewayAccount } from "./gateway-account.ts";
import type { Overheard } from "./overheard.ts";
import { type OwnSession, type OwnSessions, sessionText } from "./own-sessions.ts";
import type { HeaderChanges, Pen } from "./pen.ts";
import type { StolenOperations } from "./stolen-operations.ts";

export interface Craft {
  /** The chance of this lie alone. */
  readonly prng: Prng;
  readonly pen: Pen;
  readonly account: GatewayAccount;
  readonly sessions: OwnSessions;
  readonly operations: StolenOperations;
  readonly overheard: Overheard;
  /** Packets that this gateway sent before. */
  readonly sent: readonly Uint8Array[];
  /** Who leads, as far as it knows; null: nobody. */
  readonly primary: number | null;
  /** The newest view and executed op that it was told of. */
  readonly view: number;
  readonly executed: number;
}

/** A packet, and the members to whom it goes. */
export interface Letter {
  readonly packet: Uint8Array;
  readonly to: readonly number[];
}

/** To whoever leads, or to all, or to anybody. */
export function letter(craft: Craft, packet: Uint8Array): Letter {
  const { prng, primary } = craft;
  const all = membersOf(craft);
  const choice = prng.below(10);
  if (choice < 6 && primary !== null) return { packet, to: [primary] };
  return { packet, to: choice < 8 ? all : [prng.pick(all)] };
}

/** Every member's index. */
export function membersOf({ pen }: Craft): readonly number[] {
  return pen.parts.config.members.map((_, index) => index);
}

/** A request of an own session, written as an honest gateway writes it. */
export function requestIn(
  craft: Craft,
  session: OwnSession,
  number: number,
  operations: readonly Uint8Array[],
): Uint8Array {
  craft.account.onAsked(operations, { session: sessionText(session.id), number });
  craft.sessions.onUsed(session, number);
  return craft.pen.statement(requestOf(session.id, number, operations));
}

/** A request that everybody must refuse, because its header or its session is not the sender's. */
export function refusable(
  craft: Craft,
  message: MessageOf<"request">,
  changes: HeaderChanges,
): Uint8Array {
  craft.account.onRefusable(message.operations);
  return craft.pen.statement(message, changes);
}

export function requestOf(
  session: OwnSession["id"],
  number: number,
  operations: readonly Uint8Array[],
): MessageOf<"request"> {
  return { command: "request", session, number: asRequestNumber(number), operations };
}

/** A few good operations. */
export function goodOnes({ prng, operations }: Craft, countMax: number): Uint8Array[] {
  return Array.from({ length: prng.between(1, countMax) }, () => operations.good(prng));
}
