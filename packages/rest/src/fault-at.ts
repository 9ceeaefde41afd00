import { ApiError } from "@quorate/contract";

/**
 * The error of a request with one fault, which is at this JSON pointer, `?parameter` or header.
 * @param detail what was expected there
 */
export function faultAt(pointer: string, detail: string): ApiError {
  const errors = [{ pointer, detail }];
  return new ApiError("request-invalid", { detail: `${pointer}: ${detail}.`, errors });
}
