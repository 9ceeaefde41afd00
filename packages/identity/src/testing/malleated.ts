/** S + L in place of S: the same number modulo L, which careless verifiers take (RFC 8032 §5.1.7). */
export function addGroupOrder(signature: Uint8Array): Uint8Array {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const malleated = signature.slice();
  let carry = order;
  for (let at = 32; at < 64; at++) {
    carry += BigInt(malleated[at] ?? 0);
    malleated[at] = Number(carry & 0xffn);
    carry >>= 8n;
  }
  return malleated;
}
