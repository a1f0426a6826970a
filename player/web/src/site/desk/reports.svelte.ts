/** Which report does one stand at, and what was decided a moment ago? The reports of the desk. */
import { assignReport, changeReport, listReports, type Report, type ReportState, STATE } from '../api/reports';
import type { ActorSummary } from '../api/types';
import { deskSay } from './words.svelte';

const PER_PAGE = 20;
const MOST_UNDO = 50;

export interface ReportFilters {
  readonly page: number;
  readonly state?: ReportState | undefined;
  readonly search?: string | undefined;
  readonly assigned?: 'me' | 'none' | undefined;
}

/** A decision that can be taken back. */
interface Done {
  readonly id: number;
  readonly before: ReportState;
}

export class Reports {
  items = $state.raw<readonly Report[] | null>(null);
  total = $state(0);
  index = $state(0);
  busy = $state(false);
  problem = $state.raw<unknown>(null);
  announcement = $state('');
  done = $state.raw<readonly Done[]>([]);
  readonly #filters: () => ReportFilters;
  #asked = 0;

  constructor(filters: () => ReportFilters) {
    this.#filters = filters;
  }

  get current(): Report | null {
    return this.items?.[this.index] ?? null;
  }

  get pages(): number {
    return Math.ceil(this.total / PER_PAGE);
  }

  /** Reads the page; stays at the report `at`, when it is still there. */
  async load(at?: number): Promise<void> {
    this.#asked += 1;
    const mine = this.#asked;
    const { page, ...narrowed } = this.#filters();
    try {
      const slice = { start: (page - 1) * PER_PAGE, count: PER_PAGE };
      // What waits is worked on from the oldest; what was decided is looked up from the newest.
      const sort = narrowed.state === STATE.pending ? 'createdAt' : '-createdAt';
      const found = await listReports(false, { ...slice, ...narrowed, sort });
      if (mine !== this.#asked) return;
      this.items = found.data;
      this.total = found.total;
      const there = found.data.findIndex(({ id }) => id === at);
      this.go(there === -1 ? this.index : there);
      this.problem = null;
    } catch (error) {
      if (mine === this.#asked) this.problem = error;
    }
  }

  go(to: number): void {
    this.index = Math.max(0, Math.min(to, (this.items?.length ?? 0) - 1));
  }

  /** Decides, and goes on to the next that is left in this list. */
  async decide(report: Report, state: ReportState): Promise<void> {
    const before = report.state.id;
    if (this.busy || before === state) return;
    await this.#act(async () => {
      await changeReport(report.id, { state });
      this.done = [...this.done, { id: report.id, before }].slice(-MOST_UNDO);
      const at = this.index;
      await this.load();
      // In a list of all states it stays in its place: on to the next one.
      this.go(this.items?.[at]?.id === report.id ? at + 1 : at);
      const word = state === STATE.accepted ? 'people.reportAccepted' : 'people.reportRejected';
      this.announcement = deskSay(state === STATE.pending ? 'people.reportReopened' : word);
    });
  }

  /** Takes the latest decision back. */
  async undo(): Promise<void> {
    const last = this.done.at(-1);
    if (!last) {
      this.announcement = deskSay('desk.nothingToUndo');
      return;
    }
    await this.#act(async () => {
      await changeReport(last.id, { state: last.before });
      this.done = this.done.slice(0, -1);
      await this.load(last.id);
      this.announcement = deskSay('people.reportReopened');
    });
  }

  /** Takes a report for oneself, or gives it back. */
  async assign(report: Report, me: ActorSummary | null): Promise<void> {
    await this.#act(async () => {
      await assignReport(report.id, me !== null);
      await this.load(report.id);
      this.announcement = deskSay(me === null ? 'desk.givenBack' : 'desk.taken');
    });
  }

  async #act(action: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.problem = null;
    try {
      await action();
    } catch (error) {
      this.problem = error;
    } finally {
      this.busy = false;
    }
  }
}
