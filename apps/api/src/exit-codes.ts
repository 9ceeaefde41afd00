/** Why a gateway's process ended; a supervisor and an operator read them. */
export const exitCodes = {
  /** The configuration file, a file that it names, or the command line is wrong. */
  configuration: 64,
  /** The key file cannot be used, or another secret is open to others. */
  key: 65,
  /** The address is in use. */
  addressInUse: 67,
  /** The verifier does not give the verdicts that every member gives. */
  verifier: 68,
  /** A bug: something held that must not. */
  assertion: 127,
} as const;
