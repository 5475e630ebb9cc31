import { format } from "prettier";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { profiles } from "../../src/connectors/registry.ts";
import type { BankStandard } from "../../src/domain/bank.ts";
import { optionsOf, valuesOf, type Json, type Option } from "./profile-options.ts";

const TITLES: Readonly<Record<BankStandard, string>> = {
  BERLIN_GROUP: "Berlin Group NextGenPSD2 1.3.x",
  UK_OPEN_BANKING: "UK Open Banking 3.1 and 4.0",
  POLISH_API: "PolishAPI 2.1.x and 3.0",
  STET: "STET 1.4.x and 1.5",
};

const standards = Object.keys(TITLES) as BankStandard[];
const optionsAt = (standard: BankStandard): readonly Option[] =>
  optionsOf(z.toJSONSchema(profiles[standard], { io: "input", unrepresentable: "any" }) as Json);

describe.each(standards)("the options of a bank's profile, %s", (standard) => {
  it("each have a default, and say what they are for", () => {
    const options = optionsAt(standard);
    const bare = options.filter((option) => !("default" in option) || (option.description ?? "") === "");
    expect(bare.map(({ path }) => path)).toEqual([]);
    expect(options.length).toBeGreaterThan(30);
  });
});

it("schema/bank-profiles.md is written from the schemas of all standards (vitest -u)", async () => {
  await expect(await documentation()).toMatchFileSnapshot("../../schema/bank-profiles.md");
});

async function documentation(): Promise<string> {
  const text = [
    "# Bank profiles",
    "",
    "Written from the schemas by `vitest -u test/contracts/bank-profiles.test.ts`; do not edit.",
    "",
    "The `profile` of a bank's entry says how the bank departs from its standard. Every option has a default. An unknown option, or a value that an",
    "option cannot have, is refused when the entry is loaded, with file and JSON path. A departure that can be recognised safely (a list of one, a",
    "number for a text, another case, a missing wrapper) needs no option. A field pattern is `{ field, match }`: a field of the bank's row, dots",
    "between names, and a regular expression.",
    ...standards.flatMap((standard) => [
      "",
      `## ${TITLES[standard]} (\`${standard}\`)`,
      "",
      "| Option | Values | Default | What it does |",
      "| --- | --- | --- | --- |",
      ...optionsAt(standard).map(line),
    ]),
    "",
  ].join("\n");
  return format(text, { parser: "markdown", printWidth: 140 });
}

function line(option: Option): string {
  const cells = [`\`${option.path}\``, valuesOf(option), `\`${JSON.stringify(option.default)}\``, option.description ?? ""];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
