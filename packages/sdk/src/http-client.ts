/** A call as often as it takes: tries, waits, goes to the next gateway, and gives up in time. */
import { callMsMax } from "@quorate/contract";
import { attempt, type Attempted, type Wire, type WireAnswer } from "./attempt.ts";
import { Gateways } from "./gateways.ts";
import type { Settings } from "./options.ts";
import { withOutcome } from "./problem-error.ts";
import {
  AbortedError,
  isQuorateError,
  notSent,
  type QuorateError,
  TimeoutError,
  UsageError,
} from "./quorate-error.ts";
import { retryDelayMs } from "./retry-delay.ts";
import { inTime, pause } from "./timers.ts";

/** How patient one call is. */
export interface Patience {
  /** The call's whole time, in ms; null: the client's. */
  readonly timeoutMs: number | null;
  /** Time that the gateway may let pass before it answers, beside its own, in ms. */
  readonly waitMs: number;
  /** Null: the client's. */
  readonly maxRetries: number | null;
  readonly signal: AbortSignal | null;
}

/** A gateway answers within `callMsMax`; on the way some more may pass. In ms, beside `waitMs`. */
const attemptMsMax = callMsMax + 2000;

/** What a call has come to so far. */
interface Progress {
  readonly deadlineMs: number;
  retry: number;
  /** Whether an attempt may have acted although nobody said so. */
  isUncertain: boolean;
  /** The token that was refused; null: none was. */
  refusedToken: string | null;
}

/** Sends calls. Knows nothing of what they mean. */
export class HttpClient {
  readonly #settings: Settings;
  private readonly gateways: Gateways;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.gateways = new Gateways(settings.urls);
  }

  /** Sends the call until it is answered. Throws a `QuorateError`. */
  async send(call: Wire, patience: Patience): Promise<WireAnswer> {
    const { timers, timeoutMs, userAgent } = this.#settings;
    const named = userAgent === null ? {} : { "user-agent": userAgent };
    const wire = { ...call, headers: { ...named, ...call.headers } };
    const wholeMs = (patience.timeoutMs ?? timeoutMs) + patience.waitMs;
    const progress: Progress = {
      deadlineMs: timers.nowMs() + wholeMs,
      retry: 0,
      isUncertain: false,
      refusedToken: null,
    };
    try {
      return await this.sendUntilAnswered(wire, patience, progress);
    } catch (error) {
      const { signal } = patience;
      const outcome = progress.isUncertain ? "unknown" : "not-executed";
      // The caller's reason may be an error of this package, too, and is still not this call's.
      if (signal?.aborted === true && error === signal.reason) {
        const facts = { ...notSent, code: "aborted", outcome } as const;
        throw new AbortedError("The call was aborted.", facts, { cause: error });
      }
      // Whatever ends the call, an attempt before may have acted.
      throw progress.isUncertain && isQuorateError(error) ? withOutcome(error, outcome) : error;
    }
  }

  private async sendUntilAnswered(
    wire: Wire,
    patience: Patience,
    progress: Progress,
  ): Promise<WireAnswer> {
    for (;;) {
      const url = this.gateways.current();
      const token = await this.token(patience, progress);
      // After the token has come: an abort meanwhile would reach no listener of the attempt.
      patience.signal?.throwIfAborted();
      // An abort in the middle of an attempt leaves open what became of it.
      const wasUncertain = progress.isUncertain;
      progress.isUncertain ||= !wire.isRead;
      const attempted = await this.attemptAt(url, { wire, patience, progress, token });
      progress.isUncertain = wasUncertain;
      if ("answer" in attempted) return attempted.answer;
      if (attempted.leavesGateway) this.gateways.turnFrom(url);
      const { failure } = attempted;
      if (failure.outcome === "unknown") progress.isUncertain = true;
      if (await this.hasNewToken(failure, { token, patience, progress })) continue;
      await this.waitOrGiveUp(attempted, patience, progress);
    }
  }

  private attemptAt(
    url: string,
    call: {
      readonly wire: Wire;
      readonly patience: Patience;
      readonly progress: Progress;
      readonly token: string | null;
    },
  ): Promise<Attempted> {
    const { fetch, timers } = this.#settings;
    const { wire, patience, progress, token } = call;
    const leftMs = progress.deadlineMs - timers.nowMs();
    const timeoutMs = Math.max(1, Math.min(leftMs, attemptMsMax + patience.waitMs));
    return attempt(wire, { url, token, fetch, timers, timeoutMs, signal: patience.signal });
  }

  /** Waits for the next attempt's turn. Throws the failure when there is to be none. */
  private async waitOrGiveUp(
    { failure, leavesGateway }: Extract<Attempted, { failure: QuorateError }>,
    patience: Patience,
    progress: Progress,
  ): Promise<void> {
    const { timers, maxRetries } = this.#settings;
    const { retry } = progress;
    if (!failure.retryable || retry >= (patience.maxRetries ?? maxRetries)) throw failure;
    // Every gateway is tried once before anybody waits.
    const isUntried = leavesGateway && retry + 1 < this.gateways.count;
    const delayMs = isUntried ? 0 : retryDelayMs(retry, failure.retryAfterMs, Math.random());
    // Why nobody has answered says more than that time is over.
    if (timers.nowMs() + delayMs >= progress.deadlineMs) throw failure;
    progress.retry += 1;
    if (delayMs > 0) await pause(timers, delayMs, patience.signal);
  }

  /** Waits for a token no longer than for the call. */
  private async token({ signal }: Patience, { deadlineMs }: Progress): Promise<string | null> {
    const { getToken, timers } = this.#settings;
    if (getToken === null) return null;
    const delayMs = Math.max(1, deadlineMs - timers.nowMs());
    const token = await inTime(this.tokenOf(getToken), { timers, delayMs, signal, late: noToken });
    if (/^[!-~]+$/.test(token)) return token;
    throw new UsageError("The token is empty or holds what no header can.", "token-unavailable");
  }

  private async tokenOf(getToken: () => string | Promise<string>): Promise<string> {
    try {
      return await getToken();
    } catch (error) {
      throw new UsageError("getToken failed.", "token-unavailable", { cause: error });
    }
  }

  /** Whether a refused token has been replaced meanwhile; asked once for a call. */
  private async hasNewToken(
    failure: QuorateError,
    {
      token,
      patience,
      progress,
    }: {
      readonly token: string | null;
      readonly patience: Patience;
      readonly progress: Progress;
    },
  ): Promise<boolean> {
    if (failure.code !== "token-invalid" || progress.refusedToken !== null) return false;
    progress.refusedToken = token;
    return token !== null && (await this.token(patience, progress)) !== token;
  }
}

function noToken(): TimeoutError {
  return new TimeoutError("getToken has not answered in time.", { ...notSent, code: "timed-out" });
}
