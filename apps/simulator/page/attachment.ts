import { get, list, type Part, text } from "./api.ts";
import { type Child, h } from "./dom.ts";

/** Actions on a shown message. */
export interface Taps {
  postback(title: string, payload: string): void;
  /** Rates the chat in a feedback template. */
  rate(): void;
  /** Agrees to more messages in an opt-in template. */
  optIn(payload: string, title: string): void;
}

/** Draws one attachment: media, sticker, template, or a plain card if it has no picture. */
export function drawAttachment(attachment: Part, taps: Taps): Child {
  const payload = get(attachment, "payload");
  const type = text(attachment, "type");
  const url = text(payload, "url");
  switch (type) {
    case "image":
      return h("img", { class: "media", src: url, alt: "Picture", loading: "lazy" });
    case "sticker":
      return text(payload, "sticker_id").startsWith("369239")
        ? h("span", { class: "thumb", role: "img", "aria-label": "Thumbs up" }, "👍")
        : h("img", { class: "sticker", src: url, alt: "Sticker" });
    case "video":
      return h("video", { class: "media", src: url, controls: true, "aria-label": "Video" });
    case "audio":
      return h("audio", { src: url, controls: true, "aria-label": "Voice message" });
    case "file":
      return h("a", { class: "file", href: url, target: "_blank", rel: "noreferrer" }, `📄 ${fileName(url)}`);
    case "template":
      return drawTemplate(payload, taps);
    case "location": {
      const place = get(payload, "coordinates");
      return h("span", { class: "file" }, `📍 ${text(place, "lat")}, ${text(place, "long")}`);
    }
    default:
      return h(
        "span",
        { class: "file" },
        text(payload, "title") || text(attachment, "title") || type || "Attachment",
      );
  }
}

function fileName(url: string): string {
  return decodeURIComponent(url.split("?")[0]?.split("/").pop() ?? "") || "File";
}

function drawTemplate(payload: Part, taps: Taps): Child {
  switch (text(payload, "template_type")) {
    case "generic":
    case "product":
    case "image_grid":
      return h(
        "div",
        { class: "cards" },
        ...list(payload, "elements").map((element) => drawCard(element, taps)),
      );
    case "media":
      return h(
        "div",
        { class: "cards" },
        ...list(payload, "elements").map((element) => drawCard({ ...element, image_url: element.url }, taps)),
      );
    case "receipt":
      return drawReceipt(payload);
    case "coupon":
      return drawCoupon(payload, taps);
    case "customer_feedback":
      return withButton(payload, text(payload, "button_title") || "Rate", () => taps.rate(), taps);
    case "one_time_notif_req":
    case "notification_messages":
      return withButton(
        payload,
        "Get updates",
        () => taps.optIn(text(payload, "payload"), text(payload, "title")),
        taps,
      );
    default:
      return drawCard(
        { title: text(payload, "text") || text(payload, "title"), buttons: payload.buttons },
        taps,
      );
  }
}

/** A card with picture, title, subtitle and up to three buttons. */
export function drawCard(element: Part, taps: Taps): HTMLElement {
  const picture = text(element, "image_url");
  return h(
    "div",
    { class: "card" },
    picture !== "" && h("img", { src: proxied(picture), alt: "", loading: "lazy" }),
    text(element, "title") !== "" && h("strong", {}, text(element, "title")),
    text(element, "subtitle") !== "" && h("span", { class: "quiet" }, text(element, "subtitle")),
    ...list(element, "buttons").map((part) => drawButton(part, taps)),
  );
}

/** A card of a template that has one fixed button of Messenger's own. */
function withButton(payload: Part, name: string, onclick: () => void, taps: Taps): HTMLElement {
  const card = drawCard({ title: text(payload, "title"), subtitle: text(payload, "subtitle") }, taps);
  card.append(h("button", { class: "tap", type: "button", onclick }, name));
  return card;
}

/** Pictures from elsewhere come through the simulator, as they come through Meta's own cache. */
function proxied(url: string): string {
  return url.startsWith(location.origin) ? url : `/_simulator/image?url=${encodeURIComponent(url)}`;
}

function drawButton(part: Part, taps: Taps): HTMLElement {
  const title = text(part, "title");
  switch (text(part, "type")) {
    case "web_url":
      return h(
        "a",
        { class: "tap", href: text(part, "url"), target: "_blank", rel: "noreferrer noopener" },
        title,
      );
    case "phone_number":
      return h("a", { class: "tap", href: `tel:${text(part, "payload")}` }, title);
    case "account_link":
      return h(
        "a",
        { class: "tap", href: text(part, "url"), target: "_blank", rel: "noreferrer noopener" },
        "Log in",
      );
    default:
      return h(
        "button",
        { class: "tap", type: "button", onclick: () => taps.postback(title, text(part, "payload")) },
        title === "" ? "Log out" : title,
      );
  }
}

function drawReceipt(payload: Part): HTMLElement {
  const currency = text(payload, "currency");
  const lines = list(payload, "elements").map((element) =>
    h(
      "span",
      { class: "line" },
      `${text(element, "quantity") || "1"} × ${text(element, "title")}`,
      h("b", {}, `${text(element, "price")} ${currency}`),
    ),
  );
  const total = `${text(get(payload, "summary"), "total_cost")} ${currency}`;
  return h(
    "div",
    { class: "card" },
    h("strong", {}, `Receipt ${text(payload, "order_number")}`),
    ...lines,
    h("span", { class: "line" }, "Total", h("b", {}, total)),
  );
}

function drawCoupon(payload: Part, taps: Taps): HTMLElement {
  const code = text(payload, "coupon_code");
  const buttons: Part[] = [{ type: "postback", title: "Get code", payload: text(payload, "payload") }];
  if (text(payload, "coupon_url") !== "") {
    buttons.push({
      type: "web_url",
      url: text(payload, "coupon_url"),
      title: text(payload, "coupon_url_button_title") || "Shop",
    });
  }
  const subtitle = [text(payload, "subtitle"), code].filter((part) => part !== "").join(" · ");
  return drawCard({ title: text(payload, "title"), subtitle, buttons }, taps);
}
