/** Every maximum of the protocol, with its unit and its reason. */

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;

/** Members of one configuration. Five are useful; seven leave room while members change. */
export const membersMax = 7;
/** Gateways whose keys one configuration admits. */
export const gatewaysMax = 64;
/** Operators whose keys one configuration admits. */
export const operatorsMax = 16;
/** Bytes of a member id, gateway id or address. */
export const nameBytesMax = 255;

/** Bytes of one frame on a link: the largest entry and its Prepare around it. */
export const frameBytesMax = 5 * mebibyte;
/** Bytes of one request: a batch of 4 MiB of bodies and what is written around them. */
export const requestBytesMax = 4 * mebibyte + 512 * kibibyte;
/** Bytes of its body alone: with header and signature it is no longer than one request may be. */
export const requestBodyBytesMax = requestBytesMax - 512;
/** Bytes of one entry's body; one request always fits. */
export const entryBodyBytesMax = requestBytesMax + 64 * kibibyte;
/** Requests that the primary merges into one entry. */
export const requestsPerEntryMax = 256;
/** Operations that a gateway coalesces into one request. */
export const operationsPerRequestMax = 1_024;
/**
 * Operations that a primary merges into one entry: it is executed in one go, while nothing is heard
 * and nothing said.
 */
export const operationsPerEntryMax = 4 * operationsPerRequestMax;
/** Bytes of one statement's body without its attachment: a StartView with all it must prove. */
export const statementBodyBytesMax = 1 * mebibyte;
/** Bytes of a statement that is remembered of a peer: without its body, if that is long. */
export const rememberedBytesMax = 512;
/** Statements that are remembered of one peer: of its views, of its log and of its checkpoints. */
export const rememberedPerMemberMax = 3;
/** Upper bound of `pipelineMax`, so that a DoViewChange stays small. */
export const pipelineMaxLimit = 256;
/** Headers in one NewState; bodies are counted in bytes instead. */
export const headersPerNewStateMax = 1_024;
/** Entries asked for in one GetEntries. */
export const entriesPerRequestMax = 256;
/** Bytes of bodies in one Entries answer; one entry always fits. */
export const entriesBytesTarget = 1 * mebibyte;
/**
 * Bytes of the outcomes of one request: they travel in one reply, with its other fields. An honest
 * gateway asks for less at once.
 */
export const resultsBytesMax = frameBytesMax - 64 * kibibyte;
/**
 * Bytes of the outcomes of all sessions' newest requests, which are kept for retries: every gateway
 * of a large cluster may have one request with as much as fits.
 */
export const keptResultsBytesMax = 128 * mebibyte;
/** Registered sessions; one of the gateway that has most is evicted when one more registers. */
export const sessionsMax = 256;
/** Queue names in one Ready. */
export const hintedQueuesMax = 1_024;
/** Bytes of one question of a read, or of its answer. */
export const questionBytesMax = 64 * kibibyte;
/** In-flight ops described in one Status. */
export const inFlightInStatusMax = 24;

/** Digests in one node of a state tree: a node is half as long as the longest leaf. */
export const stateNodeChildrenMax = 1_024;
/** Leaves of one state: 256 GiB of the longest, far above what a replica holds in memory. */
export const stateLeavesMax = 4 * 1_024 * 1_024;
/** Levels of nodes above so many leaves. */
export const stateLevelsMax = 3;
/** Blocks of a state asked for in one GetBlocks: 2 MiB of the longest. */
export const blocksPerRequestMax = 32;
/**
 * Checkpoints that one superblock names: two certified ones, of which the older is the margin for
 * peers that are behind, and newer ones that wait for their signatures.
 */
export const checkpointsMax = 8;
