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
      async function getPages({ params, query }) {
        return await listPages(on, params.workspaceId, query);
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
          summary: "Connect a page by its token",
          description: "Reconnects in place when the page was connected here before: nothing is lost.",
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
          summary: "Check the set-up with Meta",
          description:
            "Meta is asked for those who manage pages; for others the answer is up to a minute old.",
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
          summary: "Read how the app's webhook settings differ",
          description: "As the last daily check or the doctor found them.",
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
          summary: "Set the app's webhook settings at Meta",
          description: "Saves this installation's address and all fields that it needs; other fields stay.",
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
          summary: "Start a login with Facebook",
          description:
            "Asks for the permissions of an inbox, of the features that the pages use, and of the features named here.",
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
          summary: "Explain the permissions of the Meta app",
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
          summary: "Finish a login with Facebook and list the pages that it grants",
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
        detail: { operationId: "connectLoginPages", summary: "Connect chosen pages of a login", tags },
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
        detail: { operationId: "readPage", summary: "Read a page with its health", tags },
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
          summary: "Change how fast a page sends",
          description: "Campaigns that run go on at the new pace within seconds.",
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
          description:
            "Meta stops sending its events, and nothing more goes out. Contacts and messages stay.",
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
          summary: "Check a page with Meta now",
          description:
            "Messages that no webhook told are fetched from Meta's inbox afterwards, in the background.",
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
        detail: { operationId: "repairPage", summary: "Subscribe a page again and check it", tags },
      },
    );
}
