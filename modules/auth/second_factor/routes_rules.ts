import { Elysia, t } from "elysia";
import { OkResponse, Uuid } from "#std";
import type { AuthDeps, MailingDeps } from "../deps.ts";
import { guard } from "../guard.ts";
import { changeAccountRules, readAccountRules, resetSecondFactor } from "./rules.ts";

const tags = ["team"];
const Rules = t.Object({
  needsSecondFactor: t.Boolean({ description: "Members without a second factor can only set one up" }),
});

/** `/team/…`: the rules for all accounts, and the way out for people who lost their second factor. For owners. */
export function accountRuleRoutes(on: AuthDeps & MailingDeps) {
  return new Elysia({ prefix: "/team" })
    .use(guard(on))
    .get(
      "/account-rules",
      function read() {
        return readAccountRules(on);
      },
      {
        can: "team:manage",
        response: Rules,
        detail: { operationId: "readAccountRules", summary: "Get the rules for all accounts", tags },
      },
    )
    .put(
      "/account-rules",
      function change({ principal: { userId }, body }) {
        return changeAccountRules(on, { userId, ...body });
      },
      {
        can: "team:manage",
        body: Rules,
        response: Rules,
        detail: {
          operationId: "changeAccountRules",
          summary: "Change the rules for all accounts",
          description: "409 `second-factor-first`: owners who require a second factor have one.",
          tags,
        },
      },
    )
    .delete(
      "/members/:userId/second-factor",
      async function reset({ params: { userId } }) {
        await resetSecondFactor(on, userId);
        return { ok: true as const };
      },
      {
        can: "team:manage",
        params: t.Object({ userId: Uuid }),
        response: OkResponse,
        detail: {
          operationId: "resetSecondFactor",
          summary: "Remove a member's second factors",
          description: "Ends their sessions and tells them by mail. 409 `second-factor-none`.",
          tags,
        },
      },
    );
}
