import adapter from "@sveltejs/adapter-static";
import { sveltekit } from "@sveltejs/kit/vite";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [
    tailwindcss(),
    sveltekit({
      // One page for every route: the server answers unknown paths with index.html.
      adapter: adapter({ fallback: "index.html", precompress: true }),
      csp: { mode: "hash", directives: { "script-src": ["self"] } },
    }),
  ],
  server: { proxy: { "/api": { target: "http://localhost:4000", changeOrigin: false } } },
});
