/** Chance that gives the same each time. */
export interface Dice {
  /** From 0 to below 1. */
  number(): number;
  /** A whole number from `from` to `to`, both among them. */
  whole(from: number, to: number): number;
  /** Whether something with this share of 1 happens. */
  isHit(share: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** One of the values, each as often as its weight says. */
  weigh<T>(from: readonly (readonly [T, number])[]): T;
  /** A UUID of version 7 made at this time, in milliseconds since 1970. */
  idAt(ms: number): string;
}

/** Mulberry32 by Tommy Ettinger: small, and good enough for invented people. */
export function rollDice(seed: number): Dice {
  let state = seed >>> 0;
  function number(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
  const whole = (from: number, to: number) => from + Math.floor(number() * (to - from + 1));
  function pick<T>(from: readonly T[]): T {
    const found = from[whole(0, from.length - 1)];
    if (found === undefined) throw new Error("Cannot pick from an empty list");
    return found;
  }
  const hex = (digits: number) =>
    Math.floor(number() * 16 ** digits)
      .toString(16)
      .padStart(digits, "0");
  return {
    number,
    whole,
    isHit: (share) => number() < share,
    pick,
    weigh(from) {
      let left = number() * from.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [value, weight] of from) if ((left -= weight) < 0) return value;
      return pick(from)[0];
    },
    idAt(ms) {
      const time = Math.floor(ms).toString(16).padStart(12, "0");
      const variant = "89ab"[whole(0, 3)] ?? "8";
      return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-${variant}${hex(3)}-${hex(6)}${hex(6)}`;
    },
  };
}
