/** What is posted to clients' servers, taken down in place of the network. */
import type { Outbound, PostAnswer } from '../../src/net/outbound.ts';

export interface Post {
  readonly url: string;
  readonly body: string;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Posts {
  /** In the order in which they came. */
  readonly all: Post[];
  readonly outbound: Outbound;
}

/** `answer` tells how each is answered; by default with 200. */
export function recordPosts(
  answer: (post: Post) => number | PostAnswer | Promise<number | PostAnswer> = () => 200,
): Posts {
  const all: Post[] = [];
  const nowhere = () => Promise.resolve({ ok: false, problem: 'there is no network' } as const);
  return {
    all,
    outbound: {
      fetchText: nowhere,
      fetchJson: nowhere,
      askOwn: nowhere,
      async post(url, { body, contentType, headers = {} }) {
        const post = { url, body, contentType, headers };
        all.push(post);
        const answered = await answer(post);
        return typeof answered === 'number' ? { ok: true, status: answered, body: '' } : answered;
      },
    },
  };
}
