import type { JsonRecord } from "./json.ts";

/** Parts of a Graph API error besides message and code. */
export interface GraphErrorOptions {
  subcode?: number;
  status?: number;
  type?: string;
  title?: string;
  userMessage?: string;
  isTransient?: boolean;
  headers?: Record<string, string>;
}

/** An error in the shape of the Graph API: thrown by any edge, answered by the router. */
export class GraphError extends Error {
  readonly code: number;
  readonly options: GraphErrorOptions;

  constructor(code: number, message: string, options: GraphErrorOptions = {}) {
    super(message);
    this.name = "GraphError";
    this.code = code;
    this.options = options;
  }

  /** The JSON body, as platform.md section 5 shows it. */
  body(traceId: string): JsonRecord {
    const { subcode, type, title, userMessage, isTransient } = this.options;
    const error: JsonRecord = { message: this.message, type: type ?? "OAuthException", code: this.code };
    if (subcode !== undefined) error.error_subcode = subcode;
    if (isTransient !== undefined) error.is_transient = isTransient;
    if (title !== undefined) error.error_user_title = title;
    if (userMessage !== undefined) error.error_user_msg = userMessage;
    error.fbtrace_id = traceId;
    return { error };
  }
}

/** Code 100: a parameter is wrong. Meta puts the code in front of the text. */
export function invalidParameter(message: string, subcode?: number): GraphError {
  return new GraphError(100, `(#100) ${message}`, { subcode });
}

/** Code 100/33: the object does not exist, or the token may not see it. */
export function unknownObject(id: string, method: string): GraphError {
  const verb = method.toLowerCase();
  return new GraphError(
    100,
    `Unsupported ${verb} request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation`,
    { subcode: 33, type: "GraphMethodException" },
  );
}

/** Code 100/2018001: the PSID is unknown, or belongs to another page. */
export function noMatchingUser(): GraphError {
  return invalidParameter("No matching user found", 2018001);
}

/** Code 10/2018278: the person's messaging window is closed. */
export function outsideWindow(): GraphError {
  return new GraphError(
    10,
    "(#10) This message is sent outside of allowed window. Learn more about the new policy here: https://developers.facebook.com/docs/messenger-platform/policy-overview",
    { subcode: 2018278, isTransient: false },
  );
}

/** Code 551/1545041: the person blocked the page, or can't be reached. */
export function personUnavailable(): GraphError {
  return new GraphError(551, "(#551) This person isn't available right now.", { subcode: 1545041 });
}

/** Code 10/1893063: Meta restricted the page from sending. */
export function pageRestricted(): GraphError {
  return new GraphError(10, "(#10) The page is temporarily restricted from sending messages.", {
    subcode: 1893063,
  });
}

/** Code 10/2018300: another app controls the thread. On Instagram the same is 100/2534037. */
export function notThreadOwner(): GraphError {
  return new GraphError(
    10,
    "(#10) Message failed to send because another app is controlling this thread now.",
    {
      subcode: 2018300,
    },
  );
}

/** Code 27/2018464: a thread is taken only where conversation routing is on. */
export function routingNotEnabled(): GraphError {
  return new GraphError(27, "(#27) Taking thread control isn't supported when routing is not enabled.", {
    subcode: 2018464,
  });
}

/** The app's "take control" switch is off. Meta's documents give no code for it. */
export function cannotTakeControl(): GraphError {
  return new GraphError(10, "(#10) Application does not have permission to take thread control.");
}

/** Code 100/2018151: only the owner passes a thread. */
export function notOwnerOfThread(): GraphError {
  return invalidParameter("The caller is not the owner of this thread", 2018151);
}

/** Code 200: the token lacks a permission. */
export function missingPermission(permission: string): GraphError {
  return new GraphError(200, `(#200) Requires ${permission} permission to manage the object`, {
    status: 403,
  });
}

/** Code 200: `subscribed_apps` takes no field when one lacks its permission. */
export function fieldsWithoutPermission(
  fields: readonly { name: string; permissions: string[] }[],
): GraphError {
  const each = fields.map(
    ({ name, permissions }) =>
      `To subscribe to the ${name} field, one of these permissions is needed: ${permissions.join(", ")}`,
  );
  return new GraphError(200, `(#200) ${each.join(". ")}`, { status: 403 });
}

/** Code 200: the person's role on the page does not reach. */
export function missingTask(): GraphError {
  return new GraphError(
    200,
    "(#200) User does not have sufficient administrative permission for this action on this page. If the page business requires Two Factor Authentication, the user also needs to enable Two Factor Authentication.",
    { status: 403 },
  );
}

/** Code 3: the app's type or use cases do not include the call. */
export function missingCapability(): GraphError {
  return new GraphError(3, "(#3) Application does not have the capability to make this API call.", {});
}

/** Code 200/2018028: without Advanced Access only people with a role on the app can be written to. */
export function noRoleOnApp(): GraphError {
  return new GraphError(
    200,
    "(#200) Cannot message users who are not admins, developers or testers of the app until pages_messaging permission is reviewed and the app is live.",
    { subcode: 2018028, status: 403 },
  );
}

/** Code 190 with its subcode: the token is dead. The texts are Meta's. */
export function deadToken(subcode?: number): GraphError {
  const reasons: Record<number, string> = {
    458: "The user has not authorized the application.",
    459: "The session has been invalidated because the user must log in to www.facebook.com.",
    460: "The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons.",
    463: "Session has expired.",
    467: "The access token is invalid since the user has logged out.",
    492: "The session is invalid because the user has lost their role on the page.",
  };
  if (subcode === undefined) {
    return new GraphError(
      190,
      "Any of the pages_read_engagement, pages_manage_metadata, pages_read_user_content, pages_manage_ads, pages_show_list or pages_messaging permission(s) must be granted before impersonating a user's page.",
      { status: 400 },
    );
  }
  return new GraphError(
    190,
    `Error validating access token: ${reasons[subcode] ?? "The session is invalid."}`,
    {
      subcode,
      status: subcode === 463 ? 401 : 400,
    },
  );
}

/** Code 190 without a subcode: the text is no token at all. */
export function malformedToken(): GraphError {
  return new GraphError(190, "Invalid OAuth access token - Cannot parse access token", { status: 401 });
}
