/** How much is thrown at the processes under test; more by environment, for proofs and nights. */
import { countIn } from "../integration/rig/settings.ts";

/** Frames and packets sent to replicas: QUORATE_FUZZ_FRAMES. */
export const framesToSend = countIn("QUORATE_FUZZ_FRAMES", 4_000);

/** HTTP requests sent to the API: QUORATE_FUZZ_REQUESTS. */
export const requestsToSend = countIn("QUORATE_FUZZ_REQUESTS", 2_000);

/** Decides what is sent: QUORATE_FUZZ_SEED. */
export const fuzzSeed = countIn("QUORATE_FUZZ_SEED", 1);
