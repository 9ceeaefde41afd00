export { assert, AssertionError, present, unreachable } from "./assert.ts";
export { base32Decode, base32Encode } from "./base32.ts";
export { ByteReader, DecodeError } from "./byte-reader.ts";
export { ByteWriter } from "./byte-writer.ts";
export { bytesCompare, bytesConcat, bytesEqual, digestBytes, type Sha256 } from "./digest.ts";
export { hexDecode, hexEncode } from "./hex.ts";
export { Prng } from "./prng.ts";
export { copyBytes } from "./shared-memory.ts";
export {
  type CheckpointableStateMachine,
  type ExecutionContext,
  type FrozenState,
  type StateLeaf,
  stateLeafBytesMax,
  type StateLoading,
  type StateMachine,
} from "./state-machine.ts";
export { Tally } from "./tally.ts";
export { utf8Decode, utf8Encode } from "./utf8.ts";
