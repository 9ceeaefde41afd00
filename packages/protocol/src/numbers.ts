/**
 * The protocol's numbers, branded so that one is never taken for another.
 *
 * All are safe integers (below 2^53) and travel as eight little-endian bytes.
 */

declare const brand: unique symbol;
type Branded<Name extends string> = number & { readonly [brand]: Name };

/** Counts views from 0. The primary of view v is member `v mod n`. VRR §4. */
export type View = Branded<"View">;
/** Position in the log. The first entry is op 1; 0 stands for the empty log. VRR §4.1. */
export type Op = Branded<"Op">;
/** Counts configurations from 0. VRR §7. */
export type Epoch = Branded<"Epoch">;
/** Position of a member in its configuration, from 0. VRR §4 "replica-number". */
export type ReplicaIndex = Branded<"ReplicaIndex">;
/** Position of a gateway in the configuration, from 0. */
export type GatewayIndex = Branded<"GatewayIndex">;
/** Counts the requests of one session from 1; 0 is its registration. VRR §4.1. */
export type RequestNumber = Branded<"RequestNumber">;
/** Microseconds since 1970, chosen by the primary, strictly increasing with op. */
export type TimestampMicros = Branded<"TimestampMicros">;

export const asView = (value: number): View => value as View;
export const asOp = (value: number): Op => value as Op;
export const asEpoch = (value: number): Epoch => value as Epoch;
export const asReplicaIndex = (value: number): ReplicaIndex => value as ReplicaIndex;
export const asGatewayIndex = (value: number): GatewayIndex => value as GatewayIndex;
export const asRequestNumber = (value: number): RequestNumber => value as RequestNumber;
export const asTimestampMicros = (value: number): TimestampMicros => value as TimestampMicros;

export const opAfter = (op: Op, distance = 1): Op => asOp(op + distance);
export const viewAfter = (view: View): View => asView(view + 1);
export const opMax = (left: Op, right: Op): Op => (left > right ? left : right);
export const opMin = (left: Op, right: Op): Op => (left < right ? left : right);
