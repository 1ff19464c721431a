import adapter from "@sveltejs/adapter-static";
import { sveltekit } from "@sveltejs/kit/vite";
import tailwindcss from "@tailwindcss/vite";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vite";
import { languages } from "./compile_messages.ts";

// Set by build.ts, which builds each language by itself.
const language = process.env.DASHBOARD_LANGUAGE;
const out = language ? `.svelte-kit/${language}` : ".svelte-kit";
const messages = language ? join(import.meta.dirname, out, "messages") : "/src/lib/paraglide/";

function nameOf(tag: string): string {
  return JSON.parse(readFileSync(join(import.meta.dirname, "messages", `${tag}.json`), "utf8")).language_name;
}

export default defineConfig({
  plugins: [
    tailwindcss(),
    sveltekit({
      // One page for every route: the server answers unknown paths with it.
      adapter: adapter({ fallback: "index.html", precompress: true, pages: `${out}/build` }),
      outDir: out,
      version: { name: process.env.DASHBOARD_VERSION ?? "dev" },
      csp: { mode: "hash", directives: { "script-src": ["self"] } },
    }),
    {
      name: "one-language",
      /** Each message asks for the language before it words itself: there is only one, so its words are exported. */
      transform(code, id) {
        if (!id.includes(messages)) return;
        const [words = "", wrapper = ""] = code.split("\nexport const ");
        const name = wrapper.slice(0, wrapper.indexOf(" = "));
        const end = words.indexOf(`_${name} = `);
        const inner = words.slice(words.lastIndexOf("const ", end) + "const ".length, end);
        const plain = wrapper && end > 0 ? `${words}\nexport { ${inner}_${name} as ${name} };` : code;
        return { code: plain, moduleSideEffects: false };
      },
    },
  ],
  resolve: language ? { alias: { "#lib/paraglide": messages } } : {},
  // Short words and icons that several screens share travel together, and not each in a file of its own.
  build: {
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "words", test: /\/messages\/ui_/ },
            { name: "icons", test: /lucide/, entriesAware: true, entriesAwareMergeThreshold: 8_000 },
          ],
        },
      },
    },
  },
  define: {
    __LANGUAGE__: JSON.stringify(language ?? "en"),
    __LANGUAGES__: JSON.stringify(languages.map((tag) => ({ tag, name: nameOf(tag) }))),
  },
  server: { proxy: { "/api": { target: "http://localhost:4000", changeOrigin: false } } },
});
