import type { SolidityHooks } from "hardhat/types/hooks";

/** solc's code of the warning about transient storage, which it gives once, at the first use. */
const TRANSIENT_STORAGE = "2394";

/** OpenZeppelin's files. Its guard against reentrancy clears its slot when a call ends, as the warning asks. */
const OPEN_ZEPPELIN = /(^|\/)@openzeppelin\/contracts[@/]/;

/**
 * Leaves the warning about transient storage out where it is about OpenZeppelin's guard, which the escrow uses: nobody
 * who imports the escrow can act on it. A project with transient storage of its own keeps the warning.
 */
export default async (): Promise<Partial<SolidityHooks>> => ({
  getCompilationJobErrors: async (context, job, output, next) => {
    const errors = await next(context, job, output);
    if (!errors.some(({ errorCode }) => errorCode === TRANSIENT_STORAGE)) return errors;
    const { sources } = await job.getSolcInput();
    const isOwn = Object.entries(sources).some(
      ([name, { content }]) =>
        !OPEN_ZEPPELIN.test(name) && /\b(tstore|transient)\b/.test(withoutComments(content)),
    );
    return isOwn ? errors : errors.filter(({ errorCode }) => errorCode !== TRANSIENT_STORAGE);
  },
});

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, "");
}
