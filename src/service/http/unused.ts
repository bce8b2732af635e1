import type { Server } from "node:http";
import type { Socket } from "node:net";

/**
 * Follows the connections on which nothing was asked yet. Browsers and Node open some ahead, and a server that ends would wait for
 * them for a minute.
 *
 * @returns what ends these
 */
export function unusedConnections(server: Server): () => void {
  const unused = new Set<Socket>();
  server.on("connection", (socket) => {
    unused.add(socket);
    socket.once("close", () => unused.delete(socket));
  });
  server.on("request", ({ socket }) => unused.delete(socket));
  return () => {
    for (const socket of unused) socket.destroy();
  };
}
