import { connect, createServer, type Socket } from "node:net";

/** A way to a server on this machine that can be cut, with every connection over it, and mended. */
export interface BreakableLink {
  port: number;
  cut(): Promise<void>;
  mend(): Promise<void>;
}

export async function openLink(target: { host: string; port: number }): Promise<BreakableLink> {
  const sockets = new Set<Socket>();
  const server = createServer((from) => {
    const to = connect(target);
    for (const socket of [from, to]) {
      sockets.add(socket);
      // The other end hears of it by its own close.
      socket.on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
        from.destroy();
        to.destroy();
      });
    }
    from.pipe(to).pipe(from);
  });
  const listen = (port: number) =>
    new Promise<void>((done, fail) => {
      server.once("error", fail);
      server.listen(port, "127.0.0.1", done);
    });
  await listen(0);
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  return {
    port,
    async cut() {
      const closed = new Promise<void>((done) => server.close(() => done()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    mend: () => listen(port),
  };
}
