// The content of a deployment, for comparing before and after.
import { containersOf, project, query, run, url } from "./engine.ts";

/** Each table with the number of its rows; jobs come and go by themselves. */
export function portrait(): string[] {
  const tables = query(
    "select schemaname || '.' || tablename from pg_tables where schemaname in ('auth', 'messaging', 'webhooks') order by 1",
  );
  const counts = tables.map(([name = ""]) => `select '${name}', count(*) from ${name}`);
  return query(`${counts.join(" union all ")} order by 1`).map((row) => row.join(" "));
}

export function conversationOf(conversation: string): string {
  return `select id, direction, mid, md5(text), sent_at from messaging.messages
    where conversation_id = '${conversation.split("/").at(-1)}' order by id`;
}

/** Each file in the volume of an api process, with its content. */
export function filesOfContacts(): string[] {
  const [api = ""] = containersOf("api");
  const list = "cd /data/files && find . -type f -exec sha256sum {} + | sort";
  return run("docker", ["exec", api, "sh", "-c", list]).split("\n").filter(Boolean);
}

export function memory(): string {
  const lines = run("docker", ["stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}"]).split("\n");
  const ours = lines.filter((line) => line.startsWith(project) && !line.startsWith(`${project}_meta`));
  return ours
    .map((line) => line.slice(project.length + 1).replace(/ \/.*/, ""))
    .toSorted()
    .join(", ");
}

/** The processes of nginx that answer; each reload makes others. */
export function nginxWorkers(): string {
  const [nginx = ""] = containersOf("nginx");
  const lines = run("docker", ["top", nginx, "-o", "pid,args"]).split("\n");
  return lines
    .filter((line) => line.includes("worker process"))
    .map((line) => line.trim().split(" ")[0])
    .join(" ");
}

/** The certificate that nginx presents. */
export function servedCertificate(): string {
  const shown = 'openssl s_client -connect "$0" < /dev/null 2> /dev/null | openssl x509 -noout -fingerprint';
  return run("sh", ["-c", shown, new URL(url).host], { mayFail: true });
}
