import { Elysia, t } from "elysia";
import {
  IsoTime,
  languageOf,
  languages,
  listOf,
  named,
  Nullable,
  OkResponse,
  oneOf,
  PageQuery,
  Uuid,
} from "#std";
import { acceptInvitation, joinByInvitation } from "./accept_invitation.ts";
import type { AuthDeps, MailingDeps } from "./deps.ts";
import { guard } from "./guard.ts";
import {
  invite,
  listInvitations,
  previewInvitation,
  renewInvitation,
  revokeInvitation,
} from "./invitations.ts";
import { refuseForeignOrigin } from "./origin.ts";
import { Access, Email, LinkToken as Token, Name, Password, SignedIn } from "./routes_schema.ts";
import { sessionAnswers } from "./session_answers.ts";

const MemberRole = oneOf(["manager", "operator", "viewer"]);
const WorkspaceName = t.String({ description: "The workspace's name" });

const Invitation = named("Invitation", {
  id: Uuid,
  email: t.String(),
  isOwner: t.Boolean({ description: "Makes the person an owner, with all workspaces" }),
  workspaces: t.Array(t.Object({ id: Uuid, name: WorkspaceName, role: MemberRole, access: Access })),
  language: oneOf(languages),
  invitedBy: Nullable(t.Object({ id: Uuid, name: t.String() })),
  mail: Nullable(
    oneOf(["queued", "sent", "failed"], { description: "Its newest mail; null: the link was only copied" }),
  ),
  expiresAt: IsoTime,
  isExpired: t.Boolean(),
  createdAt: IsoTime,
});

const Linked = t.Object({
  invitation: Invitation,
  link: t.String({ description: "Shown once: the server stores only its hash" }),
});

const Preview = named("InvitationPreview", {
  email: t.String(),
  inviter: Nullable(t.String({ description: "Null: the account no longer exists" })),
  isOwner: t.Boolean(),
  workspaces: t.Array(t.Object({ name: WorkspaceName, role: MemberRole })),
  hasAccount: t.Boolean({ description: "The address has an account: log in, then join" }),
  expiresAt: IsoTime,
});

const ById = t.Object({ invitationId: Uuid });
const team = ["team"];
const auth = ["auth"];

/** `/team/invitations` for owners. */
export function invitationRoutes(on: AuthDeps & MailingDeps) {
  return new Elysia({ prefix: "/team/invitations" })
    .use(guard(on))
    .get(
      "",
      function list({ query }) {
        return listInvitations(on, query);
      },
      {
        can: "team:manage",
        query: PageQuery,
        response: listOf(Invitation),
        detail: {
          operationId: "listInvitations",
          summary: "List open invitations",
          description: "Also expired ones. Newest first.",
          tags: team,
        },
      },
    )
    .post(
      "",
      async function create({ principal, body, request, set }) {
        const { isOwner = false, workspaces = [], language = languageOf(request), sendMail, email } = body;
        set.status = 201;
        const given = { email, isOwner, workspaces, language, hasMail: sendMail, by: principal.userId };
        return await invite(on, given);
      },
      {
        can: "team:manage",
        body: t.Object({
          email: Email,
          isOwner: t.Optional(t.Boolean()),
          workspaces: t.Optional(
            t.Array(t.Object({ workspaceId: Uuid, role: MemberRole, access: t.Optional(Access) }), {
              maxItems: 50,
              description: "At least one, unless the person becomes an owner",
            }),
          ),
          sendMail: t.Boolean({ description: "False: copy the link and send it yourself" }),
          language: t.Optional(oneOf(languages, { description: "Of the mail; the caller's by default" })),
        }),
        response: { 201: Linked },
        detail: {
          operationId: "createInvitation",
          summary: "Invite a person",
          description:
            "The link works once and for 7 days. 409 `invitation-exists`, `member-exists`, `member-deactivated`, `mail-off`; 429 `mail-limit`.",
          tags: team,
        },
      },
    )
    .post(
      "/:invitationId/renew",
      async function renew({ principal, params, body }) {
        const given = { id: params.invitationId, hasMail: body.sendMail, by: principal.userId };
        return await renewInvitation(on, given);
      },
      {
        can: "team:manage",
        params: ById,
        body: t.Object({ sendMail: t.Boolean() }),
        response: Linked,
        detail: {
          operationId: "renewInvitation",
          summary: "Make another link of an invitation",
          description: "Mailed again, or to copy. The link before stops working.",
          tags: team,
        },
      },
    )
    .delete(
      "/:invitationId",
      async function revoke({ params }) {
        await revokeInvitation(on, params.invitationId);
        return { ok: true as const };
      },
      {
        can: "team:manage",
        params: ById,
        response: OkResponse,
        detail: { operationId: "revokeInvitation", summary: "Revoke an invitation", tags: team },
      },
    );
}

/** `/auth/invitations` for the readers of a link. The token is in the body, so no log has it. */
export function acceptRoutes(on: AuthDeps) {
  const { appUrl } = on.config;
  const { begin, caller } = sessionAnswers(on);
  return new Elysia({ prefix: "/auth/invitations" })
    .use(guard(on))
    .post(
      "/preview",
      async function preview({ body }) {
        return await previewInvitation(on, body.token);
      },
      {
        public: true,
        body: t.Object({ token: Token }),
        response: Preview,
        detail: {
          operationId: "previewInvitation",
          summary: "Get the invitation of a link",
          description: "410 `invitation-over` for every link that cannot be used.",
          tags: auth,
        },
      },
    )
    .post(
      "/accept",
      async function accept({ body, request, server, set }) {
        refuseForeignOrigin(request, appUrl);
        const from = caller(request, server);
        const user = await acceptInvitation(on, body);
        set.status = 201;
        return await begin({ request, set }, { user, remember: false, from });
      },
      {
        public: true,
        body: t.Object({ token: Token, name: Name, password: Password }),
        response: { 201: SignedIn },
        detail: {
          operationId: "acceptInvitation",
          summary: "Create your account by an invitation",
          description: "409 `invitation-has-account`: log in, then join.",
          tags: auth,
        },
      },
    )
    .post(
      "/join",
      async function joinByLink({ body, principal }) {
        await joinByInvitation(on, { ...body, userId: principal.userId });
        return { ok: true as const };
      },
      {
        signedIn: true,
        body: t.Object({ token: Token }),
        response: OkResponse,
        detail: {
          operationId: "joinByInvitation",
          summary: "Add the workspaces of an invitation to your account",
          description: "403 `invitation-for-another` for the account of another address.",
          tags: auth,
        },
      },
    );
}
