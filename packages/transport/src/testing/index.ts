export { dialHello, type DialedHello } from "../hello.ts";
export { packetBytesMax } from "../limits.ts";
export { FrameSealer, frameOverheadBytes } from "../seal.ts";
export { Stranger } from "../test-stranger.ts";
export { TestAuthority } from "../test-certificates.ts";
