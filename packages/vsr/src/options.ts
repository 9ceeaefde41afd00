/**
 * Every timeout and limit of one replica's decisions, in ticks, ops and bytes.
 *
 * Timeouts may differ between replicas without harm to safety; what must be equal everywhere is in
 * the cluster configuration.
 */
export interface VsrOptions {
  /** Between two heartbeats of an idle primary. */
  readonly heartbeatTicks: number;
  /** Without a valid heartbeat for this long a backup votes for the next view. */
  readonly viewChangeTicks: number;
  /** Up to this much is added to each view change timeout, so that replicas differ. */
  readonly jitterTicks: number;
  /**
   * What is left of the timeout once the primary's link has closed: a hint that it is dead. A vote
   * disturbs nobody, and all vote for the same view, so nothing is gained by waiting apart.
   */
  readonly linkDownTicks: number;
  /** The timeout doubles with each view that fails, up to this. */
  readonly viewChangeTicksMax: number;
  /** Between two sends of anything that is repeated until it is superseded (rule L7). */
  readonly repeatTicks: number;
  /** A vote counts for this long after it arrived. */
  readonly voteWindowTicks: number;
  /** A primary without acknowledgements of a quorum for this long stops and votes (rule L7). */
  readonly abdicateTicks: number;
  /** A fetch without an answer for this long goes to the next peer; at first, see `answerTicks`. */
  readonly fetchTicks: number;
  /** Entries that are prepared and not yet committed; more requests wait and are merged. */
  readonly preparesInFlightMax: number;
  /** Requests that wait for their Prepare; beyond it the primary answers `overloaded`. */
  readonly requestsWaitingMax: number;
  /** Bytes of such requests. */
  readonly requestBytesWaitingMax: number;
  /** Ops that a backup may be behind before the primary stops pushing and lets it fetch. */
  readonly pushWindowOps: number;
  /**
   * How far ahead of its own clock a backup accepts the time of a new entry. A primary leads only
   * while its clock is within half of this of the others' (rule L4).
   */
  readonly skewMicrosMax: number;
  /** Bytes of entries kept in memory for execution and for peers. */
  readonly cacheBytesMax: number;
  /** Linearizable reads that wait for their confirmation. */
  readonly readsWaitingMax: number;
}

/** With ticks of 10 ms: heartbeat 50 ms, timeout 600 to 800 ms, 40 ms after a closed link. */
export const defaultOptions: VsrOptions = {
  heartbeatTicks: 5,
  viewChangeTicks: 60,
  jitterTicks: 20,
  linkDownTicks: 4,
  viewChangeTicksMax: 400,
  repeatTicks: 10,
  voteWindowTicks: 100,
  abdicateTicks: 100,
  fetchTicks: 20,
  preparesInFlightMax: 2,
  requestsWaitingMax: 512,
  requestBytesWaitingMax: 64 * 1024 * 1024,
  pushWindowOps: 256,
  skewMicrosMax: 2_000_000,
  cacheBytesMax: 64 * 1024 * 1024,
  readsWaitingMax: 4_096,
};

/** Length of one tick in milliseconds, for whoever drives a replica. */
export const tickMs = 10;
