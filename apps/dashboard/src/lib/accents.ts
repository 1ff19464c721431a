/** The closed list of workspace accents, as the server accepts them; app.css holds the colour of each. */
export const ACCENTS = ["blue", "indigo", "violet", "rose", "orange", "green", "teal", "slate"] as const;

export const DEFAULT_ACCENT: string = "blue";
