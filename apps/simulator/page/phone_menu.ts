import { call, type PersonView, run } from "./api.ts";
import { button, h, icon, icons } from "./dom.ts";

/** Marketing messages that a person can have: Meta gives each topic a token of its own. */
const topics = [
  { title: "Weekly deals", payload: "weekly-deals", token: "7434589341" },
  { title: "New arrivals", payload: "new-arrivals", token: "7434589342" },
] as const;

/** The menu of a phone: network, screen, the window, and the rarer things that a person does. */
export function phoneMenu(person: PersonView): HTMLElement {
  const details = h("details", { class: "menu" });
  const path = `persons/${person.psid}`;
  const item = (name: string, act: () => void) =>
    button(name, () => {
      details.open = false;
      act();
    });
  const post = (action: string, body: object) => () => run("POST", `${path}/${action}`, body);
  const isOurs = person.ownerAppId === null || person.ownerAppId !== "263902037430900";
  details.append(
    h("summary", { class: "round", "aria-label": `More for ${person.name}` }, icon(icons.more)),
    h(
      "div",
      { class: "sheet" },
      item(person.isLooking ? "Put the phone away" : "Look at the thread", () =>
        run("PATCH", path, { isLooking: !person.isLooking }),
      ),
      item(person.isOnline ? "Go offline" : "Go online", () =>
        run("PATCH", path, { isOnline: !person.isOnline, ...(person.isOnline ? { isLooking: false } : {}) }),
      ),
      item("Make the last message 25 h old", post("age", { hours: 25 })),
      item("Make the last message 8 days old", post("age", { hours: 192 })),
      person.hasBlocked
        ? item("Unblock the page", post("unblock", {}))
        : item("Block the page", post("block", {})),
      item("Tap Get Started", post("start", {})),
      item("Come back by an m.me link", post("referral", { ref: "flyer-7" })),
      item("Come back from an ad", post("referral", { ref: "spring", adId: "6045246247433" })),
      item("Comment on a post", () => void comment(person)),
      ...topics.flatMap(({ title, payload, token }) => {
        const optin = { type: "notification_messages", payload, notification_messages_token: token };
        const change = (status: string) =>
          post("optin", { ...optin, notification_messages_status: status, user_token_status: "REFRESHED" });
        return [
          item(`Opt in to ${title}`, post("optin", { ...optin, title, user_token_status: "NOT_REFRESHED" })),
          item(`Stop ${title}`, change("STOP NOTIFICATIONS")),
          item(`Resume ${title}`, change("RESUME NOTIFICATIONS")),
        ];
      }),
      item(
        "Answer in Business Suite",
        post("business_suite", { text: "A colleague answers from Meta Business Suite." }),
      ),
      item(
        isOurs ? "Give the thread to Business Suite" : "Give the thread back",
        post("owner", isOurs ? { appId: "263902037430900" } : { isOurs: true }),
      ),
      item(
        person.isHeldByMetaAi === true ? "Stop Meta’s AI" : "Let Meta’s AI answer",
        post("meta_ai", { isHolding: person.isHeldByMetaAi !== true }),
      ),
    ),
  );
  return details;
}

async function comment(person: PersonView): Promise<void> {
  await call("POST", `persons/${person.psid}/comment`, { text: "How much is it?" });
}
