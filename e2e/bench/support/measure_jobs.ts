import { openDatabase } from "#db";
import { postgresCpuMs } from "./postgres_cpu.ts";

const rounds = 3;

/** From the moment at which all jobs wait until all are done. */
export interface Contender {
  name: string;
  fill(): Promise<void>;
  work(): Promise<void>;
}

/** Writes the best of three rounds of `count` jobs, with the processor time of this process and of Postgres. */
export async function measureJobs(
  url: string,
  count: number,
  { name, fill, work }: Contender,
): Promise<void> {
  const { sql, close } = openDatabase(url, { max: 1 });
  let perSecond = 0;
  let processUs = Number.POSITIVE_INFINITY;
  let postgresUs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    await fill();
    await sql`checkpoint`;
    const postgresBefore = (await postgresCpuMs(sql)) ?? Number.NaN;
    const before = process.cpuUsage();
    const startedAt = performance.now();
    await work();
    const seconds = (performance.now() - startedAt) / 1000;
    const used = process.cpuUsage(before);
    perSecond = Math.max(perSecond, count / seconds);
    processUs = Math.min(processUs, (used.user + used.system) / count);
    // Connections that were closed just now are counted when Postgres has seen their end.
    await Bun.sleep(300);
    const postgresAfter = (await postgresCpuMs(sql)) ?? Number.NaN;
    postgresUs = Math.min(postgresUs, ((postgresAfter - postgresBefore) * 1000) / count);
  }
  process.stdout.write(
    `${name.padEnd(18)}${Math.round(perSecond).toString().padStart(8)} a second   process ${Math.round(processUs)} µs   Postgres ${Math.round(postgresUs)} µs\n`,
  );
  await close();
}
