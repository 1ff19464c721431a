import { call, type Overview, type QueueView, run, type SwitchesView } from "./api.ts";
import { button, h } from "./dom.ts";

interface FaultView {
  kind: string;
  message: string;
}

/** Ready-made failures of the Send API. */
const failures: [name: string, fault: object][] = [
  ["Temporary error (2)", { kind: "error", code: 2 }],
  ["Every third fails (2)", { kind: "error", code: 2, probability: 0.33 }],
  [
    "Throttled (613)",
    { kind: "error", code: 613, message: "(#613) Calls to this api have exceeded the rate limit." },
  ],
  [
    "Window closed (10)",
    {
      kind: "error",
      code: 10,
      subcode: 2018278,
      message: "(#10) This message is sent outside of allowed window.",
    },
  ],
  ["HTML 500", { kind: "html", status: 500 }],
  ["Connection reset before", { kind: "reset", when: "before" }],
  ["Accepted, then reset", { kind: "reset", when: "after" }],
  ["Hangs for 30 s", { kind: "hang", ms: 30_000 }],
  ["200 without message_id", { kind: "no_message_id" }],
];

/** Draws the panel anew for the chosen page. */
export async function drawSwitches(panel: HTMLElement, pageId: string, overview: Overview): Promise<void> {
  const [switches, queue, { faults }] = await Promise.all([
    call<SwitchesView>("GET", "switches"),
    call<QueueView>("GET", "webhooks"),
    call<{ faults: FaultView[] }>("GET", "faults"),
  ]);
  if (panel.contains(document.activeElement) && document.activeElement instanceof HTMLSelectElement) return;
  const page = overview.pages.find((known) => known.id === pageId);
  const change = (body: object) => run("PATCH", "switches", body);
  const changePage = (body: object) => run("PATCH", `pages/${pageId}`, body);
  panel.replaceChildren(
    group(
      "Sending",
      choice(
        "Slow answers",
        String(switches.latencyMs),
        [
          ["0", "No"],
          ["20", "20 ms"],
          ["300", "300 ms"],
          ["3000", "3 s"],
        ],
        (value) => change({ latencyMs: Number(value) }),
      ),
      choice(
        "Failing",
        "",
        [
          ["", faults.length === 0 ? "No" : `${faults.length} active`],
          ...failures.map(([name], index): [string, string] => [String(index), name]),
        ],
        (value) => {
          const fault = failures[Number(value)]?.[1];
          if (value !== "" && fault !== undefined) run("POST", "faults", { ...fault, pageId });
        },
      ),
      faults.length > 0 && button("Stop failing", () => run("DELETE", "faults")),
      choice(
        "Limit per second",
        String(switches.limits.textPerSecond),
        [
          ["300", "300, as Meta"],
          ["10", "10"],
          ["1", "1"],
          ["null", "None"],
        ],
        (value) => change({ limits: { textPerSecond: value === "null" ? null : Number(value) } }),
      ),
      toggle("Human agent feature", switches.humanAgent, (humanAgent) => change({ humanAgent })),
      toggle("Require app secret proof", switches.requireProof, (requireProof) => change({ requireProof })),
      choice(
        "Template review",
        switches.templateReview,
        [
          ["APPROVED", "Approves"],
          ["PENDING", "Leaves pending"],
          ["REJECTED", "Rejects"],
        ],
        (templateReview) => change({ templateReview }),
      ),
    ),
    group(
      page?.name ?? "Page",
      toggle("Page restricted", page?.isRestricted === true, (isRestricted) => changePage({ isRestricted })),
      choice(
        "Token",
        String(page?.tokenDeath ?? "null"),
        [
          ["null", "Alive"],
          ["460", "Password changed (460)"],
          ["458", "App removed (458)"],
          ["463", "Expired (463)"],
          ["0", "Deselected (190)"],
        ],
        (value) => changePage({ tokenDeath: value === "null" ? null : Number(value) }),
      ),
      toggle("Conversation routing", page?.hasRouting === true, (hasRouting) => changePage({ hasRouting })),
      choice(
        "Default app",
        page?.defaultAppId ?? "null",
        [
          ["null", "Ours"],
          ["263902037430900", "Business Suite"],
        ],
        (value) => changePage({ defaultAppId: value === "null" ? null : value }),
      ),
      toggle("App may take control", page?.canTakeControl === true, (canTakeControl) =>
        changePage({ canTakeControl }),
      ),
      line(
        "Subscribed",
        page?.subscribedFields === null || page === undefined
          ? "no"
          : `${page.subscribedFields.length} fields`,
      ),
    ),
    group(
      "Webhooks",
      toggle("Paused", switches.webhooks.isPaused, (isPaused) => change({ webhooks: { isPaused } })),
      choice(
        "Duplicates",
        String(switches.webhooks.duplicates),
        [
          ["0", "None"],
          ["0.5", "Every second"],
          ["1", "All"],
        ],
        (value) => change({ webhooks: { duplicates: Number(value) } }),
      ),
      choice(
        "Disorder",
        String(switches.webhooks.disorderMs),
        [
          ["0", "None"],
          ["500", "Up to 0.5 s"],
          ["5000", "Up to 5 s"],
        ],
        (value) => change({ webhooks: { disorderMs: Number(value) } }),
      ),
      choice(
        "Entries per POST",
        String(switches.webhooks.batchSize),
        [
          ["1", "1"],
          ["10", "10"],
          ["100", "100"],
        ],
        (value) => change({ webhooks: { batchSize: Number(value) } }),
      ),
      line("Waiting", String(queue.queued + queue.waiting)),
      line("Delivered", String(queue.delivered)),
      line("Failed attempts", String(queue.failed)),
      queue.lastFailure !== null && h("p", { class: "meta" }, queue.lastFailure),
    ),
    group(
      "Ledger",
      line("Messages that reached Meta", String(overview.sent)),
      button("Reset the simulator", () => run("POST", "reset")),
    ),
  );
}

function group(name: string, ...children: (Node | false)[]): HTMLElement {
  return h("fieldset", {}, h("legend", {}, name), ...children);
}

function toggle(name: string, isOn: boolean, change: (isOn: boolean) => void): HTMLElement {
  const box = h("input", { type: "checkbox", role: "switch" });
  box.checked = isOn;
  box.addEventListener("change", () => change(box.checked));
  return h("label", { class: "switch" }, h("span", {}, name), box);
}

function choice(
  name: string,
  value: string,
  options: [value: string, label: string][],
  change: (value: string) => void,
): HTMLElement {
  const isKnown = options.some(([known]) => known === value);
  const all: [string, string][] = isKnown ? options : [[value, value], ...options];
  const select = h(
    "select",
    {},
    ...all.map(([key, label]) => h("option", { value: key, selected: key === value }, label)),
  );
  select.addEventListener("change", () => {
    select.blur();
    change(select.value);
  });
  return h("label", { class: "switch" }, h("span", {}, name), select);
}

function line(name: string, value: string): HTMLElement {
  return h("p", { class: "line" }, h("span", {}, name), h("b", {}, value));
}
