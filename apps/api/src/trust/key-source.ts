/** Where the text of a key set comes from: a file, or the issuer's address. */
import { readFile } from "node:fs/promises";
import { jwksAnswerMsMax, jwksBytesMax } from "../limits.ts";

/** Reads the text anew. Rejects when it cannot be had. */
export type KeySource = () => Promise<string>;

/** The text in a file. */
export function fileSource(file: string): KeySource {
  return () => readFile(file, "utf8");
}

/**
 * The text at an address: one answer, of status 200, soon and short. Redirects are not followed, so
 * that nobody but the configuration says where keys come from.
 */
export function urlSource(url: string, answerMsMax = jwksAnswerMsMax): KeySource {
  return async () => {
    const response = await fetch(url, {
      redirect: "error",
      headers: { accept: "application/jwk-set+json, application/json" },
      signal: AbortSignal.timeout(answerMsMax),
    });
    if (response.status !== 200 || response.body === null) {
      await response.body?.cancel();
      throw new Error(`${url} answers ${response.status}`);
    }
    return textOf(response.body, url);
  };
}

async function textOf(body: ReadableStream<Uint8Array>, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop cancels the stream.
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > jwksBytesMax) throw new Error(`${url} answers more than ${jwksBytesMax} bytes`);
    chunks.push(chunk);
  }
  return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
}
