export { CertificateError, type CertificateFiles, LinkCertificates } from "./link-certificates.ts";
export type { KeyLimits } from "./limits.ts";
export {
  createTransport,
  type SocketIoTransport,
  type TransportOptions,
} from "./socket-io-transport.ts";
