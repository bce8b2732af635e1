import { expect } from "chai";
import { cardMisfit } from "../../src/artifacts/cardFit.js";
import type { Card } from "../../src/artifacts/cardForm.js";
import { parseCard } from "../../src/artifacts/parseCard.js";

const read = (card: unknown) => parseCard(JSON.stringify(card), "card.json");

describe("the card of a model", () => {
  it("says what people call inputs, outputs and tokens", () => {
    const card = {
      title: "Iris",
      description: "Which iris it is, by its flower.",
      inputs: {
        x: { features: ["sepal length", "petal length"], units: ["cm", "%"] },
        ids: { vocabulary: ["<pad>", "?", "\n", " the", "é"], unknown: "?", padding: "<pad>" },
      },
      outputs: { y: { classes: ["setosa", "مرحبا"] }, z: { unit: "°C" } },
    };
    expect(read(card)).to.deep.equal(card);
    expect(read({})).to.deep.equal({});
  });

  it("is refused with the entry that is wrong", () => {
    const features = (...list: unknown[]) => ({ inputs: { x: { features: list } } });
    for (const [card, words] of [
      [[], "it is a list"],
      [5, "Object"],
      [{ names: [] }, "names"],
      [{ title: "" }, "title: it is not 1 to 100 characters"],
      [{ title: "x".repeat(101) }, "title: it is not 1 to 100 characters"],
      [{ description: "x".repeat(2001) }, "description: it is not 1 to 2000 characters"],
      [features("a", 5), "inputs.x.features.1"],
      [features("a", "a"), "inputs.x.features: it is not up to 262144 different entries"],
      [features(" a"), "inputs.x.features.0: it is not 1 to 100 characters"],
      [features("a\u0000"), "without controls"],
      [features("a\u202eb"), "without controls"],
      [features("a\nb"), "without controls"],
      [{ inputs: { x: { vocabulary: ["a", "\u001b[2J"] } } }, "inputs.x.vocabulary.1: it is not 1 to 200"],
      [{ inputs: { x: { vocabulary: ["a", ""] } } }, "inputs.x.vocabulary.1: it is not 1 to 200"],
      [{ outputs: { y: { classes: "a" } } }, "outputs.y.classes"],
      [{ outputs: { y: { labels: ["a"] } } }, "labels"],
    ] as const)
      expect(() => read(card), JSON.stringify(card).slice(0, 80)).to.throw(words);
    expect(() => parseCard("{", "card.json")).to.throw(
      "card.json is not the card of a model: it is not JSON",
    );
    expect(() => read({ inputs: { x: { features: Array.from({ length: 2 ** 18 + 1 }, String) } } })).to.throw(
      "up to 262144 different entries",
    );
  });

  const packing = { width: 8, offset: 0 };
  const float = { scale: [0.5], offset: [0], hi: 255, packing };
  const whole = { ...float, scale: [1], hi: 4 };
  const model = {
    inputs: [
      { name: "x", shape: [1, 4], ...float },
      { name: "ids", shape: [1, 2], ...whole, hi: 2 },
      { name: "ids", shape: [1, 2], ...whole },
    ],
    outputs: [
      { name: "y", shape: [1, 3], kind: "values" as const, packing },
      { name: "class", shape: [1], kind: "argmax" as const, packing: { width: 4 } },
    ],
  };
  const list = (length: number) => Array.from({ length }, (_, i) => `n${i}`);

  it("fits a model if it has as many names as the model has elements, classes and numbers", () => {
    const card = {
      inputs: { x: { features: list(4), units: ["cm", "cm", "cm", "%"] }, ids: { vocabulary: list(5) } },
      outputs: { y: { classes: list(3) }, class: { classes: list(10) } },
    };
    expect(cardMisfit(card, model)).to.equal(undefined);
    expect(cardMisfit(card, model, new Map([["class", 10]]))).to.equal(undefined);
    expect(cardMisfit({ inputs: { ids: { vocabulary: list(3) } } }, model)).to.equal(undefined);
    expect(cardMisfit({}, model)).to.equal(undefined);
    for (const [input, words] of [
      [{ z: {} }, "inputs.z is none of the model's"],
      [{ x: { features: list(3) } }, "inputs.x.features: 3 entries, and the model has 4"],
      [{ x: { features: [] } }, "inputs.x.features: 0 entries, and the model has 4"],
      [{ x: { units: ["cm"] } }, "inputs.x.units: 1 entries, and the model has 4"],
      [{ x: { vocabulary: list(3) } }, "inputs.x.vocabulary: 3 entries, and the model has 0"],
      [{ ids: { vocabulary: list(6) } }, "inputs.ids.vocabulary: 6 entries, and the model has 0 to 5"],
      [{ ids: { vocabulary: ["a"], unknown: "b" } }, 'inputs.ids: "b" is not in its vocabulary'],
      [{ ids: { padding: "a" } }, 'inputs.ids: "a" is not in its vocabulary'],
    ] as const)
      expect(cardMisfit({ inputs: input as Card["inputs"] }, model)).to.contain(words);
    for (const [output, words] of [
      [{ z: {} }, "outputs.z is none of the model's"],
      [{ y: { classes: list(2) } }, "outputs.y.classes: 2 entries, and the model has 3"],
      [{ class: { classes: list(17) } }, "17 entries, and the model has 9 to 16"],
      [{ class: { classes: list(8) } }, "8 entries, and the model has 9 to 16"],
    ] as const)
      expect(cardMisfit({ outputs: output }, model)).to.contain(words);
    expect(
      cardMisfit({ outputs: { class: { classes: list(9) } } }, model, new Map([["class", 10]])),
    ).to.equal("outputs.class.classes: 9 entries, and the model has 10");
    expect(cardMisfit({ inputs: { "\u001b[2J\r✓ fits": {} } }, model)).to.equal(
      "inputs. [2J ✓ fits is none of the model's",
    );
    // Names that every object has are no inputs.
    expect(cardMisfit(JSON.parse('{"inputs":{"constructor":{}}}') as object, model)).to.contain(
      "inputs.constructor is none of the model's",
    );
  });
});
