/** Viewers that share, or do not: what they open, and what they say of it. */
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { expect, watch, type Allowed } from './fixtures.ts';
import { media, player } from './player.ts';

export interface Figures {
  readonly peers: number;
  readonly fromPeers: number;
  readonly fromServer: number;
  readonly uploaded: number;
}

/** What is done to a viewer's browser before it opens the page. */
export interface ViewerSetup {
  readonly answer?: 'yes' | 'no';
  readonly withoutWebRtc?: boolean;
  /** Tracker sockets are closed as soon as they open. */
  readonly withoutTracker?: boolean;
}

/** One viewer with a browser profile of its own. */
export class Viewer {
  readonly page: Page;
  /** Addresses of the tracker sockets it opened, in order. */
  readonly sockets: string[] = [];
  openSockets = 0;
  /** Scripts that were loaded. */
  readonly scripts: string[] = [];
  readonly #context: BrowserContext;
  readonly #complaints: string[];

  private constructor(page: Page, context: BrowserContext, complaints: string[]) {
    this.page = page;
    this.#context = context;
    this.#complaints = complaints;
  }

  static async open(browser: Browser, setup: ViewerSetup = {}, allowed: Allowed = { consoleErrors: [] }): Promise<Viewer> {
    const context = await browser.newContext();
    const page = await context.newPage();
    const viewer = new Viewer(page, context, await watch(page, allowed));
    page.on('websocket', (socket) => {
      viewer.sockets.push(socket.url());
      viewer.openSockets += 1;
      socket.on('close', () => (viewer.openSockets -= 1));
    });
    page.on('request', (request) => request.resourceType() === 'script' && viewer.scripts.push(request.url()));
    if (setup.withoutTracker === true) await page.routeWebSocket(/\/tracker\//, (socket) => socket.close());
    await page.addInitScript(prepare, { answer: setup.answer ?? null, webRtc: setup.withoutWebRtc !== true });
    return viewer;
  }

  async close(): Promise<void> {
    expect(this.#complaints, 'policy violations, foreign requests and errors').toEqual([]);
    // Away from the page first: what is left to report is sent then.
    await this.page.goto('about:blank');
    await this.#context.close();
  }

  /** Connections made so far, and those among them that are not closed. */
  async connections(): Promise<{ made: number; open: number; servers: number }> {
    return await this.page.evaluate(() => {
      const { __made: made } = window as unknown as { __made: RTCPeerConnection[] };
      return {
        made: made.length,
        open: made.filter(({ connectionState }) => connectionState !== 'closed').length,
        servers: Math.max(0, ...made.map((one) => one.getConfiguration().iceServers?.length ?? 0)),
      };
    });
  }

  /** What the panel of the player says. */
  async figures(): Promise<Figures> {
    const panel = this.page.getByRole('region', { name: 'Sharing in figures' });
    if (!(await panel.isVisible())) {
      await player(this.page).hover();
      await this.page.getByRole('button', { name: 'Settings' }).click();
      await this.page.getByRole('menuitem', { name: 'Sharing in figures' }).click();
    }
    const read = async (name: string): Promise<number> =>
      Number(await panel.locator(`[data-figure="${name}"]`).getAttribute('data-value'));
    return {
      peers: await read('peers'),
      fromPeers: await read('fromPeers'),
      fromServer: await read('fromServer'),
      uploaded: await read('uploaded'),
    };
  }

  async hurry(rate: number): Promise<void> {
    await media(this.page).evaluate((video: HTMLVideoElement, rate) => void (video.playbackRate = rate), rate);
  }
}

/** Runs in the page before its own scripts. */
function prepare({ answer, webRtc }: { answer: string | null; webRtc: boolean }): void {
  const store = window as unknown as { __made: RTCPeerConnection[]; RTCPeerConnection: unknown };
  store.__made = [];
  if (answer !== null && location.protocol.startsWith('http')) localStorage.setItem('farandole.p2p', answer);
  if (!webRtc) {
    store.RTCPeerConnection = undefined;
    return;
  }
  const Own = RTCPeerConnection;
  store.RTCPeerConnection = class extends Own {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      store.__made.push(this);
    }
  };
}
