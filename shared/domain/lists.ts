/** Lists, cut into parts that fit a limit. */

/** Parts of at most `size` items, in order; none of an empty list. */
export const inChunks = <T>(all: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size));
