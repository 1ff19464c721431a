import { preferredLanguage } from "#std";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
};

interface StaticFile {
  type: string;
  etag: string;
  isImmutable: boolean;
  plain: string;
  brotli: string | null;
  gzip: string | null;
}

/** Serves the built dashboard; null for other paths. */
export type DashboardFiles = (request: Request) => Response | null;

/**
 * Serves the dashboard's built files with their precompressed copies. Other paths get the application's page, whose
 * router knows them, in the reader's language. `imageOrigins` may serve images besides us.
 */
export function openDashboardFiles(directory: string, imageOrigins: readonly string[]): DashboardFiles {
  const files = existsSync(directory) ? readFiles(directory) : new Map<string, StaticFile>();
  const languages = [...files.keys()].flatMap((name) => /^\/([a-zA-Z-]+)\.html$/.exec(name)?.[1] ?? []);
  if (!languages.includes("en")) {
    throw new Error(
      `Cannot serve the dashboard: ${directory} has no build. Run "bun start" once, or "bun run build" in apps/dashboard`,
    );
  }
  const scripts = [...files.keys()]
    .filter((name) => name.endsWith(".js"))
    .map((name) => readFileSync(join(directory, name), "utf8"));
  const policies = new Map(
    languages.map((language) => {
      const html = readFileSync(join(directory, `${language}.html`), "utf8");
      return [`/${language}.html`, contentSecurityPolicy(html, { scripts, imageOrigins })];
    }),
  );

  return function serve(request) {
    if (request.method !== "GET" && request.method !== "HEAD") return null;
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/api/")) return null;
    const name = extname(pathname) === "" ? `/${preferredLanguage(request, languages)}.html` : pathname;
    const file = files.get(name);
    if (!file) return null;
    const headers = new Headers({
      "content-type": file.type,
      etag: file.etag,
      vary: "accept-encoding",
      "cache-control": file.isImmutable ? "public, max-age=31536000, immutable" : "no-cache",
    });
    const policy = policies.get(name);
    if (policy) {
      headers.set("content-security-policy", policy);
      headers.set("vary", "accept-encoding, accept-language, cookie");
    }
    if (request.headers.get("if-none-match") === file.etag)
      return new Response(null, { status: 304, headers });
    const accepted = request.headers.get("accept-encoding") ?? "";
    const encoding =
      file.brotli && /\bbr\b/.test(accepted) ? "br" : file.gzip && /\bgzip\b/.test(accepted) ? "gzip" : null;
    if (encoding) headers.set("content-encoding", encoding);
    const path = (encoding === "br" ? file.brotli : encoding === "gzip" ? file.gzip : null) ?? file.plain;
    return new Response(request.method === "HEAD" ? null : Bun.file(path), { headers });
  };
}

function readFiles(directory: string): Map<string, StaticFile> {
  const names = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name).slice(directory.length).replaceAll("\\", "/").replace(/^\/?/, "/"),
    );
  const known = new Set(names);
  const files = new Map<string, StaticFile>();
  for (const name of names) {
    const type = types[extname(name)];
    if (!type) continue;
    const copy = (ending: string) => (known.has(name + ending) ? join(directory, name + ending) : null);
    files.set(name, {
      type,
      etag: `"${createHash("sha256")
        .update(readFileSync(join(directory, name)))
        .digest("base64url")
        .slice(0, 22)}"`,
      isImmutable: name.includes("/immutable/"),
      plain: join(directory, name),
      brotli: copy(".br"),
      gzip: copy(".gz"),
    });
  }
  return files;
}

function inlineScripts(html: string): string[] {
  const scripts = html.split("<script").slice(1);
  return scripts.flatMap((script) => {
    const start = script.indexOf(">");
    const isInline = !/\bsrc=/.test(script.slice(0, start));
    return isInline ? script.slice(start + 1, script.indexOf("</script>")) : [];
  });
}

const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/**
 * Allows only our own scripts and styles, and inline ones of the build by hash: the start script, and style
 * attributes in the markup of components.
 */
function contentSecurityPolicy(
  html: string,
  { scripts, imageOrigins }: { scripts: readonly string[]; imageOrigins: readonly string[] },
): string {
  const inline = inlineScripts(html);
  const attributes = [html, ...scripts].flatMap((text) =>
    [...text.matchAll(/ style="([^"<>$]+)"/g)].map(([, style = ""]) => style),
  );
  const hashes = (found: string[]) => [...new Set(found.map(hashOf))].join(" ");
  return [
    "default-src 'self'",
    `script-src 'self' ${hashes(inline)}`.trim(),
    "style-src 'self'",
    `style-src-attr ${attributes.length > 0 ? `'unsafe-hashes' ${hashes(attributes)}` : "'none'"}`,
    `img-src 'self' data: blob: ${imageOrigins.join(" ")}`.trim(),
    "media-src 'self' blob:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}
