/** The place in the log where a session was registered: unique, because one op holds many (A4). */
import { type Coded, record, u32 } from "./codec.ts";
import { opCodec } from "./entry.ts";

export const sessionIdCodec = record({ op: opCodec, index: u32 });
export type SessionId = Coded<typeof sessionIdCodec>;
