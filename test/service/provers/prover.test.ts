import { itProves } from "./proverSuite.js";
import { Service } from "./service.js";

describe("a prover of the service", () => itProves(() => Service.start()));
