import { call, get, list, type MessageView, type ProfileView, run, text, type ThreadView } from "./api.ts";
import { drawBubble, summary } from "./bubble.ts";
import { button, type Child, h, icon, icons } from "./dom.ts";
import { pageMenu, welcomeScreen } from "./page_profile.ts";
import { phoneMenu } from "./phone_menu.ts";

/** One phone on the page: it shows a thread and writes as its person. */
export interface Phone {
  psid: string;
  element: HTMLElement;
  /** Loads the thread again and draws it. */
  refresh(): Promise<void>;
  close(): void;
}

type Composing = { kind: "new" } | { kind: "reply" | "edit"; message: MessageView };

/** Makes a phone for the person; `onClose` takes it off the page. */
export function createPhone(psid: string, onClose: () => void): Phone {
  let thread: ThreadView | undefined;
  let composing: Composing = { kind: "new" };
  let typingTimer: ReturnType<typeof setTimeout> | undefined;
  let shownCount = -1;

  const title = h("h2", {});
  const status = h("p", { class: "meta" });
  const messages = h("div", { class: "thread", role: "log", tabindex: "0" });
  const chips = h("div", { class: "chips" });
  const banner = h("div", { class: "banner", hidden: true });
  const input = h("input", { type: "text", autocomplete: "off", placeholder: "Aa", maxlength: "20000" });
  const file = h("input", { type: "file", hidden: true, multiple: true });
  const menuPlace = h("div", {});
  const profilePlace = h("div", {});

  const form = h(
    "form",
    { class: "composer", onsubmit: (event) => submit(event) },
    profilePlace,
    button("Attach a file", () => file.click(), { face: icon(icons.attach), class: "round" }),
    input,
    button("Send a thumbs up", () => run("POST", `persons/${psid}/write`, { stickerId: "369239263222822" }), {
      face: icon(icons.like),
      class: "round",
    }),
    h(
      "button",
      { type: "submit", class: "round main", "aria-label": "Send", title: "Send" },
      icon(icons.send),
    ),
    file,
  );
  const element = h(
    "section",
    { class: "phone" },
    h(
      "header",
      {},
      h("div", { class: "who" }, title, status),
      menuPlace,
      button("Close phone", onClose, { face: icon(icons.close), class: "round" }),
    ),
    messages,
    chips,
    banner,
    form,
  );

  // Pictures change the height after the drawing; a thread scrolled to its end stays there.
  let isAtEnd = true;
  messages.addEventListener("scroll", () => {
    isAtEnd = messages.scrollHeight - messages.scrollTop - messages.clientHeight < 60;
  });
  const scrollToEnd = () => {
    messages.scrollTop = messages.scrollHeight;
  };
  messages.addEventListener("load", () => isAtEnd && scrollToEnd(), { capture: true });

  file.addEventListener("change", () => {
    const body = new FormData();
    for (const chosen of file.files ?? []) body.append("file", chosen);
    run("POST", `persons/${psid}/write`, body);
    file.value = "";
  });

  function submit(event: Event): void {
    event.preventDefault();
    const words = input.value.trim();
    if (words === "") return;
    input.value = "";
    const now = composing;
    compose({ kind: "new" });
    if (now.kind === "edit") run("POST", `persons/${psid}/edit`, { mid: now.message.mid, text: words });
    else if (now.kind === "reply")
      run("POST", `persons/${psid}/write`, { text: words, replyTo: now.message.mid });
    else run("POST", `persons/${psid}/write`, { text: words });
  }

  function compose(next: Composing): void {
    composing = next;
    banner.hidden = next.kind === "new";
    if (next.kind === "new") return banner.replaceChildren();
    const words = summary(next.message);
    banner.replaceChildren(
      h("span", {}, next.kind === "edit" ? `Editing “${words}”` : `Replying to “${words}”`),
      button("Never mind", () => {
        input.value = "";
        compose({ kind: "new" });
      }),
    );
    if (next.kind === "edit") input.value = text(next.message.content, "text");
    input.focus();
  }

  function draw(now: ThreadView, page: ProfileView): void {
    const { person } = now;
    element.setAttribute("aria-label", `Phone of ${person.name}`);
    title.textContent = person.name;
    status.replaceChildren(windowLine(now), ` · ${page.name}`);
    messages.setAttribute("aria-label", `Messages with ${page.name}`);
    input.setAttribute("aria-label", `Message as ${person.name}`);
    const wasAtEnd = isAtEnd;
    const personas = new Map(page.personas.map((persona) => [persona.id, persona.name]));
    const actions = {
      reply: (message: MessageView) => compose({ kind: "reply", message }),
      edit: (message: MessageView) => compose({ kind: "edit", message }),
    };
    const bubbles: Child[] = now.messages.map((message) => drawBubble(message, now, personas, actions));
    if (bubbles.length === 0) bubbles.push(welcomeScreen(page, person));
    if (person.typingUntil > Date.now()) bubbles.push(typingDots(page));
    messages.replaceChildren(...bubbles.filter((child) => child instanceof Node));
    if (wasAtEnd || shownCount !== now.messages.length) requestAnimationFrame(scrollToEnd);
    shownCount = now.messages.length;
    chips.replaceChildren(...quickReplies(now));
    redraw(menuPlace, [phoneMenu(person)]);
    const menu = pageMenu(page, person);
    redraw(profilePlace, menu.entries);
    input.disabled = menu.isComposerOff;
    clearTimeout(typingTimer);
    const left = person.typingUntil - Date.now();
    if (left > 0) typingTimer = setTimeout(() => void refresh(), left + 50);
  }

  /** An open menu stays as it is. */
  function redraw(place: HTMLElement, menus: HTMLElement[]): void {
    if (place.querySelector("details[open]") === null) place.replaceChildren(...menus);
  }

  function windowLine(now: ThreadView): HTMLElement {
    const { person } = now;
    if (person.hasBlocked) return h("span", { class: "bad" }, "Has blocked the page");
    const hours = (person.windowEnd - Date.now()) / 3_600_000;
    if (person.lastActionAt === null) return h("span", {}, "Has not written yet");
    if (hours <= 0) return h("span", { class: "bad" }, "Window closed");
    const left = hours >= 1 ? `${Math.floor(hours)} h` : `${Math.ceil(hours * 60)} min`;
    return h("span", {}, `Window open for ${left}`);
  }

  function typingDots(page: ProfileView): HTMLElement {
    return h(
      "div",
      { class: "message" },
      h(
        "div",
        { class: "bubble dots", role: "img", "aria-label": `${page.name} is typing` },
        h("i"),
        h("i"),
        h("i"),
      ),
    );
  }

  function quickReplies(now: ThreadView): HTMLElement[] {
    const newest = now.messages.at(-1);
    if (newest?.from !== "page" || newest.isDeleted === true) return [];
    return list(newest.content, "quick_replies").map((reply) => {
      const kind = text(reply, "content_type");
      const sample =
        kind === "user_email" ? "anna@example.com" : kind === "user_phone_number" ? "+491701234567" : "";
      const words = sample || text(reply, "title");
      return button(
        words,
        () =>
          run("POST", `persons/${psid}/write`, {
            text: words,
            quickReplyPayload: sample || text(reply, "payload"),
          }),
        {
          class: "chip",
        },
      );
    });
  }

  async function refresh(): Promise<void> {
    const loaded = await call<ThreadView>("GET", `persons/${psid}/thread`);
    const page = await call<ProfileView>("GET", `pages/${loaded.person.pageId}`);
    const isMenuOpen = element.querySelector("details[open]") !== null;
    if (isMenuOpen && thread?.messages.length === loaded.messages.length) return;
    thread = loaded;
    draw(loaded, { ...page, profile: get({ profile: page.profile }, "profile") });
  }

  return {
    psid,
    element,
    refresh,
    close() {
      clearTimeout(typingTimer);
      element.remove();
    },
  };
}
