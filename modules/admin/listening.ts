import { connect } from "node:net";

/** Whether something listens at this address; an answer within half a second counts. */
export async function isListening(address: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(address);
  return await new Promise((done) => {
    const socket = connect({
      host: hostname,
      port: Number(port) || (protocol === "https:" ? 443 : 80),
      timeout: 500,
    });
    const end = (isThere: boolean) => {
      socket.destroy();
      done(isThere);
    };
    socket.once("connect", () => end(true));
    socket.once("timeout", () => end(false));
    socket.once("error", () => end(false));
  });
}
