/** The routes with a cluster of one behind them, whose answers a test may keep. */
import { parseScopes, queueActions, type Route } from "@quorate/contract";
import { utf8Decode, utf8Encode } from "@quorate/prelude";
import { sha256 } from "@quorate/prelude/testing";
import { ClusterOfOne } from "@quorate/queue/testing";
import type { Answer } from "../answer.ts";
import type { Call } from "../call.ts";
import { checkedBody } from "../checked-call.ts";
import type { Conversation, Step } from "../conversation.ts";
import type { Host, TextCodec } from "../host.ts";
import { checkedQuery } from "../request-query.ts";
import { serveRoutes } from "../routes.ts";

declare const btoa: (text: string) => string;
declare const atob: (base64: string) => string;

/** Texts and bytes, slowly. */
export const testText: TextCodec = {
  encode: utf8Encode,
  decode: (bytes, start, end) => utf8Decode(bytes.subarray(start, end)) ?? "",
  toBase64: (bytes) => btoa(String.fromCharCode(...bytes)),
  fromBase64: (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0)),
};

const startMs = 1_767_225_600_000;

/** What a test sends to a route. */
export interface TestSent {
  readonly queue?: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body?: string;
}

/** Routes by the names of their operations. */
export class TestRoutes {
  private readonly converse = new Map<string, (sent: TestSent) => Conversation<Answer>>();
  private readonly cluster = new ClusterOfOne({
    sha256,
    draw: () => new Uint8Array(16).fill(7),
    startMs,
  });

  constructor() {
    const seen = { enqueued: 0, dequeued: 0, settled: 0, redelivered: 0, consumers: 0 };
    const host: Host = { sha256, text: testText, nowMs: this.cluster.nowMs, seenOf: () => seen };
    serveRoutes((route, converse) => {
      this.converse.set(route.id, (sent) => converse(callOf(route, sent)));
    }, host);
  }

  /** The conversation that this request begins. */
  begin(id: string, sent: TestSent): Conversation<Answer> {
    const begin = this.converse.get(id);
    if (begin === undefined) throw new Error(`${id} is not served`);
    return begin({ queue: "orders", ...sent });
  }

  /** The answer to the request, and the steps that were made for it. */
  send(id: string, sent: TestSent): { readonly answer: Answer; readonly steps: readonly Step[] } {
    const steps: Step[] = [];
    const conversation = this.begin(id, sent);
    let next = conversation.next();
    while (next.done !== true) {
      const { type, bytes } = next.value;
      steps.push(next.value);
      const { op, ...told } =
        type === "ask" ? this.cluster.query(bytes) : this.cluster.execute(bytes);
      next = conversation.next({ ...told, coord: { epoch: 0, view: 0, op } });
    }
    return { answer: next.value, steps };
  }
}

const scopes = parseScopes(queueActions.map((action) => `${action}:*`).join(" "));

function callOf<B, Q>(route: Route<B, Q>, sent: TestSent): Call<B, Q> {
  const { queue = "", params = {}, headers = {}, query = {}, body = "" } = sent;
  const bytes = utf8Encode(body);
  return {
    requestId: "request-1",
    principal: { id: "https://issuer\nsubject", scopes },
    queue,
    params,
    query: checkedQuery(route.query, Object.entries(query)),
    bytes,
    request: { method: route.method, url: route.path, headers },
    ...checkedBody(route, bytes, testText),
  };
}

/** The answer's body as a text. */
export function textOf({ body }: Answer): string {
  const pieces = typeof body === "string" ? [body] : (body ?? []);
  return pieces
    .map((piece) => (typeof piece === "string" ? piece : testText.decode(piece, 0, piece.length)))
    .join("");
}
