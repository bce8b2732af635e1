import { expect } from "chai";
import { Queue } from "../../src/ceremony/server/queue.js";
import { Rates } from "../../src/ceremony/server/rates.js";
import { Torch2CircomError } from "../../src/errors/torch2circomError.js";

const LIMITS = { turn: 1000, fetch: 100, poll: 1, most: 4, mostPerAddress: 2 };

describe("the queue of a ceremony", () => {
  let time = 0;
  const make = () => new Queue(LIMITS, () => time);
  const join = (queue: Queue, address: string, more = {}) =>
    queue.join({ address, circuits: ["a", "b"], ...more });
  const stateOf = (queue: Queue, ticket: string): string => {
    try {
      return queue.placeOf(ticket).state;
    } catch (error) {
      return (error as Torch2CircomError).code;
    }
  };
  const codeOf = async (work: () => unknown): Promise<string> => {
    try {
      await work();
    } catch (error) {
      return error instanceof Torch2CircomError ? error.code : String(error);
    }
    return "none";
  };
  const upload = (queue: Queue, ticket: string, circuit: string) =>
    queue.upload(
      ticket,
      circuit,
      async () => circuit,
      async (received) => received,
    );

  it("gives the turn to one after the other, for all circuits", async () => {
    const queue = make();
    const [first, second] = [join(queue, "1"), join(queue, "2")];
    expect(queue.placeOf(first)).to.deep.equal({ state: "turn", circuits: ["a", "b"], seconds: 0.101 });
    expect(queue.placeOf(second)).to.deep.equal({ state: "waiting", before: 1, pollSeconds: 0.001 });
    expect(await codeOf(() => upload(queue, second, "a"))).to.equal("TURN_LOST");
    expect(await upload(queue, first, "b")).to.equal("b");
    expect(await codeOf(() => upload(queue, first, "b"))).to.equal("CEREMONY_INVALID");
    expect(queue.placeOf(first)).to.deep.include({ circuits: ["a"], seconds: 1 });
    await upload(queue, first, "a");
    expect(stateOf(queue, first)).to.equal("done");
    expect(stateOf(queue, second)).to.equal("turn");
  });

  it("takes the place of who does not ask, and the turn of who does not begin or end in time", async () => {
    const queue = make();
    const [slow, silent, patient] = ["1", "2", "3"].map((address) => join(queue, address));
    time += 20;
    stateOf(queue, patient);
    time += 11;
    expect(stateOf(queue, silent)).to.equal("TURN_LOST");
    stateOf(queue, patient);
    time += 30;
    stateOf(queue, patient);
    time += 30;
    stateOf(queue, patient);
    time += 11;
    expect(stateOf(queue, slow)).to.equal("TURN_LOST");
    expect(stateOf(queue, patient)).to.equal("turn");
    queue.fetched(patient);
    time += 999;
    expect(stateOf(queue, patient)).to.equal("turn");
    time += 2;
    expect(stateOf(queue, patient)).to.equal("TURN_LOST");
    expect(queue.length).to.equal(0);
  });

  it("ends an upload with its turn, and waits for a verification", async () => {
    const queue = make();
    const first = join(queue, "1");
    const ended = queue.upload(
      first,
      "a",
      (signal) =>
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))),
      async () => undefined,
    );
    expect(await codeOf(() => upload(queue, first, "a"))).to.equal("BUILD_BUSY");
    time += 2000;
    queue.advance();
    expect(await codeOf(() => ended)).to.contain("Abort");
    const second = join(queue, "2");
    let verified = (): void => undefined;
    const running = queue.upload(
      second,
      "a",
      async () => undefined,
      () => new Promise<void>((resolve) => (verified = resolve)),
    );
    await new Promise(setImmediate);
    time += 5000;
    queue.leave(second);
    expect(stateOf(queue, second)).to.equal("turn");
    verified();
    await running;
    expect(queue.placeOf(second)).to.deep.include({ circuits: ["b"], seconds: 1 });
  });

  it("leaves the turn to who failed, and no upload open", async () => {
    const queue = make();
    const first = join(queue, "1");
    const failing = () =>
      queue.upload(
        first,
        "a",
        async () => undefined,
        async () => Promise.reject(new Error("refused")),
      );
    expect(await codeOf(failing)).to.contain("refused");
    expect(await upload(queue, first, "a")).to.equal("a");
  });

  it("is bounded, for each address too, and has an invitation once", async () => {
    const queue = make();
    join(queue, "1", { invitation: "i" });
    expect(await codeOf(() => join(queue, "2", { invitation: "i" }))).to.equal("INVITATION_INVALID");
    const left = join(queue, "1");
    expect(await codeOf(() => join(queue, "1"))).to.equal("BUILD_BUSY");
    queue.leave(left);
    join(queue, "1");
    join(queue, "2");
    join(queue, "2");
    expect(await codeOf(() => join(queue, "3"))).to.equal("BUILD_BUSY");
  });

  it("has requests of an address in bounds", () => {
    const rates = new Rates(3, 2, () => time);
    const taken = (address: string) => Array.from({ length: 5 }, () => rates.takes(address)).filter(Boolean);
    expect(taken("a")).to.have.length(3);
    expect(taken("b")).to.have.length(3);
    time += 1000;
    expect(taken("a")).to.have.length(2);
  });
});
