/** Numbers of which the least comes out first. */
export class NumberHeap {
  #numbers = new Float64Array(256);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(number: number): void {
    if (this.#size === this.#numbers.length) {
      const numbers = new Float64Array(2 * this.#size);
      numbers.set(this.#numbers);
      this.#numbers = numbers;
    }
    const numbers = this.#numbers;
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (numbers[parent] <= number) break;
      numbers[at] = numbers[parent];
      at = parent;
    }
    numbers[at] = number;
  }

  /** Of a heap that is not empty. */
  pop(): number {
    const numbers = this.#numbers;
    const least = numbers[0];
    const last = numbers[--this.#size];
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size && numbers[child + 1] < numbers[child]) child++;
      if (numbers[child] >= last) break;
      numbers[at] = numbers[child];
      at = child;
    }
    numbers[at] = last;
    return least;
  }
}
