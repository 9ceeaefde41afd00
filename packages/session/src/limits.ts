/** Limits and intervals of a gateway's side of the protocol. */

/** VSR sessions of one gateway: as many requests may be in flight; the rest gathers in batches. */
export const sessionCount = 3;
/** From this size on a request is handed out beside others: it gains little by growing further. */
export const gatheredBytesMin = 256 * 1024;
/** A request without an answer for this long keeps no other one waiting. */
export const gatherMsMax = 20;
/** Calls that wait to be handed out; more are refused as overloaded. */
export const callsWaitingMax = 20_000;
/** Bytes of the operations of such calls. */
export const callBytesWaitingMax = 128 * 1024 * 1024;
/** What a call's answer may have unless it says otherwise. */
export const answerBytesDefault = 64 * 1024;
/** Answers of one request together: they travel in one frame. */
export const answerBytesPerRequestMax = 4.5 * 1024 * 1024;
/** A request without an answer is sent again after this long, to whoever is primary then. */
export const resendMs = 500;
/** Calls wait this long for a primary while enough members are alive to elect one. */
export const primaryWaitMs = 3_000;
/** Calls wait this long when too few members are heard: the failure is then reported. */
export const quorumWaitMs = 500;
/** A member's status is believed for this long. */
export const heardMs = 2_000;
/** A primary is believed to lead while a quorum acknowledged it this recently. */
export const acknowledgedMs = 1_000;
/** Between two looks at deadlines. */
export const tickMs = 20;
/**
 * A look that comes this late says that this process was stopped for a while, not the members:
 * what they said meanwhile is read first, and judged at the next look.
 */
export const stallMs = 300;
/** Between two calls of a health listener. */
export const healthMs = 100;
