// `bun ops/dashboard_texts.ts [folder]`: finds text in the dashboard's sources that belongs into its catalogs
// (apps/dashboard/messages). Part of `bun run lint`.
import { Glob } from "bun";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "./prepare.ts";

const { parse } = createRequire(join(root, "apps/dashboard/package.json"))("svelte/compiler");

interface Node {
  type: string;
  start: number;
  [key: string]: unknown;
}

/** The same in every language: names of products, and of keys in keyboard events. */
const names = new Set(
  "MessageSender Messenger Meta Facebook Android Excel Redis Postgres Escape Enter Tab Space Backspace Delete Home End PageUp PageDown Shift Control Alt Mod ArrowUp ArrowDown ArrowLeft ArrowRight ArrowUpDown AbortError Bearer".split(
    " ",
  ),
);
const spoken = new Set([
  "title",
  "placeholder",
  "alt",
  "aria-label",
  "aria-description",
  "aria-roledescription",
]);
const unspoken = new Set([
  "class",
  "style",
  "href",
  "src",
  "id",
  "d",
  "viewBox",
  "points",
  "role",
  "type",
  "autocomplete",
]);

/** Compared or handed to a browser, and never shown. */
const technical = new Set([
  "12px Inter Variable, sans-serif",
  "; path=/; max-age=31536000; samesite=lax",
  "Cannot accept the params of this request",
  "Esc",
  "Files",
  '[data-conversation="{}"]',
  "Messenger user ·",
  "messagesender.live.1 {}",
]);

/** A name of a product, a type, a key or its binding, or the end of every title. */
function isName(text: string): boolean {
  if (names.has(text) || technical.has(text) || text === "· MessageSender") return true;
  return /^[A-Z][a-z]+[A-Z]\w*$/.test(text) || /^(Mod|Shift|Ctrl|Alt)(\+|$)/.test(text);
}

/** A word of a sentence: begins with a capital, or stands beside another word. */
function isText(value: string): boolean {
  const words = value.replace(/\{[^}]*\}/g, " ").trim();
  if (isName(words)) return false;
  if (/^[A-Z0-9_]+$/.test(words) || /^[a-z]{2}_[A-Z]{2}\b/.test(words)) return false;
  // Class names: small letters, and a hyphen in one of them; a value may stand in brackets.
  const classes = words.replace(/\[[^\]]*\]/g, "[]");
  if (/^[a-z0-9@ :/.[\]%()_=-]+$/.test(classes) && /[a-z]-[a-z0-9[]/.test(classes)) return false;
  // A value of CSS, such as `color-mix(…)`, or a property of our own.
  if (/^(--[a-z-]+:|[a-z]+-[a-z]+\()/.test(words)) return false;
  return /^\P{L}*\p{Lu}\p{Ll}+(?![\w.]*[_.(/])/u.test(words) || /\p{L}{2,}[,.:;]? \p{L}{2,}/u.test(words);
}

export function findTexts(path: string, source: string): { line: number; text: string }[] {
  const isComponent = path.endsWith(".svelte");
  const whole = isComponent ? source : `<script lang="ts">${source}\n</script>`;
  const shift = isComponent ? 0 : '<script lang="ts">'.length;
  const found = new Map<number, string>();
  const add = (node: Node, text: string) => found.set(node.start - shift, text.trim().replace(/\s+/g, " "));

  function walk(value: unknown, parent: Node | null, inClass: boolean): void {
    if (Array.isArray(value)) return value.forEach((one) => walk(one, parent, inClass));
    if (typeof value !== "object" || value === null || typeof (value as Node).type !== "string") return;
    const node = value as Node;
    // `{ … } as const` holds texts as well.
    if (node.type === "TSAsExpression" || node.type === "TSSatisfiesExpression")
      return walk(node.expression, parent, inClass);
    if (node.type === "Comment" || node.type.startsWith("TS") || node.type === "ImportDeclaration") return;
    if (node.type === "StyleSheet" || node.type === "StyleDirective") return;
    // Words that are recognized in a file, in any language.
    if (node.type === "Property" && (node.key as { name?: string }).name === "known") return;
    if (node.type === "NewExpression" && (node.callee as { name?: string }).name?.endsWith("Error")) return;
    if (node.type === "Text") {
      const text = String(node.data).trim();
      if (parent?.type !== "Attribute" && /\p{L}{2,}/u.test(text) && !isName(text)) add(node, text);
      return;
    }
    if (node.type === "Attribute") {
      const name = String(node.name);
      if (unspoken.has(name) || name.startsWith("data-")) return;
      const parts = Array.isArray(node.value) ? (node.value as Node[]) : [];
      for (const part of parts)
        if (
          part.type === "Text" &&
          (spoken.has(name) ? /\p{L}{2,}/u : /^\P{L}*\p{Lu}\p{Ll}/u).test(String(part.data))
        )
          if (!isName(String(part.data).trim())) add(part, String(part.data));
      return walk(node.value, node, false);
    }
    if (node.type === "Literal" && typeof node.value === "string" && !inClass && isText(node.value))
      add(node, node.value);
    if (node.type === "TemplateLiteral" && !inClass) {
      const text = (node.quasis as { value: { cooked: string } }[])
        .map((quasi) => quasi.value.cooked)
        .join("{}");
      if (isText(text)) add(node, text);
    }
    // A value of the server is compared, not shown.
    const isCompared = (key: string) => node.type === "SwitchCase" && key === "test";
    for (const [key, child] of Object.entries(node))
      if (key !== "parent" && key !== "loc" && !isCompared(key)) walk(child, node, inClass);
  }

  const tree = parse(whole, { modern: true });
  walk(tree.fragment, null, false);
  walk(tree.instance?.content, null, false);
  walk(tree.module?.content, null, false);
  return [...found].map(([at, text]) => ({ line: source.slice(0, at).split("\n").length, text }));
}

if (import.meta.main) {
  const folder = process.argv[2] ?? "apps/dashboard/src";
  let count = 0;
  for (const path of [...new Glob(`${folder}/**/*.{svelte,ts}`).scanSync(root)].toSorted()) {
    if (path.includes("/paraglide/") || path.endsWith(".test.ts")) continue;
    for (const { line, text } of findTexts(path, readFileSync(join(root, path), "utf8"))) {
      process.stdout.write(`${path}:${line}: ${text}\n`);
      count += 1;
    }
  }
  if (count > 0) {
    process.stderr.write(
      `${count} texts stand outside the catalogs: put them into apps/dashboard/messages/en.json\n`,
    );
    process.exit(1);
  }
}
