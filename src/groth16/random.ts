/** A secret number of `bits` bits, a multiple of 8, by the cryptographic generator that browsers and Node share. */
export function randomBits(bits: number): bigint {
  const bytes = crypto.getRandomValues(new Uint8Array(bits / 8));
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}
