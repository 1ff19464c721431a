import { Elysia } from "elysia";
import { type AuthDeps, guard } from "#auth";
import { compareProfile, publishProfile, writeProfile } from "./manage_profile.ts";
import type { ProfileDeps } from "./profile_jobs.ts";
import { readProfileState } from "./profile_store.ts";
import { OfPage, ProfileStateResponse, PublishedProfile, SavedProfile } from "./schema.ts";

const tags = ["pages"];

/** Greeting, Get Started, ice breakers and menu of a page. */
export function messengerProfileRoutes(on: AuthDeps & ProfileDeps) {
  return new Elysia({
    name: "messaging.messenger_profile",
    prefix: "/workspaces/:workspaceId/pages/:pageId/messenger-profile",
  })
    .use(guard(on))
    .get(
      "",
      async function getMessengerProfile({ params }) {
        return { messengerProfile: await readProfileState(on.sql, params) };
      },
      {
        can: "pages:read",
        params: OfPage,
        response: ProfileStateResponse,
        detail: {
          operationId: "readMessengerProfile",
          summary: "Get a page's Messenger profile and its status",
          tags,
        },
      },
    )
    .put(
      "",
      async function putMessengerProfile({ params, body }) {
        return { messengerProfile: await writeProfile(on, params, body) };
      },
      {
        can: "pages:manage",
        params: OfPage,
        body: SavedProfile,
        response: ProfileStateResponse,
        detail: {
          operationId: "writeMessengerProfile",
          summary: "Save a draft of a page's Messenger profile",
          description: "People see it after it is published.",
          tags,
        },
      },
    )
    .post(
      "/publish",
      async function publishMessengerProfile({ params, body, set }) {
        const messengerProfile = await publishProfile(on, params, body);
        set.status = 202;
        return { messengerProfile };
      },
      {
        can: "pages:manage",
        params: OfPage,
        body: PublishedProfile,
        response: { 202: ProfileStateResponse },
        detail: {
          operationId: "publishMessengerProfile",
          summary: "Publish a page's Messenger profile",
          description:
            "Runs in the background and retries when Meta does not respond. `status` has the result.",
          tags,
        },
      },
    )
    .post(
      "/compare",
      async function compareMessengerProfile({ params }) {
        return { messengerProfile: await compareProfile(on, params) };
      },
      {
        can: "pages:manage",
        params: OfPage,
        response: ProfileStateResponse,
        detail: {
          operationId: "compareMessengerProfile",
          summary: "Compare a page's Messenger profile with the live one",
          tags,
        },
      },
    );
}
