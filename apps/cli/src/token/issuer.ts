/** What others of this repository need of the dev issuer: its key, and tokens signed with it. */
export { type IssuerKey, IssuerKeyError, newIssuerKey, readIssuerKey } from "./issuer-key.ts";
export { mintToken, type TokenClaims, tokenSecondsMax } from "./mint-token.ts";
