/** Jest's asymmetric matchers, typed: `expect.stringMatching` says `any`. */

export const textMatching = (pattern: RegExp): unknown => expect.stringMatching(pattern);
export const textWith = (part: string): unknown => expect.stringContaining(part);
