/** A control as a screen reader names it. */
export interface Control {
  role: "button" | "link" | "textbox" | "combobox" | "dialog" | "menuitemradio" | "option" | "list" | "log";
  /** The name, or a part of it. */
  name: string;
  /** Counts from the first, or with -1 from the last. */
  at?: number;
}

/** The visible control in the page. It runs there, so it uses nothing from outside. */
export function findControl({ role, name, at = 0 }: Control): HTMLElement | null {
  const selectors = {
    button: "button, [role=button]",
    link: "a[href]",
    textbox: "input:not([type=checkbox], [type=radio], [type=hidden], [role]), textarea, [role=textbox]",
    combobox: "select, [role=combobox]",
    dialog: "dialog[open], [role=dialog]",
    menuitemradio: "[role=menuitemradio]",
    option: "[role=option]",
    list: "ul, ol, [role=list]",
    log: "[role=log]",
  };
  const textOf = (element: Element | null): string =>
    (element?.textContent ?? "").replace(/\s+/g, " ").trim();
  const nameOf = (element: HTMLElement): string => {
    const labelled = element.getAttribute("aria-labelledby");
    if (labelled)
      return labelled
        .split(" ")
        .map((id) => textOf(document.getElementById(id)))
        .join(" ");
    const label = element.getAttribute("aria-label");
    if (label) return label;
    const { labels } = element as Partial<HTMLInputElement>;
    if (labels?.length) return [...labels].map(textOf).join(" ");
    return textOf(element);
  };
  const named = [...document.querySelectorAll<HTMLElement>(selectors[role])].filter(
    (element) => element.checkVisibility({ visibilityProperty: true }) && nameOf(element).includes(name),
  );
  const exact = named.filter((element) => nameOf(element) === name);
  return (exact.length > 0 ? exact : named).at(at) ?? null;
}
