import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { MediaDeps } from "../media/mod.ts";
import { servePublicImage } from "../templates/mod.ts";
import { isHuman, openLink } from "./open_link.ts";
import { languageOf, publicPage } from "#std";
import { words } from "./words/words.ts";

const hidden = { detail: { hide: true } };

/** Public routes of messages: tracked links, and images of cards. */
export function publicRoutes(on: Pick<MediaDeps, "sql" | "config">) {
  return new Elysia({ name: "messaging.public" })
    .get(
      "/l/:code",
      async function followLink({ params, request }) {
        const target = await openLink(on, { code: params.code, isCounted: isHuman(request) });
        const headers = { "cache-control": "no-store", "x-robots-tag": "noindex" };
        if (target !== null)
          return new Response(null, { status: 302, headers: { ...headers, location: target } });
        const language = languageOf(request);
        const { "link.missing": title, "link.missing.why": why } = words[language];
        return publicPage({ language, title, body: `<p>${why}</p>`, status: 404, headers });
      },
      { params: Type.Object({ code: Type.String({ maxLength: 100 }) }), ...hidden },
    )
    .get(
      "/m/:folder/:name",
      async function getPublicImage({ params, request }) {
        return await servePublicImage(on, `${params.folder}/${params.name}`, request);
      },
      {
        params: Type.Object({
          folder: Type.String({ pattern: "^[0-9a-f]{2}$", maxLength: 2 }),
          name: Type.String({ pattern: "^[0-9a-f]{30}$", maxLength: 30 }),
        }),
        ...hidden,
      },
    );
}
