/** Ten times the largest real request. */
export const mostValues = 20_000;
/** Twice the largest real request. */
export const mostLevels = 50;

/** More than so many values or levels. */
export interface Excess {
  most: number;
  what: string;
}

/** Replaces a body that is too large to read. */
export class TooMuch {
  readonly excess: Excess;

  constructor(excess: Excess) {
    this.excess = excess;
  }
}

export const tooManyValues = { most: mostValues, what: "values" };
export const tooManyLevels = { most: mostLevels, what: "levels" };

/** So long a text may have too many values, with a comma for each. */
const shortestOfMany = 2 * mostValues;

/**
 * Reads a request's JSON. Does not build objects for more values or levels than any route accepts: they would take
 * many times the memory of the text. Throws a SyntaxError for invalid JSON.
 */
export async function readJsonBody(request: Request): Promise<unknown> {
  const text = await request.text();
  if (text.length < shortestOfMany) return JSON.parse(text);
  const excess = excessOfText(text);
  return excess === null ? JSON.parse(text) : new TooMuch(excess);
}

const quote = 34;
const comma = 44;
const backslash = 92;

/** By hand, in one pass: commas and brackets outside of strings. */
function excessOfText(text: string): Excess | null {
  let values = 0;
  let level = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at + 1);
    else if (code === comma) values += 1;
    // { and [, } and ]
    else if (code === 123 || code === 91) {
      values += 1;
      level += 1;
    } else if (code === 125 || code === 93) level -= 1;
    if (values > mostValues) return tooManyValues;
    if (level > mostLevels) return tooManyLevels;
  }
  return null;
}

/** The position of the closing quote. Most of a large body is strings, so skip their content at once. */
function endOfString(text: string, from: number): number {
  let at = from;
  for (;;) {
    const end = text.indexOf('"', at);
    if (end === -1) return text.length;
    let slashes = 0;
    while (end - 1 - slashes >= at && text.charCodeAt(end - 1 - slashes) === backslash) slashes += 1;
    if (slashes % 2 === 0) return end;
    at = end + 1;
  }
}
