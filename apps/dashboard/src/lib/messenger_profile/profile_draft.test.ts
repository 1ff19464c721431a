import { expect, test } from "vitest";
import type { MessengerProfile } from "../api/messenger_profiles.ts";
import { draftProblem, emptyLanguage, languageName, profileDraft, profileOf } from "./profile_draft.ts";

const profile: MessengerProfile = {
  greeting: [
    { locale: "default", text: "Hello {{user_first_name}}" },
    { locale: "de_DE", text: "Hallo" },
  ],
  getStarted: { payload: "GO" },
  iceBreakers: [{ locale: "default", questions: [{ question: "When are you open?", payload: "HOURS" }] }],
  menu: [
    {
      locale: "default",
      isComposerOff: true,
      items: [
        { type: "postback", title: "Menu", payload: "Menu" },
        { type: "url", title: "Shop", url: "https://shop.example.com" },
      ],
    },
  ],
};

test("profileOf() reverses profileDraft() for each language", () => {
  const draft = profileDraft(profile);

  expect(draft.languages.map(({ locale }) => locale)).toEqual(["default", "de_DE"]);
  expect(draft.languages[0]?.items[0]?.value).toBe("");
  expect(profileOf(draft)).toEqual(profile);
});

test("profileOf() leaves out empty parts", () => {
  const draft = profileDraft({ greeting: [], getStarted: null, iceBreakers: [], menu: [] });
  draft.languages.push(emptyLanguage("fr_FR"));

  expect(profileOf(draft)).toEqual({ greeting: [], getStarted: null, iceBreakers: [], menu: [] });
  expect(draftProblem(draft)).toBeNull();
});

test("draftProblem() names parts that Meta would refuse", () => {
  const withoutStart = { ...profileDraft(profile), hasStart: false };
  const onlyGerman = profileDraft({ ...profile, greeting: [{ locale: "de_DE", text: "Hallo" }] });
  const noAddress = profileDraft(profile);
  noAddress.languages[0]?.items.push({ type: "url", title: "Shop", value: "shop" });

  expect(draftProblem(withoutStart)).toMatch(/Get Started/);
  expect(draftProblem(onlyGerman)).toMatch(/default greeting/);
  expect(draftProblem(noAddress)).toMatch(/https/);
});

test("languageName() says a language as people do", () => {
  expect(["default", "de_DE", "es_LA"].map(languageName)).toEqual([
    "Default",
    "German (Germany)",
    "Spanish (Latin America)",
  ]);
});
