/** What did the server put into the page for the site to start with? */

export interface Bootstrap {
  /** The name of the instance. */
  readonly siteName: string;
  /** One sentence about it; may be empty. */
  readonly description: string;
  readonly version: string;
  /** The server's public address without a final slash. */
  readonly publicUrl: string;
  /** How strangers become users. */
  readonly signup: 'off' | 'approval' | 'open';
  /** Years that one should be old to sign up. */
  readonly minimumAge: number;
}

function read(): Bootstrap {
  const empty: Bootstrap = { siteName: 'farandole', description: '', version: '', publicUrl: '', signup: 'off', minimumAge: 16 };
  try {
    const text = document.getElementById('bootstrap')?.textContent ?? '{}';
    return { ...empty, ...(JSON.parse(text) as Partial<Bootstrap>) };
  } catch {
    return empty;
  }
}

export const bootstrap: Bootstrap = read();
