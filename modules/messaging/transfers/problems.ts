import { defineProblems, defineSentences, defineTerms, defineThings } from "#std";

defineThings(["transfer"]);

const again = "Upload the file again";

defineTerms("transfer-cause", {
  slow: "the database took too long, several times",
  disk: "the disk is full",
  other: "an error of this installation came again and again; see System health",
});

const remedies = {
  bulk: "Changes so far stay: repeat it for the others, or undo it",
  import: "Changes so far stay: import the file again for the rest, or undo it",
  export: "Export again, or fewer people at once",
  segment: "No segment was created: upload the file again",
  undo: "Part of it is undone: undo it again, and it continues where it stopped",
} as const;

defineTerms("transfer-remedy", remedies);

/** Advice after a failed transfer. */
export type TransferRemedy = keyof typeof remedies;

/** The target of a column. */
defineTerms("import-target", {
  psid: "PSID",
  firstName: "first name",
  lastName: "last name",
  name: "name",
  locale: "locale",
  timezone: "time zone",
  subscribed: "subscribed",
  tags: "tags",
});

/** Mistakes of a file's line, and why a transfer ended early. */
export const say = defineSentences({
  "transfer-given-up": "Cannot finish: {cause@transfer-cause}. {remedy@transfer-remedy}",
  "transfer-file-gone": "Cannot finish: the file is no longer stored. Upload it again",
  "line-psid-missing": "The PSID is missing",
  "line-psid-shortened": "A spreadsheet shortened the PSID: format its column as text before you save",
  "line-psid-invalid": "The PSID must be a number of 5 to 32 digits",
  "line-psid-repeated": "The PSID {psid} is already in line {line}",
  "line-psid-unknown": "No contact has the PSID {psid}",
  "line-locale-invalid": "The locale must have the form en_US",
  "line-timezone-invalid": "The time zone is unknown: use one such as Europe/Berlin",
  "line-subscribed-invalid": '"Subscribed" must be yes or no',
  "line-name-too-long": "The name has more than {most} characters",
  "line-tag-unknown": 'The tag "{tag}" does not exist: create it first',
});

export const problem = defineProblems({
  "assignee-unknown": [
    422,
    "Cannot assign to this person: they are not a member of the workspace",
    "Choose a member",
  ],
  "mapping-column-missing": [
    422,
    'Cannot import with this mapping: the file has no column "{column}"',
    "Change the mapping",
  ],
  "mapping-target-twice": [
    422,
    'Cannot import with this mapping: two columns go to "{target@import-target}"',
    "Change the mapping",
  ],
  "mapping-invalid": [
    422,
    "Cannot import with this mapping: no column goes to the PSID, which identifies each contact",
    "Change the mapping",
  ],
  "mapping-field-unknown": [
    422,
    'Cannot import with this mapping: this workspace has no custom field "{key}"',
    "Change the mapping",
  ],
  "psid-column-missing": [
    422,
    'Cannot find people by this file: it has no column "{column}"',
    "Choose the column of the PSIDs",
  ],
  "not-undoable": [
    409,
    "Cannot undo this: only imports and bulk actions of the last {days} days that changed contacts can be undone, and no deletions",
  ],
  "transfer-outdated": [
    409,
    "Cannot continue: another version of MessageSender started this",
    "Start it again",
  ],
  "file-in-form": [
    415,
    "Cannot import a file inside a form",
    "Send the CSV itself as the body, with Content-Type: text/csv",
  ],
  "not-csv": [422, "Cannot import this file: it is a spreadsheet", "Save it as CSV first"],
  "not-utf8": [422, "Cannot import this file: its text is UTF-16", "Save it as CSV in UTF-8 first"],
  "file-too-large": [413, "Cannot import this file: it has more than 500 MB", "Split it"],
  "file-empty": [422, "Cannot import this file: it is empty", "Choose another file"],
  "file-without-lines": [
    422,
    "Cannot import this file: it needs a line of column names and lines below it",
    "Add them, and upload the file again",
  ],
  "too-many-columns": [422, "Cannot import this file: it has more than {most} columns", "Remove some"],
  "import-gone": [409, "Cannot continue this import: its file is no longer stored", again],
  "import-tag-unknown": [422, "Cannot add this tag: it no longer exists", "Choose another tag"],
  "import-started": [409, "Cannot start this import: it is running or done, or its page is gone", again],
  "file-used": [409, "Cannot create a segment from this file: work on it is running or done", again],
});
