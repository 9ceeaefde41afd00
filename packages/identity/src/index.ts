export { seedBytes } from "./ed25519-key.ts";
export {
  type KeyRefusal,
  type KeyRegistration,
  keyRegistrationBytes,
  reasonAgainstConfigKeys,
  reasonAgainstPublicKey,
  reasonAgainstRegistration,
  type RegistrationRefusal,
} from "./key-admission.ts";
export { KeyFileError, type KeyFileErrorCode } from "./key-file-error.ts";
export { type KeyPurpose, keyPurposes } from "./key-file-format.ts";
export { ConfigError } from "./config-file.ts";
export { createKeyFile, type KeyFileUse, readKeyFile } from "./key-file.ts";
export { nodeCrypto } from "./node-crypto.ts";
export { type IdentityFiles, type ProcessIdentity, readIdentity } from "./process-identity.ts";
export { readSecretFile, SecretFileError } from "./secret-file.ts";
export { signerOfSeed } from "./seed-signer.ts";
export { assertVerifierVerdicts, VerifierVerdictError } from "./verifier-verdicts.ts";
