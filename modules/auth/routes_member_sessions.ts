import { Elysia, t } from "elysia";
import { OkResponse, Uuid } from "#std";
import type { AuthDeps } from "./deps.ts";
import { guard } from "./guard.ts";
import { endMemberSession, endMemberSessions, listMemberSessions } from "./member_sessions.ts";
import { Session } from "./routes_schema.ts";

const tags = ["team"];

/** `/team/members/…/sessions`: the sessions of anyone, for owners. */
export function memberSessionRoutes(on: AuthDeps) {
  return new Elysia({ prefix: "/team/members/:userId/sessions" })
    .use(guard(on))
    .get(
      "",
      async function list({ principal: { sessionId }, params: { userId } }) {
        return { items: await listMemberSessions(on, { userId, sessionId }) };
      },
      {
        can: "team:manage",
        params: t.Object({ userId: Uuid }),
        response: t.Object({ items: t.Array(Session) }),
        detail: {
          operationId: "listMemberSessions",
          summary: "List a member's sessions",
          description: "At most 100, the last used first.",
          tags,
        },
      },
    )
    .delete(
      "/:sessionId",
      async function end({ params }) {
        await endMemberSession(on, params);
        return { ok: true as const };
      },
      {
        can: "team:manage",
        params: t.Object({ userId: Uuid, sessionId: Uuid }),
        response: OkResponse,
        detail: { operationId: "endMemberSession", summary: "End one of a member's sessions", tags },
      },
    )
    .post(
      "/end-all",
      async function endAll({ principal: { sessionId }, params: { userId } }) {
        return { ended: await endMemberSessions(on, { userId, except: sessionId }) };
      },
      {
        can: "team:manage",
        params: t.Object({ userId: Uuid }),
        response: t.Object({ ended: t.Integer({ description: "How many there were." }) }),
        detail: {
          operationId: "endMemberSessions",
          summary: "End all sessions of a member",
          description: "Your own current session stays.",
          tags,
        },
      },
    );
}
