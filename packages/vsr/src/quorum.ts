export { nackQuorumOf, quorumOf } from "@quorate/protocol";
