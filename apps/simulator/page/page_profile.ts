import { list, type Part, type PersonView, type ProfileView, run, text } from "./api.ts";
import { button, h, icon, icons } from "./dom.ts";

/** The entry in the person's language, or the one for everybody else. */
function inLanguage(entries: Part[], locale: string): Part | undefined {
  return (
    entries.find((entry) => entry.locale === locale) ?? entries.find((entry) => entry.locale === "default")
  );
}

/** The view before the first message: greeting, and ice breakers or, without them, Get Started. */
export function welcomeScreen(page: ProfileView, person: PersonView): HTMLElement {
  const path = `persons/${person.psid}`;
  const [firstName = "", ...lastName] = person.name.split(" ");
  const names: Record<string, string> = {
    user_first_name: firstName,
    user_last_name: lastName.join(" "),
    user_full_name: person.name,
  };
  const greeting = text(inLanguage(list(page.profile, "greeting"), person.locale), "text").replace(
    /\{\{(\w+)\}\}/g,
    (whole, name: string) => names[name] ?? whole,
  );
  const sets = list(page.profile, "ice_breakers");
  const isOldForm = sets.some((set) => set.question !== undefined);
  const questions = isOldForm ? sets : list(inLanguage(sets, person.locale), "call_to_actions");
  const hasStart = page.profile.get_started !== undefined && questions.length === 0;
  return h(
    "div",
    { class: "welcome" },
    h("strong", {}, page.name),
    h("p", {}, greeting || (hasStart ? "Get started, or write." : "Write the first message.")),
    ...questions.map((item) =>
      button(text(item, "question"), () =>
        run("POST", `${path}/tap`, { title: text(item, "question"), payload: text(item, "payload") }),
      ),
    ),
    hasStart && button("Get Started", () => run("POST", `${path}/start`, {})),
  );
}

/** The menu beside the composer, and whether it is all that people can use. */
export function pageMenu(
  page: ProfileView,
  person: PersonView,
): { entries: HTMLElement[]; isComposerOff: boolean } {
  const menu = inLanguage(list(page.profile, "persistent_menu"), person.locale);
  const items = list(menu, "call_to_actions");
  const isComposerOff = menu?.composer_input_disabled === true;
  if (items.length === 0) return { entries: [], isComposerOff };
  const details = h("details", { class: "menu up" });
  const entries = items.map((item) => {
    const words = text(item, "title");
    if (text(item, "type") === "web_url") {
      return h("a", { href: text(item, "url"), target: "_blank", rel: "noreferrer noopener" }, words);
    }
    return button(words, () => {
      details.open = false;
      run("POST", `persons/${person.psid}/tap`, { title: words, payload: text(item, "payload") });
    });
  });
  details.append(
    h("summary", { "aria-label": "Page menu", class: "round" }, icon(icons.menu)),
    h("div", { class: "sheet" }, ...entries),
  );
  return { entries: [details], isComposerOff };
}
