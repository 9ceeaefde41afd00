/** What a client is made with, and what it takes where nothing is said. */
import { batchEntriesMax } from "@quorate/contract";
import {
  type Coalesce,
  coalesceDefault,
  coalesceNothing,
  type CoalesceOptions,
} from "./enqueue-lane.ts";
import { UsageError } from "./quorate-error.ts";
import { platformTimers, type Timers } from "./timers.ts";
import { version } from "./version.ts";

/** Says how a client reaches a cluster. One of `url` and `urls` must be given. */
export interface QuorateOptions {
  /** Address of a gateway, such as `https://queue.example.com`, without `/v1`. */
  readonly url?: string | undefined;
  /** Addresses of several gateways of one cluster; the next is asked when one does not answer. */
  readonly urls?: readonly string[] | undefined;
  /** The bearer token. Without `token` and `getToken` no Authorization header is sent. */
  readonly token?: string | undefined;
  /**
   * Called for every attempt, so it should keep what it has fetched until that expires. A call waits
   * for it no longer than for everything else.
   */
  readonly getToken?: (() => string | Promise<string>) | undefined;
  /** Whole time of a call, its retries included, in ms (30,000). A dequeue has its `waitMs` beside it. */
  readonly timeoutMs?: number | undefined;
  /** Attempts after the first (10); 0 turns retries off. */
  readonly maxRetries?: number | undefined;
  /** How concurrent `enqueue` calls share requests; false: each has its own. */
  readonly coalesce?: CoalesceOptions | false | undefined;
  /** Instead of the platform's `fetch`. */
  readonly fetch?: typeof fetch | undefined;
  /** Begins the User-Agent header. Browsers send their own. */
  readonly userAgent?: string | undefined;
  /** Instead of the platform's clock and timers: for tests. */
  readonly timers?: Timers | undefined;
}

/** The options, checked, with every default. */
export interface Settings {
  /** At least one; without a slash at the end. */
  readonly urls: readonly string[];
  readonly getToken: (() => string | Promise<string>) | null;
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly coalesce: Coalesce;
  readonly fetch: typeof fetch;
  /** Null: the platform's own. */
  readonly userAgent: string | null;
  readonly timers: Timers;
}

const timeoutMsDefault = 30_000;
const maxRetriesDefault = 10;

/** A batch of texts of three bytes each still fits into a request. */
const charsMaxMax = 2 ** 21;

/** Retries beyond this are a loop, not patience. */
const maxRetriesMax = 1000;

/** Browsers do not let a page name itself, and ask the server first where it tries. */
const isBrowser = "document" in globalThis;

/** Checks the options. Throws a `UsageError` that names what is wrong. */
export function settingsOf(options: QuorateOptions): Settings {
  const {
    url,
    urls = url === undefined ? [] : [url],
    token,
    getToken,
    userAgent,
    ...others
  } = options;
  const { timeoutMs, maxRetries, coalesce, fetch: ownFetch, timers, ...unknown } = others;
  refuseUnknown(unknown);
  if (url !== undefined && options.urls !== undefined) {
    throw new UsageError("give url or urls, not both");
  }
  if (urls.length === 0) throw new UsageError("give the url of a gateway");
  if (token !== undefined && getToken !== undefined) {
    throw new UsageError("give token or getToken, not both");
  }
  const platformFetch: typeof fetch = (input, init) => globalThis.fetch(input, init);
  return {
    urls: urls.map(baseOf),
    getToken: getToken ?? (token === undefined ? null : () => token),
    timeoutMs: inRange("timeoutMs", timeoutMs ?? timeoutMsDefault, 1, 2 ** 31 - 1),
    maxRetries: inRange("maxRetries", maxRetries ?? maxRetriesDefault, 0, maxRetriesMax),
    coalesce: coalesceOf(coalesce ?? {}),
    fetch: ownFetch ?? platformFetch,
    userAgent: isBrowser ? null : [userAgent, `quorate-sdk/${version}`].join(" ").trim(),
    timers: timers ?? platformTimers,
  };
}

function coalesceOf(given: CoalesceOptions | false): Coalesce {
  if (given === false) return coalesceNothing;
  const { windowMs, entriesMax, charsMax, batchesMax, ...unknown } = given;
  refuseUnknown(unknown, "coalesce.");
  return {
    windowMs: inRange("coalesce.windowMs", windowMs ?? coalesceDefault.windowMs, 0, 1000),
    entriesMax: inRange(
      "coalesce.entriesMax",
      entriesMax ?? coalesceDefault.entriesMax,
      1,
      batchEntriesMax,
    ),
    charsMax: inRange("coalesce.charsMax", charsMax ?? coalesceDefault.charsMax, 1, charsMaxMax),
    batchesMax: inRange("coalesce.batchesMax", batchesMax ?? coalesceDefault.batchesMax, 1, 256),
  };
}

/** Throws a `UsageError` when something is left of the options: a typing error is no silent default. */
export function refuseUnknown(rest: object, prefix = ""): void {
  const [name] = Object.keys(rest);
  if (name !== undefined) throw new UsageError(`there is no option ${prefix}${name}`);
}

/** The number itself. Throws a `UsageError` when it is no whole number from min to max. */
export function inRange(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new UsageError(`${name} must be a whole number from ${min} to ${max}`);
}

/** The address without the slashes at its end. What is wrong is said without the address itself. */
function baseOf(given: string): string {
  if (!URL.canParse(given))
    throw new UsageError("a url of a gateway must be whole, such as https://queue.example.com");
  const { protocol, username, password, search, hash, href } = new URL(given);
  if (protocol !== "http:" && protocol !== "https:") {
    throw new UsageError("a url of a gateway begins with http: or https:");
  }
  // They would end up in logs of proxies and in messages of errors.
  if (username !== "" || password !== "") throw new UsageError("a url must not hold a password");
  if (search !== "" || hash !== "") throw new UsageError("a url must not hold a query or fragment");
  return href.replace(/\/+$/, "");
}
