/** The values of a sentence, by the names in its template. */
export type Params = Record<string, string | number>;

/** Words for people: a code and its values, by which a reader's language words them, and the English. */
export interface Sentence {
  code: string;
  params: Params;
  text: string;
}

/** The names in a template: `{name}`, and `{status@campaign-status}` for a value that has words of its own. */
type NamesIn<Template extends string> = Template extends `${string}{${infer Name}}${infer Rest}`
  ? (Name extends `${infer Own}@${string}` ? Own : Name) | NamesIn<Rest>
  : never;

export type ParamsOf<Template extends string> = { [Name in NamesIn<Template>]: string | number };

/** What follows a code: the values, where its template has some. */
export type Values<Template extends string> = [NamesIn<Template>] extends [never]
  ? [params?: Record<string, never>]
  : [params: ParamsOf<Template>];

/** Every sentence of this process by its code. A code is never changed, so that programs and catalogs may rely on it. */
const templates = new Map<string, string>();

/** Throws for a code that has another sentence already. */
export function addTemplate(code: string, template: string): void {
  const known = templates.get(code);
  if (known !== undefined && known !== template)
    throw new Error(
      `Cannot give the code "${code}" to "${template}": it is that of "${known}". Choose another`,
    );
  templates.set(code, template);
}

/** Every code with its English template, in the order of the codes. */
export function allTemplates(): [code: string, template: string][] {
  return [...templates].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

export const countTemplates = (): number => templates.size;

/** One pass, so that a value with braces stays as it is. A value without words of its own stands for itself. */
export function wordTemplate(template: string, params: Params): string {
  return template.replace(/\{(\w+)(?:@([a-z-]+))?\}/g, (_, name: string, kind: string | undefined) => {
    const value = String(params[name] ?? "");
    if (kind === undefined) return value;
    const words = templates.get(`${kind}-${value}`);
    return words === undefined ? value : wordTemplate(words, params);
  });
}

/**
 * Names the sentences of a room by code, and gives the function that makes one:
 *
 *     const say = defineSentences({ "paused-by": "Paused by {name}" });
 *     say("paused-by", { name: "Ada" }); // { code, params, text: "Paused by Ada" }
 */
export function defineSentences<const Table extends Record<string, string>>(table: Table) {
  for (const [code, template] of Object.entries(table)) addTemplate(code, template);

  function say<Code extends keyof Table & string>(code: Code, ...rest: Values<Table[Code]>): Sentence;
  function say(code: string, params: Params = {}): Sentence {
    return { code, params, text: wordTemplate(table[code] ?? "", params) };
  }

  return say;
}

/** Names what stands in the place of `{value@kind}`: the words of each value. */
export function defineTerms(kind: string, words: Readonly<Record<string, string>>): void {
  for (const [value, template] of Object.entries(words)) addTemplate(`${kind}-${value}`, template);
}

/** What is stored, or answered beside the English text, of a sentence or a problem. */
export interface Words {
  code: string;
  params: Params;
}

export function wordsOf({ code, params }: Words): Words {
  return { code, params };
}
