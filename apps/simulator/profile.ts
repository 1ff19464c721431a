import { GraphError, invalidParameter, unknownObject } from "./graph_error.ts";
import { type GraphAnswer, type GraphRequest, readFieldNames } from "./graph_request.ts";
import type { JsonRecord } from "./json.ts";
import { portraitUrl } from "./pictures.ts";
import type { Sim } from "./sim.ts";
import type { Person } from "./state.ts";

const known = ["id", "first_name", "last_name", "name", "profile_pic", "locale", "timezone", "gender"];

/** `GET /{psid}`: the User Profile API, with each way in which Meta refuses it. */
export function readProfile(sim: Sim, person: Person, request: GraphRequest): GraphAnswer {
  if (person.profile === "none") throw invalidParameter("No profile available for this user.", 2018218);
  if (person.profile === "no_permission") {
    throw new GraphError(100, "(#100) Insufficient permission to access user profile.", { subcode: 2018247 });
  }
  // Readable only after the person has written, and at times a little later still.
  if (person.lastActionAt === null || Date.now() < person.profileFrom)
    throw unknownObject(person.psid, "GET");
  const names = readFieldNames(request.fields, ["first_name", "last_name", "profile_pic"]);
  const body: JsonRecord = {};
  for (const name of names.keys()) {
    if (!known.includes(name))
      throw invalidParameter(`Tried accessing nonexisting field (${name}) on node type (User)`);
    const value = profileField(sim, person, name);
    if (value !== undefined) body[name] = value;
  }
  body.id = person.psid;
  return { body };
}

function profileField(sim: Sim, person: Person, name: string): string | number | undefined {
  const fullName = `${person.firstName} ${person.lastName}`.trim();
  if (name === "name") return fullName;
  if (person.profile === "name_only") return undefined;
  switch (name) {
    case "first_name":
      return person.firstName;
    case "last_name":
      return person.lastName;
    case "profile_pic":
      return portraitUrl(sim, person.psid);
    case "locale":
      return person.locale;
    case "timezone":
      return person.timezone;
    default:
      return undefined;
  }
}
