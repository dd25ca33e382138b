/** How an operator makes the pages their own. */
export interface Branding {
  readonly logo?: BrandingFile;
  /** `#rrggbb`, lower case. */
  readonly accent_color?: string;
  readonly style_sheet?: BrandingFile;
  /** In the footer of every page. */
  readonly footer_links: readonly { readonly text: string; readonly url: string }[];
}

export interface BrandingFile {
  /** Absolute once loaded from a file. */
  readonly file: string;
  /** What is in it; absent until it is read, and then it is not shown. */
  readonly asset?: Asset;
}

export interface Asset {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly content_type: 'image/svg+xml' | 'image/png' | 'image/webp' | 'text/css; charset=utf-8';
  /** Changes with the bytes. */
  readonly version: string;
}
