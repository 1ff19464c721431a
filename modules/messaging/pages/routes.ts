import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { guard } from "#auth";
import { createRecall, PageQuery, Uuid, InWorkspace } from "#std";
import { fixAppSettings, readAppSettings } from "./app_settings.ts";
import { changePace, checkPage, disconnectPage, readPage, repairPage } from "./check.ts";
import { connectPage } from "./connect.ts";
import type { PageDeps } from "./deps.ts";
import { type DoctorsCalls, runDoctor } from "./doctor.ts";
import { connectFromLogin, finishLogin, startLogin } from "./login.ts";
import { listPages } from "./page_list.ts";
import { listPermissions } from "./permission_help.ts";
import {
  AppSettings,
  AppSettingsFix,
  ChosenPages,
  ConnectedPages,
  DoctorAnswer,
  LoginAnswer,
  LoginPages,
  LoginUrl,
  NewLogin,
  NewPage,
  PageChange,
  PageList,
  PageResponse,
  PermissionList,
} from "./schema.ts";

const OfPage = Type.Object({ workspaceId: Uuid, pageId: Uuid });
const OfLogin = Type.Object({ workspaceId: Uuid, loginId: Uuid });
const tags = ["pages"];

/** Facebook pages of a workspace: connect, health, repair, disconnect. */
export function pagesRoutes(on: PageDeps) {
  const calls: DoctorsCalls = createRecall(on.clock);
  return new Elysia({ name: "messaging.pages", prefix: "/workspaces/:workspaceId/pages" })
    .use(guard(on))
    .get(
      "",
      async function getPages({ params, query, principal }) {
        return await listPages(on, params.workspaceId, { ...query, viewer: principal });
      },
      {
        can: "pages:read",
        params: InWorkspace,
        query: PageQuery,
        response: PageList,
        detail: { operationId: "listPages", summary: "List the pages of a workspace", tags },
      },
    )
    .post(
      "",
      async function addPage({ params, body, principal, set }) {
        const page = await connectPage(on, { ...params, ...body, userId: principal.userId });
        set.status = 201;
        return { page };
      },
      {
        can: "pages:manage",
        params: InWorkspace,
        body: NewPage,
        response: { 201: PageResponse },
        detail: {
          operationId: "connectPage",
          summary: "Connect a page with its access token",
          description: "Reconnects a page that was connected here before and keeps its data.",
          tags,
        },
      },
    )
    .get(
      "/doctor",
      async function getDoctor({ params, principal }) {
        const mayMend = principal.permissions.has("pages:manage");
        return await runDoctor({ ...on, calls }, params.workspaceId, { mayMend });
      },
      {
        can: "pages:read",
        params: InWorkspace,
        response: DoctorAnswer,
        detail: {
          operationId: "runDoctor",
          summary: "Check the setup at Meta",
          description:
            "For callers who manage pages the result is live; for others it is up to a minute old.",
          tags,
        },
      },
    )
    .get(
      "/app-settings",
      async function getAppSettings() {
        return await readAppSettings(on);
      },
      {
        can: "pages:read",
        params: InWorkspace,
        response: AppSettings,
        detail: {
          operationId: "readAppSettings",
          summary: "Get differences in the app's webhook settings",
          description: "As of the last daily check or run of the doctor.",
          tags,
        },
      },
    )
    .post(
      "/app-settings",
      async function setAppSettings({ body }) {
        return await fixAppSettings(on, body);
      },
      {
        can: "pages:manage",
        params: InWorkspace,
        body: AppSettingsFix,
        response: AppSettings,
        detail: {
          operationId: "fixAppSettings",
          summary: "Fix the app's webhook settings at Meta",
          description: "Sets this installation's URL and all required fields. Other fields stay.",
          tags,
        },
      },
    )
    .post(
      "/login",
      async function beginLogin({ params, body, principal }) {
        return await startLogin(on, { ...params, userId: principal.userId }, body ?? {});
      },
      {
        can: "pages:manage",
        params: InWorkspace,
        body: Type.Optional(NewLogin),
        response: LoginUrl,
        detail: {
          operationId: "startFacebookLogin",
          summary: "Start Facebook Login",
          description:
            "Requests the permissions of the inbox, of features in use, and of the given features.",
          tags,
        },
      },
    )
    .get(
      "/permissions",
      function getPermissions() {
        return listPermissions(on);
      },
      {
        can: "pages:read",
        params: InWorkspace,
        response: PermissionList,
        detail: {
          operationId: "listMetaPermissions",
          summary: "List the permissions of the Meta app",
          tags,
        },
      },
    )
    .post(
      "/login/finish",
      async function endLogin({ params, body, principal }) {
        return await finishLogin(on, { ...params, userId: principal.userId }, body);
      },
      {
        can: "pages:manage",
        params: InWorkspace,
        body: LoginAnswer,
        response: LoginPages,
        detail: {
          operationId: "finishFacebookLogin",
          summary: "Finish Facebook Login and list the granted pages",
          tags,
        },
      },
    )
    .post(
      "/login/:loginId/connect",
      async function connectChosen({ params: { workspaceId, loginId }, body, principal }) {
        return await connectFromLogin(on, { workspaceId, userId: principal.userId }, { loginId, ...body });
      },
      {
        can: "pages:manage",
        params: OfLogin,
        body: ChosenPages,
        response: ConnectedPages,
        detail: { operationId: "connectLoginPages", summary: "Connect selected pages of a login", tags },
      },
    )
    .get(
      "/:pageId",
      async function getPage({ params }) {
        return { page: await readPage(on, params) };
      },
      {
        can: "pages:read",
        params: OfPage,
        response: PageResponse,
        detail: { operationId: "readPage", summary: "Get a page and its health", tags },
      },
    )
    .patch(
      "/:pageId",
      async function patchPage({ params, body }) {
        return { page: await changePace(on, { ...params, perSecond: body.pacePerSecond }) };
      },
      {
        can: "pages:manage",
        params: OfPage,
        body: PageChange,
        response: PageResponse,
        detail: {
          operationId: "changePage",
          summary: "Change a page's sending pace",
          description: "Running campaigns take the new pace within seconds.",
          tags,
        },
      },
    )
    .delete(
      "/:pageId",
      async function removePage({ params }) {
        return { page: await disconnectPage(on, params) };
      },
      {
        can: "pages:manage",
        params: OfPage,
        response: PageResponse,
        detail: {
          operationId: "disconnectPage",
          summary: "Disconnect a page",
          description: "Stops its webhook events and all sending. Contacts and messages stay.",
          tags,
        },
      },
    )
    .post(
      "/:pageId/check",
      async function checkNow({ params }) {
        return { page: await checkPage(on, params) };
      },
      {
        can: "pages:manage",
        params: OfPage,
        response: PageResponse,
        detail: {
          operationId: "checkPage",
          summary: "Check a page at Meta",
          description: "Then imports missed messages from Meta's inbox in the background.",
          tags,
        },
      },
    )
    .post(
      "/:pageId/repair",
      async function repairNow({ params }) {
        return { page: await repairPage(on, params) };
      },
      {
        can: "pages:manage",
        params: OfPage,
        response: PageResponse,
        detail: { operationId: "repairPage", summary: "Resubscribe a page and check it", tags },
      },
    );
}
