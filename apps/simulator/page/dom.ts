/** Attributes and listeners of an element; `on…` takes a function, booleans set or leave out an attribute. */
export interface Attributes {
  [name: string]: string | number | boolean | undefined | ((event: Event) => void);
}

/** Content of an element; null and false render nothing. */
export type Child = Node | string | null | false | undefined;

/** Makes an element. Text is always text: nothing is parsed as HTML. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
}

/** A button with a name for screen readers; `face` is the visible text if it differs. */
export function button(
  name: string,
  onclick: () => void,
  options: { face?: Child; class?: string; pressed?: boolean } = {},
): HTMLButtonElement {
  const attributes: Attributes = { type: "button", class: options.class, onclick };
  if (options.face !== undefined) {
    attributes["aria-label"] = name;
    attributes.title = name;
  }
  if (options.pressed !== undefined) attributes["aria-pressed"] = options.pressed ? "true" : "false";
  return h("button", attributes, options.face ?? name);
}

const svgSpace = "http://www.w3.org/2000/svg";

/** A line icon of 24 units, drawn in the colour of the text. */
export function icon(path: string): SVGElement {
  const svg = document.createElementNS(svgSpace, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  const line = document.createElementNS(svgSpace, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/** The paths of the icons in use. */
export const icons = {
  send: "M4 12 20 4l-4 16-4-7z",
  attach: "M12 5v14M5 12h14",
  like: "M7 11v9H4v-9zm0 0 4-8c2 0 3 1 2.600 3L13 9h5c1.600 0 2.400 1.200 2 2.600l-1.600 6C18.200 19 17.200 20 15.800 20H7",
  menu: "M4 7h16M4 12h16M4 17h16",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  close: "M6 6l12 12M18 6 6 18",
};

/** The element with the id; the page's own HTML has it. */
export function find<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`Cannot start the page: #${id} is missing from index.html`);
  return element;
}
