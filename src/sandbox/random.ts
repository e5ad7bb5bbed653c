/** A number that looks random and is always the same for the same arguments: 32 bits, unsigned. */
export function noise(seed: number, index: number, salt: number): number {
  let x = (seed ^ Math.imul(index + 0x9e37_79b9, 0x85eb_ca6b) ^ Math.imul(salt + 1, 0xc2b2_ae35)) >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb_352d);
  x = Math.imul(x ^ (x >>> 15), 0x846c_a68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** The same as a number in [0, 1). */
export function share(seed: number, index: number, salt: number): number {
  return noise(seed, index, salt) / 0x1_0000_0000;
}

/** A text that looks like a random UUID and is always the same for the same arguments. Takes the salts up to `salt + 3`. */
export function uuid(seed: number, index: number, salt: number): string {
  const hex = [0, 1, 2, 3]
    .map((n) =>
      noise(seed, index, salt + n)
        .toString(16)
        .padStart(8, '0'),
    )
    .join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-9${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** One of several, always the same one for the same arguments. */
export function pick<T>(choices: readonly T[], seed: number, index: number, salt: number): T {
  return choices[noise(seed, index, salt) % choices.length] as T;
}
