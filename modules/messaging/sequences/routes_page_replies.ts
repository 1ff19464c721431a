import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { type AuthDeps, guard } from "#auth";
import { Uuid } from "#std";
import type { MessagingDeps } from "../deps.ts";
import { PageRepliesResponse, PageRepliesSchema, readPageReplies, writePageReplies } from "./page_replies.ts";

const OfPage = Type.Object({ workspaceId: Uuid, pageId: Uuid });
const tags = ["pages"];

/** Welcome and away messages of a page. */
export function pageRepliesRoutes(on: AuthDeps & Pick<MessagingDeps, "sql">) {
  return new Elysia({
    name: "messaging.page_replies",
    prefix: "/workspaces/:workspaceId/pages/:pageId/replies",
  })
    .use(guard(on))
    .get(
      "",
      async function getPageReplies({ params }) {
        return { replies: await readPageReplies(on.sql, params) };
      },
      {
        can: "pages:read",
        params: OfPage,
        response: PageRepliesResponse,
        detail: { operationId: "readPageReplies", summary: "Read a page's welcome and away messages", tags },
      },
    )
    .put(
      "",
      async function setPageReplies({ params, body }) {
        return { replies: await writePageReplies(on.sql, params, body) };
      },
      {
        can: "pages:manage",
        params: OfPage,
        body: PageRepliesSchema,
        response: PageRepliesResponse,
        detail: { operationId: "writePageReplies", summary: "Set a page's welcome and away messages", tags },
      },
    );
}
