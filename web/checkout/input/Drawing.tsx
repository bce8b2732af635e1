import { useEffect, useRef, useState } from "preact/hooks";
import { wordsOf } from "../../parts/words.js";
import { inkRange, valuesOf, type Picture, type Sample } from "./domain.js";
import { boxOf, centered, resample, type Ink } from "./ink.js";
import { imageOf } from "./imageOf.js";

/** Pixels of the paper's side, and of the pen. */
const [SIDE, PEN] = [280, 34];

/** Of the ink: red, green, blue. */
const COLOR = [27, 27, 31] as const;

interface Properties {
  picture: Picture;
  onInput: (make: () => Sample | undefined) => void;
}

/** Paper to draw on, and an image instead; beside it what the model will see. */
export function Drawing({ picture, onInput }: Properties) {
  const paper = useRef<HTMLCanvasElement>(null);
  const [values, setValues] = useState<readonly number[]>();
  const [problem, setProblem] = useState<string>();
  const take = (ink: Ink) => {
    const box = boxOf(ink);
    const next =
      box && valuesOf(picture, resample(ink, centered(box, picture), picture.width, picture.height));
    setValues(next);
    setProblem(undefined);
    onInput(() => next && { [picture.name]: next });
  };
  const clear = () => {
    contextOf(paper.current!).clearRect(0, 0, SIDE, SIDE);
    take(inkOfPaper(paper.current!));
  };
  const upload = async (file: File | undefined) => {
    if (file === undefined) return;
    try {
      const ink = await imageOf(file, SIDE);
      putInk(paper.current!, ink);
      take(inkOfPaper(paper.current!));
    } catch (error) {
      setProblem(wordsOf(error));
    }
  };
  return (
    <div class="drawing">
      <div>
        <Paper canvas={paper} onDrawn={() => take(inkOfPaper(paper.current!))} />
        <div class="tools">
          <button type="button" class="quiet" onClick={clear}>
            Clear
          </button>
          <label class="quiet button">
            Choose an image
            <input
              type="file"
              accept="image/*"
              onChange={({ currentTarget }) => void upload(currentTarget.files?.[0])}
            />
          </label>
        </div>
      </div>
      <Seen picture={picture} values={values} />
      {problem !== undefined && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  return canvas.getContext("2d", { willReadFrequently: true })!;
}

/** Puts an image's ink on the paper, as if it were drawn. */
function putInk(canvas: HTMLCanvasElement, { width, height, data }: Ink): void {
  const context = contextOf(canvas);
  context.clearRect(0, 0, SIDE, SIDE);
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) image.data.set([...COLOR, Math.round(255 * data[i])], 4 * i);
  context.putImageData(image, Math.round((SIDE - width) / 2), Math.round((SIDE - height) / 2));
}

/** The ink of what was drawn: only the pen's opacity counts. */
function inkOfPaper(canvas: HTMLCanvasElement): Ink {
  const { data } = contextOf(canvas).getImageData(0, 0, SIDE, SIDE);
  return {
    width: SIDE,
    height: SIDE,
    data: Float32Array.from({ length: SIDE * SIDE }, (_, i) => data[4 * i + 3] / 255),
  };
}

function Paper({ canvas, onDrawn }: { canvas: { current: HTMLCanvasElement | null }; onDrawn: () => void }) {
  const draw = (event: PointerEvent) => {
    if (event.buttons === 0 && event.type !== "pointerdown") return;
    const context = contextOf(canvas.current!);
    const { left, top, width } = canvas.current!.getBoundingClientRect();
    const place = [event.clientX - left, event.clientY - top].map((one) => (one * SIDE) / width);
    if (event.type === "pointerdown") {
      canvas.current!.setPointerCapture(event.pointerId);
      context.beginPath();
      context.moveTo(place[0], place[1]);
    }
    context.lineWidth = PEN;
    context.lineCap = context.lineJoin = "round";
    context.strokeStyle = `rgb(${COLOR.join(" ")})`;
    context.lineTo(place[0], place[1]);
    context.stroke();
  };
  return (
    <canvas
      class="paper"
      role="img"
      aria-label="Paper to draw on with a mouse, a pen or a finger. With a keyboard: choose an image, or JSON."
      ref={canvas}
      width={SIDE}
      height={SIDE}
      onPointerDown={draw}
      onPointerMove={draw}
      onPointerUp={onDrawn}
    />
  );
}

/** The values of each pixel, as the model gets them. */
function Seen({ picture, values }: { picture: Picture; values: readonly number[] | undefined }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = picture;
  useEffect(() => {
    const { paper, ink } = inkRange(picture);
    const image = new ImageData(width, height);
    for (let i = 0; i < width * height; i++) {
      const share = values === undefined ? 0 : (values[i] - paper) / (ink - paper);
      const grey = Math.round(255 * (1 - share));
      image.data.set([grey, grey, grey, 255], 4 * i);
    }
    contextOf(canvas.current!).putImageData(image, 0, 0);
  }, [values, picture]);
  return (
    <figure class="seen">
      <canvas
        ref={canvas}
        width={width}
        height={height}
        role="img"
        aria-label={values === undefined ? "Nothing yet" : "Your picture on the model's grid"}
      />
      <figcaption>
        What the model sees: {width} × {height}
      </figcaption>
    </figure>
  );
}
