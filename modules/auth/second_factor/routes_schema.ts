import { t } from "elysia";
import { IsoTime, named, Nullable, oneOf, Uuid } from "#std";

const Base64 = (maxLength: number) => t.String({ maxLength, description: "base64url" });

const shared = {
  id: Base64(1_400),
  rawId: Base64(1_400),
  type: t.Literal("public-key"),
  authenticatorAttachment: t.Optional(oneOf(["platform", "cross-platform"])),
  clientExtensionResults: t.Object({}, { description: "Not used" }),
};

/** The answer of `navigator.credentials.create`, as JSON. */
export const NewCredential = named("NewPasskeyCredential", {
  ...shared,
  response: t.Object({
    clientDataJSON: Base64(4_000),
    attestationObject: Base64(20_000),
    transports: t.Optional(t.Array(t.String({ maxLength: 40 }), { maxItems: 10 })),
  }),
});

/** The answer of `navigator.credentials.get`, as JSON. */
export const UsedCredential = named("UsedPasskeyCredential", {
  ...shared,
  response: t.Object({
    clientDataJSON: Base64(4_000),
    authenticatorData: Base64(4_000),
    signature: Base64(2_000),
    userHandle: t.Optional(Base64(200)),
  }),
});

const Descriptor = t.Object({
  id: t.String(),
  type: t.Literal("public-key"),
  transports: t.Optional(t.Array(t.String())),
});

/** For `navigator.credentials.create`, as JSON. */
export const CreationOptions = named("PasskeyCreationOptions", {
  rp: t.Object({ name: t.String(), id: t.Optional(t.String()) }),
  user: t.Object({ id: t.String(), name: t.String(), displayName: t.String() }),
  challenge: t.String(),
  pubKeyCredParams: t.Array(t.Object({ alg: t.Integer(), type: t.Literal("public-key") })),
  timeout: t.Optional(t.Integer({ description: "Milliseconds" })),
  excludeCredentials: t.Optional(t.Array(Descriptor)),
  authenticatorSelection: t.Optional(
    t.Object({
      residentKey: t.Optional(oneOf(["discouraged", "preferred", "required"])),
      requireResidentKey: t.Optional(t.Boolean()),
      userVerification: t.Optional(oneOf(["discouraged", "preferred", "required"])),
    }),
  ),
  attestation: t.Optional(t.Literal("none")),
});

/** For `navigator.credentials.get`, as JSON. */
export const RequestOptions = named("PasskeyRequestOptions", {
  rpId: t.Optional(t.String()),
  challenge: t.String(),
  timeout: t.Optional(t.Integer({ description: "Milliseconds" })),
  allowCredentials: t.Optional(t.Array(Descriptor)),
  userVerification: t.Optional(oneOf(["discouraged", "preferred", "required"])),
});

export const Challenge = t.String({
  maxLength: 200,
  description: "Of the answer of `logIn`; five minutes, works once",
});

export const Code = t.String({
  minLength: 6,
  maxLength: 40,
  description: "6 digits of the authenticator app, or a recovery code",
  examples: ["123456"],
});

export const SecondStep = named("SecondStep", {
  challenge: t.String(),
  expiresAt: IsoTime,
  methods: t.Array(oneOf(["code", "passkey", "recovery-code"])),
});

export const Passkey = named("Passkey", {
  id: Uuid,
  name: t.String(),
  createdAt: IsoTime,
  lastUsedAt: Nullable(IsoTime),
});

export const RecoveryCodes = t.Array(t.String(), { description: "Ten codes that work once; shown only now" });

export const SecondFactor = named("SecondFactor", {
  hasTotp: t.Boolean({ description: "An authenticator app" }),
  passkeys: t.Array(Passkey),
  recoveryCodesLeft: t.Integer(),
  isRequired: t.Boolean({ description: "The installation requires a second factor" }),
  devices: t.Array(
    named("RememberedDevice", {
      id: Uuid,
      browser: Nullable(t.String()),
      system: Nullable(t.String()),
      address: t.String({ description: "The IP address when it was remembered" }),
      createdAt: IsoTime,
      lastUsedAt: IsoTime,
      expiresAt: IsoTime,
      isCurrent: t.Boolean(),
    }),
    { description: "Browsers that need no second factor for 30 days; at most 20" },
  ),
});
