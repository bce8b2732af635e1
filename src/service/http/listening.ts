import { Torch2CircomError } from "../../errors/torch2circomError.js";

/** Where a service listens. */
export interface Place {
  /** Address. @default 127.0.0.1 */
  readonly host?: string;
  /** 0 for any. @default 8018 */
  readonly port?: number;
}

/**
 * Lets a server listen, and explains why it cannot.
 *
 * @throws Torch2CircomError where the port is taken, or the address is not this machine's
 */
export async function listening<Result>(
  { host = "127.0.0.1", port = 8018 }: Place,
  listen: (place: Required<Place>) => Promise<Result>,
): Promise<Result> {
  try {
    return await listen({ host, port });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Torch2CircomError(
      "NETWORK_UNREACHABLE",
      code === "EADDRINUSE"
        ? `Port ${port} of ${host} is taken`
        : `The service cannot listen at ${host}, port ${port}: ${message}`,
      "Choose another with --port, or end the program that has it.",
      error as Error,
    );
  }
}
