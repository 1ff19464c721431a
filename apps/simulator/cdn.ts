import { checkSignedUrl } from "./attachments.ts";
import { drawPortrait, drawSticker } from "./pictures.ts";
import type { Sim } from "./sim.ts";

/** Serves attachments, portraits and stickers under signed addresses that expire, as Meta's CDN does. */
export function handleCdn(sim: Sim, url: URL): Response {
  const verdict = checkSignedUrl(sim, url);
  if (verdict === "expired") return new Response("URL signature expired", { status: 403 });
  if (verdict === "bad") return new Response("Bad URL hash", { status: 403 });
  const [, , kind = "", name = ""] = url.pathname.split("/");
  const id = name.replace(/\.png$/, "");
  if (kind === "portrait") return picture(drawPortrait(id));
  if (kind === "sticker") return picture(drawSticker(id));
  const attachment = sim.state.attachments.get(kind);
  if (attachment === undefined) return new Response("Not found", { status: 404 });
  const isShown = /^(image\/(png|jpe?g|gif|webp)|video\/|audio\/)/.test(attachment.mime);
  return new Response(attachment.bytes.slice(), {
    headers: {
      "Content-Type": attachment.mime,
      "Content-Disposition": isShown ? "inline" : "attachment",
      "X-Content-Type-Options": "nosniff",
      "Content-Security-Policy": "sandbox",
      "Cache-Control": "private, max-age=3600",
    },
  });
}

function picture(bytes: Uint8Array): Response {
  return new Response(bytes.slice(), {
    headers: { "Content-Type": "image/png", "Cache-Control": "private, max-age=3600" },
  });
}
