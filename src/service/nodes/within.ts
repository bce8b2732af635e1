/** An answer that did not come in time. */
export class TooLate extends Error {
  override readonly name = "TooLate";
  readonly code = "ETIMEDOUT";
}

/**
 * Waits for an answer as long as it may take. What is late goes on, and is not listened to.
 *
 * @param time milliseconds
 * @param work asks
 * @throws TooLate where there is none in time
 */
export async function within<Answer>(time: number, work: () => Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooLate(`no answer within ${time} ms`)), time);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
