import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { type AuthDeps, guard } from "#auth";
import { mostPerHour, readMailState } from "#mail";
import { languageOf, named, notFound, Nullable, oneOf, Uuid } from "#std";
import { type AdminMailDeps, sendTestMail } from "./test_mail.ts";

const MailSetup = named("MailSetup", {
  isOn: Type.Boolean({ description: "Whether a mail server is set up (SMTP_HOST)" }),
  server: Nullable(
    Type.Object({
      host: Type.String(),
      port: Type.Integer(),
      security: oneOf(["tls", "starttls", "none"]),
      hasLogin: Type.Boolean(),
      from: Type.String({ description: "The sender's address", examples: ["team@example.com"] }),
    }),
  ),
  mostPerHour: Type.Integer({ description: "Mails that one address may get in an hour" }),
  outboxUrl: Nullable(
    Type.String({ description: "The simulator's outbox, which keeps all mail; else null" }),
  ),
});

const tags = ["system"];

/** The owner's view of the mail server, and a test mail. */
export function mailRoutes(on: AdminMailDeps & Pick<AuthDeps, "clock">) {
  const { mailServer, simulatorUrl } = on.config;
  return new Elysia({ name: "admin.mail", prefix: "/system/mail" })
    .use(guard(on))
    .get(
      "",
      function getMailSetup() {
        return {
          isOn: mailServer !== null,
          server: mailServer && {
            host: mailServer.host,
            port: mailServer.port,
            security: mailServer.security,
            hasLogin: mailServer.login !== null,
            from: mailServer.from.address,
          },
          mostPerHour,
          outboxUrl: simulatorUrl === null ? null : `${simulatorUrl}/outbox`,
        };
      },
      {
        can: "system:read",
        response: MailSetup,
        detail: { operationId: "readMailSetup", summary: "Get the mail server", tags },
      },
    )
    .post(
      "/test",
      async function postTestMail({ principal, request, set }) {
        const mailId = await sendTestMail(on, { userId: principal.userId, language: languageOf(request) });
        set.status = 202;
        return { mailId };
      },
      {
        can: "system:manage",
        response: { 202: Type.Object({ mailId: Uuid }) },
        detail: {
          operationId: "sendTestMail",
          summary: "Send yourself a test mail",
          description:
            "409 `mail-off` without a mail server. The mail leaves in the background: get its state with `readMail`.",
          tags,
        },
      },
    )
    .get(
      "/:mailId",
      async function getMail({ params }) {
        const mail = await readMailState(on.sql, params.mailId);
        if (!mail) throw notFound("mail");
        return mail;
      },
      {
        can: "system:read",
        params: Type.Object({ mailId: Uuid }),
        response: Type.Object({
          state: oneOf(["queued", "sent", "failed"]),
          failure: Nullable(Type.String({ description: "Why it failed, in the mail server's words" })),
        }),
        detail: { operationId: "readMail", summary: "Get the state of a mail", tags },
      },
    );
}
