import { call, problems, run } from "./api.ts";
import { find, h } from "./dom.ts";

interface Mail {
  id: string;
  from: string;
  to: string[];
  subject: string;
  messageId: string;
  text: string;
  at: number;
}

const list = find("mails", HTMLElement);
const stage = find("mail", HTMLElement);
const notice = find("notice", HTMLElement);
let mails: Mail[] = [];
let chosen = "";

problems.report = function showNotice(message: string): void {
  notice.textContent = message;
  notice.hidden = false;
};

const timeOf = ({ at }: Mail) => new Date(at).toLocaleTimeString();
const linksIn = (text: string) => [...new Set(text.match(/https?:\/\/[^\s<>]+/g))].slice(0, 10);

function choose(mail: Mail): void {
  chosen = mail.id;
  draw();
}

function drawMail(mail: Mail): void {
  const facts: [string, string][] = [
    ["To", mail.to.join(", ")],
    ["From", mail.from],
    ["Time", timeOf(mail)],
    ["Message-ID", mail.messageId],
  ];
  stage.replaceChildren(
    h("h2", {}, mail.subject),
    h("dl", {}, ...facts.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
    ...linksIn(mail.text).map((url) => h("a", { href: url, target: "_blank", rel: "noopener" }, url)),
    h("iframe", { src: `/_simulator/mail/${mail.id}/html`, title: "HTML", sandbox: true }),
    h("details", {}, h("summary", {}, "Plain text"), h("pre", {}, mail.text)),
  );
}

function draw(): void {
  if (mails.length === 0) {
    list.replaceChildren(h("p", {}, "No mail yet."));
    stage.replaceChildren(h("p", {}, "Mail that the product sends appears here and reaches nobody."));
    return;
  }
  const shown = mails.find(({ id }) => id === chosen) ?? mails[0];
  list.replaceChildren(
    ...mails.map((mail) =>
      h(
        "button",
        { type: "button", onclick: () => choose(mail), "aria-current": mail === shown ? "true" : undefined },
        h("strong", {}, mail.subject),
        h("span", {}, `${mail.to.join(", ")} · ${timeOf(mail)}`),
      ),
    ),
  );
  if (shown && stage.dataset.mail !== shown.id) {
    stage.dataset.mail = shown.id;
    drawMail(shown);
  }
}

async function refresh(): Promise<void> {
  ({ mails } = await call<{ mails: Mail[] }>("GET", "mail"));
  if (mails.length === 0) delete stage.dataset.mail;
  draw();
}

find("empty", HTMLButtonElement).addEventListener("click", () => run("DELETE", "mail"));
new EventSource("/_simulator/live").addEventListener("message", () => void refresh());
void refresh();
