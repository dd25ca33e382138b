/** A configuration that cannot be used, with everything that is wrong with it. */
export class ConfigError extends TypeError {
  /** Each in a sentence. */
  readonly problems: readonly string[];

  constructor(summary: string, problems: readonly string[]) {
    super([summary, ...problems].join('\n  '));
    this.problems = problems;
  }
}
