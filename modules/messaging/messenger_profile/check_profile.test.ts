import { expect, test } from "vitest";
import { checkProfile, profileProblems } from "./check_profile.ts";
import { partForMeta, profileFromMeta, tidyProfile } from "./meta_form.ts";
import { emptyProfile, type MenuItem, type MessengerProfile } from "./schema.ts";

const everything: MessengerProfile = {
  greeting: [
    { locale: "default", text: "Hi {{user_first_name}}!" },
    { locale: "de_DE", text: "Hallo {{user_full_name}}!" },
  ],
  getStarted: { payload: "GET_STARTED" },
  iceBreakers: [{ locale: "default", questions: [{ question: "Opening hours?", payload: "HOURS" }] }],
  menu: [
    {
      locale: "default",
      isComposerOff: false,
      items: [
        { type: "postback", title: "Talk to us", payload: "HUMAN" },
        { type: "url", title: "Shop", url: "https://shop.example.com" },
      ],
    },
  ],
};
const places = (changes: Partial<MessengerProfile>) =>
  profileProblems({ ...everything, ...changes }).map(({ path }) => path);
const greeting = (...texts: string[]) => ({ greeting: texts.map((text) => ({ locale: "default", text })) });
const menuOf = (...items: MenuItem[]) => ({ menu: [{ locale: "default", isComposerOff: false, items }] });
const question = { question: "Open?", payload: "OPEN" };

test.each<[string, Partial<MessengerProfile>, string[]]>([
  ["everything in its place", {}, []],
  ["nothing", emptyProfile, []],
  ["a greeting of 161 characters", greeting("x".repeat(161)), ["/greeting/0/text"]],
  ["a greeting with a name that Meta does not know", greeting("Hi {{first_name}}"), ["/greeting/0/text"]],
  ["a language twice", greeting("a", "b"), ["/greeting"]],
  ["no greeting for everybody", { greeting: [{ locale: "de_DE", text: "Hallo" }] }, ["/greeting"]],
  ["a blank payload of Get Started", { getStarted: { payload: " " } }, ["/getStarted/payload"]],
  ["a menu without Get Started", { getStarted: null }, ["/getStarted"]],
  [
    "five questions",
    { iceBreakers: [{ locale: "default", questions: Array.from({ length: 5 }, () => question) }] },
    ["/iceBreakers/0/questions"],
  ],
  [
    "a question of 81 characters without a payload",
    { iceBreakers: [{ locale: "default", questions: [{ question: "x".repeat(81), payload: "" }] }] },
    ["/iceBreakers/0/questions/0/question", "/iceBreakers/0/questions/0/payload"],
  ],
  ["an empty menu", menuOf(), ["/menu/0/items"]],
  [
    "21 items",
    menuOf(...Array.from({ length: 21 }, (): MenuItem => ({ type: "postback", title: "a", payload: "A" }))),
    ["/menu/0/items"],
  ],
  [
    "a long title and an address that is none",
    menuOf({ type: "url", title: "x".repeat(31), url: "shop.example.com" }),
    ["/menu/0/items/0/title", "/menu/0/items/0/url"],
  ],
])("profileProblems() of %s", (_, changes, expected) => {
  expect(places(changes)).toEqual(expected);
});

test("checkProfile() names the first mistake in its message and all of them by their places", () => {
  const bad = { ...everything, ...greeting("Hi {{first_name}}"), getStarted: null };

  expect(() => checkProfile(bad)).toThrow(
    expect.objectContaining({
      code: "profile-invalid",
      status: 422,
      message: expect.stringContaining("{{first_name}}"),
      errors: [
        expect.objectContaining({ path: "/greeting/0/text" }),
        expect.objectContaining({ path: "/getStarted" }),
      ],
    }),
  );
});

test("a profile goes to Meta in its documented form and returns unchanged, in any order", () => {
  const sent = {
    greeting: partForMeta(everything, "greeting"),
    get_started: partForMeta(everything, "getStarted"),
    ice_breakers: partForMeta(everything, "iceBreakers"),
    persistent_menu: partForMeta(everything, "menu"),
  };

  expect(sent).toEqual({
    greeting: everything.greeting,
    get_started: { payload: "GET_STARTED" },
    ice_breakers: [
      { locale: "default", call_to_actions: [{ question: "Opening hours?", payload: "HOURS" }] },
    ],
    persistent_menu: [
      {
        locale: "default",
        composer_input_disabled: false,
        call_to_actions: [
          { type: "postback", title: "Talk to us", payload: "HUMAN" },
          { type: "web_url", title: "Shop", url: "https://shop.example.com" },
        ],
      },
    ],
  });
  const { greeting: greetings, ...rest } = sent;
  const back = profileFromMeta([rest, { greeting: everything.greeting.toReversed() }]);
  expect(back).toEqual(everything);
  expect(greetings).toEqual(back.greeting);
  expect(tidyProfile(back)).toEqual(everything);
});

test("profileFromMeta() reads older forms and leaves out unsupported parts", () => {
  const older = profileFromMeta([{ ice_breakers: [{ question: "Open?", payload: "OPEN" }] }]);
  const bare = profileFromMeta([
    { call_to_actions: [{ question: "Open?", payload: "OPEN" }], locale: "default" },
  ]);
  const nested = profileFromMeta([
    {
      whitelisted_domains: ["https://shop.example.com"],
      persistent_menu: [
        {
          locale: "default",
          composer_input_disabled: true,
          call_to_actions: [
            { type: "nested", title: "My Account", call_to_actions: [] },
            { type: "web_url", title: "News", url: "https://example.com", webview_height_ratio: "full" },
          ],
        },
        { locale: "german", call_to_actions: [] },
      ],
    },
  ]);

  const expected = [{ locale: "default", questions: [question] }];
  expect([older.iceBreakers, bare.iceBreakers]).toEqual([expected, expected]);
  expect(nested).toEqual({
    ...emptyProfile,
    menu: [
      {
        locale: "default",
        isComposerOff: true,
        items: [{ type: "url", title: "News", url: "https://example.com" }],
      },
    ],
  });
});
