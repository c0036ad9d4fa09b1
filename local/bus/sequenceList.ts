/** Sequence numbers in rising order: cheap to take from the front, and to put back near it. */

const COMPACT_AFTER = 1_024;

export class SequenceList {
  #numbers: number[] = [];
  #head = 0;

  get first(): number | undefined {
    return this.#numbers[this.#head];
  }

  add(sequenceNumber: number): void {
    const place = this.#placeOf(sequenceNumber);
    if (place === this.#head && this.#head > 0) this.#numbers[--this.#head] = sequenceNumber;
    else this.#numbers.splice(place, 0, sequenceNumber);
  }

  remove(sequenceNumber: number): void {
    const place = this.#placeOf(sequenceNumber);
    if (this.#numbers[place] !== sequenceNumber) return;
    if (place === this.#head) this.#head++;
    else this.#numbers.splice(place, 1);
    if (this.#head >= COMPACT_AFTER && this.#head * 2 > this.#numbers.length) this.#compact();
  }

  #compact(): void {
    this.#numbers = this.#numbers.slice(this.#head);
    this.#head = 0;
  }

  /** Where the number is, or belongs. */
  #placeOf(sequenceNumber: number): number {
    let [low, high] = [this.#head, this.#numbers.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#numbers[middle] ?? Infinity) < sequenceNumber) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
