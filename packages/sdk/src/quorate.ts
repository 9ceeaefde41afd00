/** The client: one cluster, reached through one or several gateways. */
import { HttpClient } from "./http-client.ts";
import { type QuorateOptions, settingsOf } from "./options.ts";
import { type Answer, answerOf, type Call, type OperationId, wireOf } from "./request.ts";

/** A client of one cluster. Holds no connection and no timer of its own; nothing is to be closed. */
export class Quorate {
  readonly #http: HttpClient;
  private readonly urls: readonly string[];

  /** Throws a `UsageError` when the options make no sense. */
  constructor(options: QuorateOptions) {
    const settings = settingsOf(options);
    this.urls = settings.urls;
    this.#http = new HttpClient(settings);
  }

  /**
   * Calls one route of the API by the name that the OpenAPI document gives it. What changes
   * something carries an `Idempotency-Key`, the same on every attempt. Throws a `QuorateError`.
   */
  async request<O extends OperationId>(operation: O, call: Call<O>): Promise<Answer<O>> {
    const { timeoutMs = null, maxRetries = null, signal = null } = call;
    const wire = wireOf(operation, call);
    const waitMs = waitMsOf(call.body);
    const answer = await this.#http.send(wire, { timeoutMs, maxRetries, signal, waitMs });
    return answerOf<O>(answer);
  }

  /** What may be shown of a client: where it asks, and nothing that is secret. */
  toJSON(): { readonly urls: readonly string[] } {
    return { urls: this.urls };
  }
}

/** How long the gateway may wait for a first message before it answers. */
function waitMsOf(body: unknown): number {
  if (typeof body !== "object" || body === null || !("waitMs" in body)) return 0;
  return typeof body.waitMs === "number" ? body.waitMs : 0;
}
