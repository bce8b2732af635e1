/** An answer that is asked for at most so often, and never twice at once. */
export class Recent<Answer> {
  private known?: { readonly answer: Answer; readonly at: number };
  private asking?: Promise<Answer>;

  /**
   * @param ask for the answer
   * @param fresh milliseconds for which an answer is given again
   * @param old milliseconds after which it is nobody's last word any more
   */
  constructor(
    private readonly ask: () => Promise<Answer>,
    private readonly fresh: number,
    private readonly old = fresh,
  ) {}

  /** The answer; an error of the question is the caller's. */
  read(): Promise<Answer> {
    const recent = this.youngerThan(this.fresh);
    if (recent !== undefined) return Promise.resolve(recent.answer);
    this.asking ??= this.ask()
      .then((answer) => {
        this.known = { answer, at: performance.now() };
        return answer;
      })
      .finally(() => (this.asking = undefined));
    return this.asking;
  }

  /** What was answered last, unless that is long ago. */
  get last(): Answer | undefined {
    return this.youngerThan(this.old)?.answer;
  }

  private youngerThan(age: number) {
    return this.known !== undefined && performance.now() - this.known.at < age ? this.known : undefined;
  }
}

/** @returns undefined for an answer that fails, or is not there in so many milliseconds: nobody waits for it any more */
export async function answeredWithin<Answer>(
  time: number,
  answer: Promise<Answer>,
): Promise<Answer | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), time);
  });
  try {
    return await Promise.race([answer.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}
