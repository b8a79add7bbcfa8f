/** What has happened, by its name. */
export class Figures {
  readonly counts = new Map<string, number>();
  readonly met = (what: string): void => void this.counts.set(what, (this.counts.get(what) ?? 0) + 1);

  toString(): string {
    return [...this.counts].map(([what, count]) => `${count} ${what}`).join(', ');
  }
}
