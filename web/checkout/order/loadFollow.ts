/** Milliseconds for what verifies to arrive. */
const TIMEOUT = 30_000;

/** Loads what verifies proofs. @throws Error where it does not arrive */
export async function loadFollow(): Promise<typeof import("./follow.js")> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(
      () => fail(new Error("The part of this page that verifies does not arrive.")),
      TIMEOUT,
    );
  });
  return Promise.race([import("./follow.js"), late]).finally(() => clearTimeout(timer));
}
