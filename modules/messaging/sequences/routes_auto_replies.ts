import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { type AuthDeps, guard } from "#auth";
import { Uuid } from "#std";
import type { MessagingDeps } from "../deps.ts";
import { AutoRepliesBody, AutoRepliesResponse, readAutoReplies, writeAutoReplies } from "./auto_replies.ts";

const OfPage = Type.Object({ workspaceId: Uuid, pageId: Uuid });
const tags = ["pages"];
const reads = { can: "pages:read", params: OfPage, response: AutoRepliesResponse } as const;
const writes = {
  can: "pages:manage",
  params: OfPage,
  body: AutoRepliesBody,
  response: AutoRepliesResponse,
} as const;
const summaryOfRead = "Get a page's welcome and away messages";
const summaryOfWrite = "Set a page's welcome and away messages";

/** Welcome and away messages of a page. */
export function autoRepliesRoutes(on: AuthDeps & Pick<MessagingDeps, "sql">) {
  return (
    new Elysia({ name: "messaging.auto_replies", prefix: "/workspaces/:workspaceId/pages/:pageId" })
      .use(guard(on))
      .get(
        "/auto-replies",
        async function getAutoReplies({ params }) {
          return { replies: await readAutoReplies(on.sql, params) };
        },
        { ...reads, detail: { operationId: "readAutoReplies", summary: summaryOfRead, tags } },
      )
      .put(
        "/auto-replies",
        async function putAutoReplies({ params, body }) {
          return { replies: await writeAutoReplies(on.sql, params, body) };
        },
        { ...writes, detail: { operationId: "writeAutoReplies", summary: summaryOfWrite, tags } },
      )
      // The path of 0.2.0.
      .get(
        "/replies",
        async function getPageReplies({ params }) {
          return { replies: await readAutoReplies(on.sql, params) };
        },
        { ...reads, detail: { operationId: "readPageReplies", summary: summaryOfRead, hide: true } },
      )
      .put(
        "/replies",
        async function putPageReplies({ params, body }) {
          return { replies: await writeAutoReplies(on.sql, params, body) };
        },
        { ...writes, detail: { operationId: "writePageReplies", summary: summaryOfWrite, hide: true } },
      )
  );
}
