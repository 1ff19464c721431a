import { startSimulator, type SimulatorOptions } from "./simulator.ts";

if (process.env.NODE_ENV === "production") {
  process.stderr.write(
    "The simulator plays Meta for development and tests: it does not start with NODE_ENV=production.\n",
  );
  process.exit(1);
}

/** An environment variable that is set and not empty. */
function setting(name: string): string | undefined {
  const value = process.env[name];
  return value === "" ? undefined : value;
}

const port = Number(setting("SIMULATOR_PORT") ?? 4001);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  process.stderr.write(
    `Cannot start the simulator: SIMULATOR_PORT is "${process.env.SIMULATOR_PORT}". Give a port number\n`,
  );
  process.exit(1);
}

const mailPort = Number(setting("SIMULATOR_MAIL_PORT") ?? 4002);
if (!Number.isInteger(mailPort) || mailPort < 0 || mailPort > 65_535) {
  process.stderr.write(
    `Cannot start the simulator: SIMULATOR_MAIL_PORT is "${process.env.SIMULATOR_MAIL_PORT}". Give a port number\n`,
  );
  process.exit(1);
}

const options: SimulatorOptions = { port, mailPort };
const given: [
  keyof SimulatorOptions & ("host" | "stateFile" | "webhookUrl" | "appId" | "appSecret" | "verifyToken"),
  string,
][] = [
  ["host", "SIMULATOR_HOST"],
  ["stateFile", "SIMULATOR_STATE"],
  ["webhookUrl", "SIMULATOR_WEBHOOK_URL"],
  ["appId", "FACEBOOK_APP_ID"],
  ["appSecret", "FACEBOOK_APP_SECRET"],
  ["verifyToken", "FACEBOOK_WEBHOOK_VERIFY_TOKEN"],
];
for (const [key, name] of given) {
  const value = setting(name);
  if (value !== undefined) options[key] = value;
}

const simulator = await startSimulator(options);
process.stdout.write(
  `Simulated Meta is ready on ${simulator.url}: open it for the phones, use it as the Graph API's base URL\n`,
);

let isStopping = false;
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    if (isStopping) return;
    isStopping = true;
    void simulator.stop().then(() => process.exit(0));
  });
}
