import { expect } from "chai";
import { walletOn } from "../../web/parts/wallet/walletOn.js";

describe("the wallet whose node is asked", () => {
  it("is the first that is on the chain, whatever is installed beside it", async () => {
    const [main, silent, test, other] = [
      { chainId: async () => 1n },
      { chainId: () => Promise.reject<bigint>(new Error("it is locked")) },
      { chainId: async () => 31337n },
      { chainId: async () => 31337n },
    ];
    expect(await walletOn([main, silent, test, other], 31337n)).to.equal(test);
    expect(await walletOn([other, main, silent, test, other], 31337n)).to.equal(other);
    expect(await walletOn([main, silent], 31337n)).to.equal(undefined);
    expect(await walletOn([], 31337n)).to.equal(undefined);
  });
});
