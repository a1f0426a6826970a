/**
 * What waits, where does one stand in it, and what was done a moment ago? The state of the desk.
 * Decisions are sent one after the other while one goes on; a refused one comes back to its place.
 */
import { SvelteSet } from 'svelte/reactivity';
import {
  assign,
  decide,
  getQueue,
  type QueueFilters,
  type QueueItem,
  type Scope,
  undoBatch,
  type Verdict,
} from '../api/moderation';
import type { ActorSummary } from '../api/types';
import { deskSay } from './words.svelte';

const PER_READ = 50;
/** So many before the end of what was read, the next are asked for. */
const EARLY = 12;
const MOST_UNDO = 50;

/** A decision that can be taken back. */
export interface Done {
  readonly items: readonly QueueItem[];
  /** Where they stood. */
  readonly index: number;
  readonly verdict: Verdict;
  /** Known when the server has answered. */
  readonly batch: Promise<number | null>;
}

export class Queue {
  items = $state.raw<readonly QueueItem[]>([]);
  total = $state(0);
  /** The item one looks at. */
  index = $state(0);
  known = $state(false);
  problem = $state.raw<unknown>(null);
  announcement = $state('');
  /** Decisions on their way: the server does not know them yet. */
  pending = $state(0);
  /** What can be undone, the latest last. */
  done = $state.raw<readonly Done[]>([]);
  readonly selected = new SvelteSet<number>();
  readonly #scope: () => Scope;
  readonly #filters: () => QueueFilters;
  /** Decided here, though a list read meanwhile may still name them. */
  readonly #gone = new Set<number>();
  #asked = 0;
  #line: Promise<unknown> = Promise.resolve();
  #reading = false;

  constructor(scope: () => Scope, filters: () => QueueFilters) {
    this.#scope = scope;
    this.#filters = filters;
  }

  get current(): QueueItem | null {
    return this.items[this.index] ?? null;
  }

  /** What a key or button is about: the selected items, else the current one. */
  get targets(): readonly QueueItem[] {
    if (this.selected.size > 0) return this.items.filter(({ id }) => this.selected.has(id));
    return this.current === null ? [] : [this.current];
  }

  /** Reads the queue from its beginning. */
  async load(): Promise<void> {
    this.#asked += 1;
    const mine = this.#asked;
    this.selected.clear();
    try {
      const found = await getQueue(this.#scope(), this.#filters(), { start: 0, count: PER_READ });
      if (mine !== this.#asked) return;
      this.items = found.data.filter(({ id }) => !this.#gone.has(id));
      this.total = found.total - (found.data.length - this.items.length);
      this.index = 0;
      this.problem = null;
      this.known = true;
    } catch (error) {
      if (mine === this.#asked) this.problem = error;
    }
  }

  /** Reads on when the end of what is here comes near. */
  async #readOn(): Promise<void> {
    const isEnough = this.items.length - this.index > EARLY || this.items.length >= this.total;
    if (isEnough || this.#reading || !this.known) return;
    this.#reading = true;
    const mine = this.#asked;
    try {
      // What was decided is no longer counted by the server, once it knows.
      await this.#line;
      const slice = { start: this.items.length, count: PER_READ };
      const found = await getQueue(this.#scope(), this.#filters(), slice);
      if (mine !== this.#asked) return;
      const here = new Set(this.items.map(({ id }) => id));
      const fresh = found.data.filter(({ id }) => !here.has(id) && !this.#gone.has(id));
      this.items = [...this.items, ...fresh];
      this.total = Math.max(found.total, this.items.length);
    } catch {
      // Asked again with the next step.
    } finally {
      this.#reading = false;
    }
  }

  go(to: number): void {
    this.index = Math.max(0, Math.min(to, this.items.length - 1));
    void this.#readOn();
  }

  toggle(id: number): void {
    if (!this.selected.delete(id)) this.selected.add(id);
  }

  /** All that are here, or none when all are. */
  toggleAll(): void {
    const all = this.selected.size === this.items.length;
    this.selected.clear();
    if (!all) this.items.forEach(({ id }) => this.selected.add(id));
  }

  /** Decides about the targets and goes on to the next. */
  decide(verdict: Verdict): void {
    const items = this.targets;
    if (items.length === 0) return;
    const ids = new Set(items.map(({ id }) => id));
    const index = this.items.findIndex(({ id }) => ids.has(id));
    this.#take(ids, index);
    const batch = this.#inLine(() => this.#send(items, index, verdict));
    this.done = [...this.done, { items, index, verdict, batch }].slice(-MOST_UNDO);
    const word = verdict.decision === 'release' ? 'desk.released' : 'desk.rejected';
    this.announcement = deskSay(word, { count: items.length, left: this.total });
    void this.#readOn();
  }

  async #send(items: readonly QueueItem[], index: number, verdict: Verdict): Promise<number | null> {
    try {
      const answer = await decide(
        items.map(({ id }) => id),
        verdict,
      );
      const failed = new Set(answer.failed.map(({ id }) => id));
      if (failed.size > 0) this.announcement = deskSay('desk.someFailed', { count: failed.size });
      return answer.batchId;
    } catch (error) {
      this.problem = error;
      this.#putBack(items, index);
      this.done = this.done.filter((done) => done.items !== items);
      return null;
    }
  }

  /** One after the other, so that an undo finds what it undoes. */
  #inLine<Answer>(action: () => Promise<Answer>): Promise<Answer> {
    this.pending += 1;
    const next = this.#line.then(action, action).finally(() => (this.pending -= 1));
    this.#line = next.catch(() => undefined);
    return next;
  }

  /** Takes the latest decision back. */
  async undo(): Promise<void> {
    const last = this.done.at(-1);
    if (!last) {
      this.announcement = deskSay('desk.nothingToUndo');
      return;
    }
    this.done = this.done.slice(0, -1);
    const batch = await last.batch;
    if (batch === null) return;
    try {
      await this.#inLine(() => undoBatch(batch));
      this.problem = null;
      this.#putBack(last.items, last.index);
      this.announcement = deskSay('desk.undone', { count: last.items.length });
    } catch (error) {
      this.problem = error;
      this.done = [...this.done, last];
    }
  }

  async assign(item: QueueItem, me: ActorSummary | null): Promise<void> {
    try {
      await assign(item.id, me !== null);
      this.items = this.items.map((other) =>
        other.id === item.id ? { ...other, assignee: me } : other,
      );
      this.announcement = deskSay(me === null ? 'desk.givenBack' : 'desk.taken');
    } catch (error) {
      this.problem = error;
    }
  }

  #take(ids: ReadonlySet<number>, index: number): void {
    ids.forEach((id) => this.#gone.add(id));
    this.items = this.items.filter(({ id }) => !ids.has(id));
    this.total = Math.max(0, this.total - ids.size);
    this.selected.clear();
    this.index = Math.max(0, Math.min(index, this.items.length - 1));
  }

  #putBack(items: readonly QueueItem[], index: number): void {
    items.forEach(({ id }) => this.#gone.delete(id));
    const here = new Set(this.items.map(({ id }) => id));
    const missing = items.filter(({ id }) => !here.has(id));
    const at = Math.min(index, this.items.length);
    this.items = [...this.items.slice(0, at), ...missing, ...this.items.slice(at)];
    this.total += missing.length;
    this.index = at;
  }
}
