/** What does the API say when it refuses? RFC 7807 problem documents, as one error class. */

export class Problem extends Error {
  constructor(
    /** HTTP status; 0 when no answer came. */
    readonly status: number,
    /** PeerTube's machine-readable code, such as `video_requires_password`. */
    readonly code: string,
    /** The sentence for people, as the server wrote it; empty when it wrote none. */
    readonly detail: string,
    /** Seconds after which to try again (`Retry-After`), where the server said so. */
    readonly retryAfterSeconds: number | null = null,
    /** What a moderator wrote, where somebody may not come in. */
    readonly reason: string = '',
  ) {
    super(detail || `HTTP ${status}`);
    this.name = 'Problem';
  }
}

interface ProblemDocument {
  readonly detail?: unknown;
  readonly error?: unknown;
  readonly code?: unknown;
  readonly title?: unknown;
  readonly reason?: unknown;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The problem in a refused answer, whatever its body looks like. */
export async function problemOf(response: Response): Promise<Problem> {
  const body = await response.text().catch(() => '');
  return problemFromText(response.status, body, response.headers.get('retry-after'));
}

export function problemFromText(status: number, body: string, retryAfter: string | null = null): Problem {
  let document: ProblemDocument = {};
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null) document = parsed;
  } catch {
    // Not JSON: a proxy's page, say. The status must do.
  }
  return new Problem(
    status,
    text(document.code),
    text(document.detail) || text(document.error) || text(document.title),
    retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) : null,
    text(document.reason),
  );
}

/** No answer at all. */
export function networkProblem(): Problem {
  return new Problem(0, 'network', '');
}
