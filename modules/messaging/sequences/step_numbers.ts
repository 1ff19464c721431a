import { type Static, Type } from "@sinclair/typebox";
import type { SequenceDraft } from "./schema.ts";
import { problem } from "./problems.ts";

type Steps = SequenceDraft["steps"];

const Numbers = Type.Array(Type.Integer({ minimum: 1 }));

/**
 * Each step keeps a number for its whole life, wherever it moves: the ledger knows by it who got that step. In
 * `campaigns.draft`.
 */
export const NumberingSchema = Type.Object({
  /** Of the steps as they are written. */
  written: Numbers,
  /** Of those that people go through since the last start. */
  running: Numbers,
  /** The highest that was ever given. */
  last: Type.Integer({ minimum: 0 }),
});

export type Numbering = Static<typeof NumberingSchema>;

/** The ledger has room for so many numbers in each round of a person. */
const mostNumbers = 999;

/** As steps were numbered before one of them moved. */
export function firstNumbering(steps: Steps): Numbering {
  const numbers = steps.map((_, index) => index + 1);
  return { written: numbers, running: numbers, last: numbers.length };
}

/**
 * The numbering after steps were rewritten. A step with the same content is the same step; steps between two of
 * these is the step that stood there, written anew. Throws `sequence-worn-out` (409).
 */
export function renumber(had: Steps, numbering: Numbering, has: Steps): Numbering {
  const sameAs = matchSteps(had, has);
  let { last } = numbering;
  const written = has.map((_, index) => {
    const old = sameAs[index];
    return (old === undefined ? undefined : numbering.written[old]) ?? ++last;
  });
  if (last <= mostNumbers) return { ...numbering, written, last };
  throw problem("sequence-worn-out", { most: mostNumbers });
}

/** Which of the old steps each new one is, by its place. */
function matchSteps(had: Steps, has: Steps): (number | undefined)[] {
  const saysTheSame = (old: number, now: number) => Bun.deepEquals(had[old]?.content, has[now]?.content);
  const found: (number | undefined)[] = has.map(() => undefined);
  const isFree = had.map(() => true);
  const take = (old: number, now: number) => {
    found[now] = old;
    isFree[old] = false;
  };
  for (const [old, now] of longestInOrder(had.length, has.length, saysTheSame)) take(old, now);
  // One that was moved.
  for (const now of has.keys()) {
    const old = found[now] === undefined ? had.findIndex((_, at) => isFree[at] && saysTheSame(at, now)) : -1;
    if (old !== -1) take(old, now);
  }
  // One that was written anew: it stands after the same step as before.
  for (const now of has.keys()) {
    const old = (now === 0 ? -1 : (found[now - 1] ?? had.length)) + 1;
    if (found[now] === undefined && isFree[old]) take(old, now);
  }
  return found;
}

/** The most pairs of both lists that are alike and in the same order. */
function longestInOrder(
  olds: number,
  nows: number,
  isAlike: (old: number, now: number) => boolean,
): [number, number][] {
  const lengths = Array.from({ length: olds + 1 }, () => Array.from({ length: nows + 1 }, () => 0));
  const at = (old: number, now: number) => lengths[old]?.[now] ?? 0;
  for (let old = olds - 1; old >= 0; old -= 1)
    for (let now = nows - 1; now >= 0; now -= 1) {
      const row = lengths[old];
      if (row)
        row[now] = isAlike(old, now)
          ? at(old + 1, now + 1) + 1
          : Math.max(at(old + 1, now), at(old, now + 1));
    }
  const pairs: [number, number][] = [];
  for (let old = 0, now = 0; old < olds && now < nows;) {
    if (isAlike(old, now)) pairs.push([old++, now++]);
    else if (at(old + 1, now) >= at(old, now + 1)) old += 1;
    else now += 1;
  }
  return pairs;
}

/**
 * Where people go on whose next step was the first, second … of the running ones, one more for those after the last: at
 * that step, else at the next one that is left, else after those before it.
 */
export function placesAfter({ running, written }: Numbering): number[] {
  const placeOf = (number: number | undefined) => (number === undefined ? 0 : written.indexOf(number) + 1);
  return [...running, undefined].map((_, index) => {
    const ahead = running
      .slice(index)
      .map(placeOf)
      .find((place) => place > 0);
    return ahead ?? Math.max(0, ...running.slice(0, index).map(placeOf)) + 1;
  });
}
