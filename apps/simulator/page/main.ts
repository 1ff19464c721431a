import { call, type Overview, type PersonView, problems, run } from "./api.ts";
import { find, h } from "./dom.ts";
import { createPhone, type Phone } from "./phone.ts";
import { drawSwitches } from "./switches.ts";

const pageSelect = find("page", HTMLSelectElement);
const personSelect = find("person", HTMLSelectElement);
const openButton = find("open", HTMLButtonElement);
const newcomer = find("newcomer", HTMLFormElement);
const newcomerName = find("newcomer-name", HTMLInputElement);
const toggleButton = find("toggle", HTMLButtonElement);
const panel = find("switches", HTMLElement);
const stage = find("phones", HTMLElement);
const notice = find("notice", HTMLElement);

const mostPhones = 3;
const storageKey = "simulator-phones";
let phones: Phone[] = [];
let overview: Overview = { pages: [], persons: 0, sent: 0 };
let noticeTimer: ReturnType<typeof setTimeout> | undefined;

problems.report = function showNotice(message: string): void {
  notice.textContent = message;
  notice.hidden = false;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => {
    notice.hidden = true;
  }, 6000);
};

function remember(): void {
  localStorage.setItem(storageKey, JSON.stringify(phones.map((phone) => phone.psid)));
}

/** How many phones fit beside each other. */
function room(): number {
  return window.matchMedia("(max-width: 760px)").matches ? 1 : mostPhones;
}

/** Opens the person's phone; the thread counts as seen while its phone is open here. */
async function openPhone(psid: string): Promise<void> {
  const known = phones.find((phone) => phone.psid === psid);
  if (known !== undefined) {
    known.element.scrollIntoView({ inline: "nearest", block: "nearest" });
    return;
  }
  while (phones.length >= room()) closePhone(phones[0]);
  const phone = createPhone(psid, () => closePhone(phone));
  phones.push(phone);
  await phone.refresh();
  drawStage();
  remember();
  run("PATCH", `persons/${psid}`, { isLooking: true });
}

function closePhone(phone: Phone | undefined): void {
  if (phone === undefined) return;
  phones = phones.filter((known) => known !== phone);
  phone.close();
  drawStage();
  remember();
  run("PATCH", `persons/${phone.psid}`, { isLooking: false });
}

function drawStage(): void {
  if (phones.length === 0) {
    stage.replaceChildren(
      h("p", { class: "empty" }, "No phone is open. Choose a page and a person, then open their phone."),
    );
    return;
  }
  for (const phone of phones) if (phone.element.parentElement !== stage) stage.append(phone.element);
  for (const child of stage.querySelectorAll(":scope > *"))
    if (!phones.some((phone) => phone.element === child)) child.remove();
}

async function drawBar(): Promise<void> {
  overview = await call<Overview>("GET", "state");
  const chosen = pageSelect.value || (overview.pages[0]?.id ?? "");
  pageSelect.replaceChildren(
    ...overview.pages.map((page) => h("option", { value: page.id, selected: page.id === chosen }, page.name)),
  );
  const { persons } = await call<{ persons: PersonView[] }>("GET", `persons?pageId=${pageSelect.value}`);
  const person = personSelect.value;
  personSelect.replaceChildren(
    ...persons.map((known) =>
      h("option", { value: known.psid, selected: known.psid === person }, known.name),
    ),
  );
  openButton.disabled = persons.length === 0;
  if (!panel.hidden) await drawSwitches(panel, pageSelect.value, overview);
}

async function addPerson(): Promise<void> {
  const person = await call<PersonView>("POST", "persons", {
    pageId: pageSelect.value,
    name: newcomerName.value.trim(),
  });
  newcomerName.value = "";
  await drawBar();
  personSelect.value = person.psid;
  await openPhone(person.psid);
}

/** Draws the changes of an event. */
async function follow(change: { psids: string[]; all: boolean }): Promise<void> {
  if (change.all) await drawBar();
  await Promise.all(
    phones
      .filter((phone) => change.all || change.psids.includes(phone.psid))
      .map((phone) => phone.refresh().catch(() => closePhone(phone))),
  );
  if (!change.all && !panel.hidden) {
    overview = await call<Overview>("GET", "state");
    await drawSwitches(panel, pageSelect.value, overview);
  }
}

pageSelect.addEventListener("change", () => void drawBar());
openButton.addEventListener("click", () => void openPhone(personSelect.value));
newcomer.addEventListener("submit", (event) => {
  event.preventDefault();
  void addPerson();
});
toggleButton.addEventListener("click", () => {
  panel.hidden = !panel.hidden;
  toggleButton.setAttribute("aria-expanded", String(!panel.hidden));
  if (!panel.hidden) void drawSwitches(panel, pageSelect.value, overview);
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (event.target instanceof Node && !menu.contains(event.target)) menu.removeAttribute("open");
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) menu.removeAttribute("open");
});

async function start(): Promise<void> {
  drawStage();
  await drawBar();
  const stored: unknown = JSON.parse(localStorage.getItem(storageKey) ?? "[]");
  const psids = Array.isArray(stored) ? stored.filter((psid) => typeof psid === "string") : [];
  for (const psid of psids.slice(0, room())) await openPhone(psid).catch(() => undefined);
  // A first visit finds a phone in its hand.
  if (phones.length === 0 && personSelect.value !== "")
    await openPhone(personSelect.value).catch(() => undefined);
  const events = new EventSource("/_simulator/live");
  events.addEventListener("message", (event) => void follow(JSON.parse(event.data)).catch(() => undefined));
  events.addEventListener("open", () => void follow({ psids: [], all: true }).catch(() => undefined));
}

void start();
