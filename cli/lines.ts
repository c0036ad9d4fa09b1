/** Lines of text for a terminal, each with the tone it is painted in. */

export type Tone = 'plain' | 'heading' | 'good' | 'refuse' | 'unknown' | 'warn' | 'note' | 'quiet';

export interface Line {
  readonly tone: Tone;
  readonly text: string;
}

export const blank: Line = { tone: 'plain', text: '' };
export const heading = (text: string): readonly Line[] => [blank, { tone: 'heading', text }];

/** Breaks a text at its blanks; what follows the first line stands under the text behind `lead`. */
export function wrapped(tone: Tone, lead: string, text: string, width: number): readonly Line[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && lead.length + longer.length > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  const under = ' '.repeat(lead.length);
  return [...lines, line].map((part, index) => ({ tone, text: `${index === 0 ? lead : under}${part}` }));
}
