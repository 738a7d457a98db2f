/** What a worker has done for a run, for whoever watches. */
export class Tally {
  readonly #began = performance.now();
  #jobs = 0;
  #clients = 0;
  #told = { at: this.#began, clients: 0 };

  add(clients: number): void {
    this.#jobs++;
    this.#clients += clients;
  }

  get clients(): number {
    return this.#clients;
  }

  get jobs(): number {
    return this.#jobs;
  }

  /** In words, with the speed since it was told last. */
  tell(): string {
    const now = performance.now();
    const seconds = (now - this.#told.at) / 1000;
    const speed = Math.round((this.#clients - this.#told.clients) / Math.max(seconds, 1e-3));
    this.#told = { at: now, clients: this.#clients };
    return `${this.#words()}, ${speed.toLocaleString('en')} clients/s`;
  }

  /** In words, at the end. */
  total(): string {
    return `${this.#words()} in ${((performance.now() - this.#began) / 1000).toFixed(1)} s`;
  }

  #words(): string {
    return `${this.#jobs.toLocaleString('en')} jobs, ${this.#clients.toLocaleString('en')} clients`;
  }
}
