/** What a person sees in a terminal while a command runs. Writes to stdout; colours only for a terminal. */
export interface Screen {
  step(title: string): void;
  line(text: string): void;
  /** Redraws one line in a terminal, prints each state that differs elsewhere. */
  bar(fraction: number | null, text: string): void;
  endBar(): void;
}

const WIDTH = 28;

export function createScreen(out: NodeJS.WriteStream): Screen {
  let count = 0;
  let last = "";
  const bold = (text: string): string => (out.isTTY ? `\u001b[1m${text}\u001b[0m` : text);
  return {
    step: (title) => void out.write(`\n${bold(`${String(++count).padStart(2)}. ${title}`)}\n`),
    line: (text) => void out.write(`    ${text}\n`),
    bar(fraction, text) {
      const done = Math.round((fraction ?? 0) * WIDTH);
      const percent = fraction === null ? "  ?%" : `${String(Math.floor(fraction * 100)).padStart(3)}%`;
      const drawn = `    [${"#".repeat(done)}${"-".repeat(WIDTH - done)}] ${percent} ${text}`;
      if (drawn === last) return;
      last = drawn;
      out.write(out.isTTY ? `\r\u001b[2K${drawn}` : `${drawn}\n`);
    },
    endBar() {
      if (out.isTTY) out.write("\n");
      last = "";
    },
  };
}
