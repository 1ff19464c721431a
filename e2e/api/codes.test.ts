import { expect, test } from "vitest";
import { allTemplates, languages } from "#std";
import "../../apps/server/app.ts";

const root = `${import.meta.dirname}/../..`;

/** `{name}`, and `{status@campaign-status}` for a value whose words are those of `campaign-status-<value>`. */
const value = /\{(\w+)(?:@([a-z-]+))?\}/g;

interface Entry {
  en: string;
  params?: string[];
  /** For a value with its own words: the prefix of their codes. */
  terms?: Record<string, string>;
}

function entryOf(template: string): Entry {
  const found = [...template.matchAll(value)].map(([, name = "", kind]) => ({ name, kind }));
  const params = [...new Set(found.map(({ name }) => name))];
  const terms = Object.fromEntries(found.flatMap(({ name, kind }) => (kind ? [[name, kind]] : [])));
  return {
    en: template,
    ...(params.length > 0 ? { params } : {}),
    ...(Object.keys(terms).length > 0 ? { terms } : {}),
  };
}

/** Every source file of the server, without tests. */
async function sources(): Promise<{ path: string; text: string }[]> {
  const paths = [...new Bun.Glob("{modules,db,apps/server}/**/*.ts").scanSync(root)].filter(
    (path) => !/\.test\.ts$|(^|\/)testing/.test(path),
  );
  return await Promise.all(
    paths.map(async (path) => ({ path, text: await Bun.file(`${root}/${path}`).text() })),
  );
}

test("ops/codes.json lists every sentence that the server sends, by its code", async () => {
  const listed = Object.fromEntries(allTemplates().map(([code, template]) => [code, entryOf(template)]));
  for (const { path } of await sources()) if (path.endsWith("/problems.ts")) await import(`${root}/${path}`);
  expect(Object.keys(listed), "each table is loaded with the app").toEqual(
    allTemplates().map(([code]) => code),
  );

  const file = Bun.file(`${root}/ops/codes.json`);
  if (process.env.UPDATE_CODES === "1") await Bun.write(file, `${JSON.stringify(listed, null, 2)}\n`);

  expect(listed, "run it again with UPDATE_CODES=1").toEqual(await file.json());
});

test("codes are kebab-case, and every value with words of its own has some", () => {
  const all = allTemplates();
  for (const [code, template] of all) {
    expect(code).toMatch(/^[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*$/);
    for (const [, , kind] of template.matchAll(value))
      if (kind) expect(all.filter(([other]) => other.startsWith(`${kind}-`)).length, kind).toBeGreaterThan(0);
  }
});

test("problems come from the tables, which also name missing things", async () => {
  const codes = new Set(allTemplates().map(([code]) => code));
  for (const { path, text } of await sources()) {
    if (path !== "modules/std/problem.ts") expect(text, path).not.toContain("new Problem(");
    for (const [, what] of text.matchAll(/notFound\("([^"]+)"\)/g))
      expect(codes, path).toContain(`thing-${what}`);
  }
});

test("every language of a public page has the same words, values and markup, and none is left in English", async () => {
  const parts = (template: string) => [...(template.match(/\{\w+\}|<\/?\w+>/g) ?? [])].toSorted();
  const files = [...new Bun.Glob("modules/**/words/words.ts").scanSync(root)];
  expect(files.length).toBeGreaterThan(1);
  for (const file of files) {
    const { words }: { words: Record<string, Record<string, string>> } = await import(`${root}/${file}`);
    const { en = {}, ...others } = words;
    expect(Object.keys(others).toSorted()).toEqual(languages.filter((one) => one !== "en").toSorted());
    for (const other of Object.values(others)) {
      expect(Object.keys(other)).toEqual(Object.keys(en));
      for (const [key, template] of Object.entries(en)) {
        expect(parts(other[key] ?? ""), key).toEqual(parts(template));
        if (key !== "privacy.cookies") expect(other[key], key).not.toBe(template);
      }
    }
  }
});
