/**
 * How the programs behind the root npm scripts end. The numbers are those of sysexits.h where it
 * has one; `docs/operating.md` and the tests name them.
 */
export const exitCodes = {
  /** All is well. */
  ok: 0,
  /** A check or a test failed; the output says which. */
  failed: 1,
  /** The command line is wrong. */
  usage: 64,
  /** A key file, a cluster file or another file of the dev cluster cannot be read as such. */
  damagedFile: 65,
  /** A program or a package of the machine is missing and could not be installed. */
  missingTool: 69,
  /** A process of the cluster ended, or was not ready in time. */
  notReady: 70,
  /** A port that is needed belongs to somebody else. */
  portBusy: 71,
  /** A folder or a file cannot be written. */
  cannotWrite: 73,
  /** A dev cluster runs already. */
  alreadyRunning: 75,
  /** The dashboard could not be built. */
  buildFailed: 76,
  /** What was asked for contradicts the cluster that exists. */
  otherCluster: 78,
} as const;

/** One of the named exit codes. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
