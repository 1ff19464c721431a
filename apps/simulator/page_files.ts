import { join } from "node:path";

const folder = join(import.meta.dirname, "page");

const types: Record<string, string> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  ts: "text/javascript; charset=utf-8",
};

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; frame-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** A file of the phones' page; its TypeScript loses its types on the way. `undefined` for every other path. */
export function servePage(pathname: string): Promise<Response> | undefined {
  if (pathname === "/favicon.ico") return Promise.resolve(new Response(null, { status: 204 }));
  if (pathname === "/") return serveFile("index.html");
  if (pathname === "/outbox") return serveFile("outbox.html");
  const name = pathname.match(/^\/page\/([a-z_]+\.(?:ts|css))$/)?.[1];
  return name === undefined ? undefined : serveFile(name);
}

async function serveFile(name: string): Promise<Response> {
  const file = Bun.file(join(folder, name));
  if (!(await file.exists())) return new Response("Not found", { status: 404 });
  const extension = name.split(".").pop() ?? "";
  const source = await file.text();
  const body =
    extension === "ts"
      ? new Bun.Transpiler({ loader: "ts", target: "browser" }).transformSync(source)
      : source;
  return new Response(body, {
    headers: {
      "Content-Type": types[extension] ?? "text/plain",
      "Content-Security-Policy": policy,
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer",
      "Cache-Control": "no-cache",
    },
  });
}
