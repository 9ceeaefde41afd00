/** Why a replica's process ended; a supervisor and an operator read them. */
export const exitCodes = {
  /** The configuration file or the command line is wrong. */
  configuration: 64,
  /** The key file cannot be used, or another secret is open to others. */
  key: 65,
  /** The data folder cannot be used: held by another process, of another member, superblock lost. */
  dataFolder: 66,
  /** The address is in use. */
  addressInUse: 67,
  /** The verifier does not give the verdicts that every member must give. */
  verifier: 68,
  /** The data folder is a copy, or was restored: it may lack what this member promised. */
  folderMoved: 69,
  /** The disk is lost, and the others are no quorum that could take the member back. */
  diskLost: 70,
  /** A newer disk of this member is in use: its key is on two machines. */
  diskSuperseded: 71,
  /** The machine lets this process open too few files and connections. */
  tooFewFiles: 72,
  /** A write was refused. */
  writeFailed: 73,
  /** A flush was refused; what is on disk is not known any more, so nothing is retried. */
  fsyncFailed: 74,
  /** The disk is full. */
  diskFull: 75,
  /** A read was refused. */
  readFailed: 76,
  /** A quorum has signed another state than this replica reached by the same log. */
  stateDiverged: 77,
  /** The disk is an old copy: this member has signed what it does not know of. */
  rolledBack: 78,
  /** The disk is lost, and the clock is too wrong to name the life of a new one. */
  wrongClock: 79,
  /** A bug: something held that must not. */
  assertion: 127,
} as const;
