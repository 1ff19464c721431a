import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { guard } from "#auth";
import type { MessagingConfig } from "../deps.ts";
import type { PageDeps } from "./deps.ts";
import { DeletionPageSchema, deletionTextFor, readDeletionPage, writeDeletionPage } from "./deletion_page.ts";
import { deletionPage, type Operator, privacyPage } from "./public_pages.ts";
import { DeletionAnswer, SignedBody } from "./schema.ts";
import { readSignedRequest, type SignedRequest } from "./signed_request.ts";
import { deleteLoginData, readDeletion, withdrawAccess } from "./withdrawal.ts";
import { problem } from "./problems.ts";
import { languageOf } from "#std";

export interface CallbackDeps extends Pick<PageDeps, "sql" | "clock" | "live"> {
  /** Each of the app secrets may have signed. */
  config: MessagingConfig & { appSecrets: readonly string[] };
}

export interface DeletionPageDeps extends Pick<PageDeps, "sql"> {
  config: Pick<MessagingConfig, "appUrl"> & {
    operator: Operator;
    /** Null when there are no backups. */
    backup: { keepDays: number } | null;
  };
}

const tags = ["webhooks"];

/** Meta's callbacks: removal of the app, and deletion of data. */
export function metaCallbackRoutes(on: CallbackDeps) {
  return new Elysia({ name: "messaging.meta-callbacks", prefix: "/facebook" })
    .use(guard(on))
    .post(
      "/deauthorize",
      async function deauthorize({ body }) {
        await withdrawAccess(on, opened(on, body.signed_request));
        return { success: true } as const;
      },
      {
        public: true,
        body: SignedBody,
        response: Type.Object({ success: Type.Literal(true) }),
        detail: {
          operationId: "deauthorize",
          summary: "Receive Meta's deauthorize callback",
          description: "Disconnects the pages that this person's login granted.",
          tags,
        },
      },
    )
    .post(
      "/data-deletion",
      async function deleteData({ body: { signed_request: signed } }) {
        const code = await deleteLoginData(on, opened(on, signed), signed);
        return { url: `${on.config.appUrl}/deletion/${code}`, confirmation_code: code };
      },
      {
        public: true,
        body: SignedBody,
        response: DeletionAnswer,
        detail: {
          operationId: "deleteLoginData",
          summary: "Receive Meta's data deletion callback",
          description: "The URL in the response shows the status of the deletion.",
          tags,
        },
      },
    );
}

function opened({ config }: CallbackDeps, signed: string): SignedRequest {
  const request = readSignedRequest(config.appSecrets, signed);
  if (request) return request;
  throw problem("signed-request-wrong");
}

const DeletionPageResponse = Type.Object({ page: DeletionPageSchema });

/** For the owner: the words of the status page of a deletion. */
export function deletionPageRoutes(on: Parameters<typeof guard>[0] & Pick<PageDeps, "sql">) {
  return new Elysia({ name: "messaging.deletion-page", prefix: "/system/deletion-page" })
    .use(guard(on))
    .get(
      "",
      async function getDeletionPage() {
        return { page: await readDeletionPage(on) };
      },
      {
        can: "system:read",
        response: DeletionPageResponse,
        detail: {
          operationId: "readDeletionPage",
          summary: "Get the words of the deletion page",
          description: "Null content: the page has our words, in the reader's language.",
          tags: ["system"],
        },
      },
    )
    .put(
      "",
      async function putDeletionPage({ body }) {
        await writeDeletionPage(on, body);
        return { page: await readDeletionPage(on) };
      },
      {
        can: "system:manage",
        body: DeletionPageSchema,
        response: DeletionPageResponse,
        detail: {
          operationId: "changeDeletionPage",
          summary: "Set the words of the deletion page",
          description:
            "Meta shows the page to people after their Facebook login was deleted. A reader gets the translation for their browser's language, else the default.",
          tags: ["system"],
        },
      },
    );
}

const hidden = { detail: { hide: true } };

/** Public pages: privacy, and the status of a deletion. */
export function privacyRoutes(on: DeletionPageDeps) {
  return new Elysia({ name: "messaging.privacy" })
    .get(
      "/deletion/:code",
      async function getDeletion({ params, request }) {
        const deletion = await readDeletion(on, params.code);
        const own = deletion === null ? null : deletionTextFor(await readDeletionPage(on), request);
        return deletionPage(deletion, { language: languageOf(request), own });
      },
      { params: Type.Object({ code: Type.String({ maxLength: 100 }) }), ...hidden },
    )
    .get(
      "/privacy",
      function getPrivacy({ request }) {
        const { appUrl, operator, backup } = on.config;
        const backupDays = backup?.keepDays ?? null;
        return privacyPage({ host: new URL(appUrl).host, operator, backupDays }, languageOf(request));
      },
      hidden,
    );
}
