import { allTemplates, countTemplates, type Params, wordTemplate, type Words } from "./sentences.ts";

interface Value {
  name: string;
  /** Of a value with words of its own: what stands before it in their codes. */
  kind: string | undefined;
}

/** A template cut at its values. */
interface Shape {
  code: string;
  template: string;
  literals: string[];
  values: Value[];
  /** How many characters are its own: of several that fit, the one that says most is meant. */
  weight: number;
}

/** Longer texts are not ours. */
const longest = 2_000;
const mostKept = 2_000;
/** Of a template that is nearly all values anything could have been made. */
const leastWeight = 5;

let shapes: Shape[] = [];
let counted = 0;
const kept = new Map<string, Words | null>();

function shapeOf([code, template]: [code: string, template: string]): Shape {
  const parts = template.split(/\{(\w+(?:@[a-z-]+)?)\}/);
  const literals = parts.filter((_, at) => at % 2 === 0);
  const values = parts
    .filter((_, at) => at % 2 === 1)
    .map((part) => {
      const [name = "", kind] = part.split("@");
      return { name, kind };
    });
  return { code, template, literals, values, weight: literals.join("").length };
}

/** Without backtracking: each value ends where the next own words begin. */
function valuesIn({ literals, values }: Shape, text: string): string[] | null {
  const [first = "", ...others] = literals;
  if (!text.startsWith(first)) return null;
  const found: string[] = [];
  let at = first.length;
  for (const [index, literal] of others.entries()) {
    const isLast = index === values.length - 1;
    const end = isLast ? text.length - literal.length : text.indexOf(literal, at);
    if (end < at || !text.startsWith(literal, end)) return null;
    found.push(text.slice(at, end));
    at = end + literal.length;
  }
  return at === text.length ? found : null;
}

function find(text: string): Words | null {
  // Tables are read when their files are, and none is added later.
  if (counted !== countTemplates()) {
    counted = countTemplates();
    shapes = allTemplates()
      .map(shapeOf)
      .filter(({ weight }) => weight >= leastWeight)
      .toSorted((a, b) => b.weight - a.weight || (a.code < b.code ? -1 : 1));
  }
  for (const shape of shapes) {
    const found = valuesIn(shape, text);
    if (found === null) continue;
    const params: Params = {};
    for (const [index, { name, kind }] of shape.values.entries())
      params[name] ??= kind === undefined ? (found[index] ?? "") : termOf(kind, found[index] ?? "");
    // Says the same again, or it is not this one.
    if (wordTemplate(shape.template, params) === text) return { code: shape.code, params };
  }
  return null;
}

/** The value whose words these are; words without one stand for themselves. */
function termOf(kind: string, words: string): string {
  const term = shapes.find(({ code, template }) => template === words && code.startsWith(`${kind}-`));
  return term?.code.slice(kind.length + 1) ?? words;
}

/**
 * The code and values of a sentence that is stored as its English text; null for Meta's own texts, and for those of an
 * earlier version that said it otherwise. The database keeps one text and no second copy that could say something else.
 */
export function recognize(text: string | null): Words | null {
  if (text === null || text.length > longest) return null;
  const known = kept.get(text);
  if (known !== undefined) return known;
  if (kept.size >= mostKept) kept.clear();
  const words = find(text);
  kept.set(text, words);
  return words;
}
